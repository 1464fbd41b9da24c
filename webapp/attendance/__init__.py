"""Rakor, bimtek and other meetings: invitations, records, verdicts, review."""
