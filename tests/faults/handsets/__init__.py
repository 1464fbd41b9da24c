"""Faults that only a real Chromium can show: a phone with its queue, a line that lies, and the server behind it.

On SQLite only; the server's side of the same bars stands one folder up, on both databases.
"""
