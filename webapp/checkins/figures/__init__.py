"""Numbers and lists over many check-ins."""
