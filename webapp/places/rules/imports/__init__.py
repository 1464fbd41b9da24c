"""Lists from outside become regions, a register and shapes: checked as a whole first, taken over in one step."""
