"""Numbers and lists over many rows, gathered for the first page."""
