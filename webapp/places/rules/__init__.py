"""What a place is called, which hour it keeps, who sees it and how its numbers are kept."""
