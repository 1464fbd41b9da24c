"""The list of participants that Zoom gives: read in full, compared with seats, taken as a person confirmed it."""
