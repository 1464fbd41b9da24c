"""What this room decides: the demo."""
