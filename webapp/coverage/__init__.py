"""What is manned and what is missing: map, table, list."""
