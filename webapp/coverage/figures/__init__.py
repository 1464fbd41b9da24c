"""Numbers and lists over many rows of this room."""
