"""What may be checked in, what is odd about it, and how long it is kept."""
