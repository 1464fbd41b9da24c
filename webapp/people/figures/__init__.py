"""Numbers and lists over many people."""
