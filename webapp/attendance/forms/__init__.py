"""What people and phones type in."""
