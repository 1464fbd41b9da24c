"""What this room decides and changes."""
