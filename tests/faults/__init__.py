"""Faults: what a bad network, a busy database and a crash do to what somebody has saved.

The law: acknowledged = present exactly once; unknown may be present; refused is explained.
`FAULTS=full` runs the numbers of the plan, anything else a short version. `FAULTS_SEED` repeats a run.
"""
