"""Distances on the surface of the earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS = 6_371_009  # metres; the mean of the IUGG


def metres_between(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Return the great-circle distance of two points given in degrees (haversine)."""
    north, east = radians(lat2 - lat1), radians(lng2 - lng1)
    half = sin(north / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(half)))
