"""A person was somewhere, doing something, then."""
