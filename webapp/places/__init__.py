"""Regions, elections, the TPS register, boundaries, counts and who may see which part of the country."""
