"""The rows of this room."""

from webapp.places.models.counts import StationCount, StationDay, VillageCount, VillageDay
from webapp.places.models.region import NATION, Election, Region, Shape, Station
from webapp.places.models.regional import Regional

__all__ = [
    "NATION",
    "Election",
    "Region",
    "Regional",
    "Shape",
    "Station",
    "StationCount",
    "StationDay",
    "VillageCount",
    "VillageDay",
]
