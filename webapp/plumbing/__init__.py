"""What every room stands on: database, doors, rendering, receiving; no election word in here."""
