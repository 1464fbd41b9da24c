"""Where somebody says to be, when she allows it."""

from __future__ import annotations

from webapp.attendance.rules.positions import Position
from webapp.plumbing.fields import Coordinate
from webapp.plumbing.forms import Form


class Positioned(Form):
    """A form that takes a position along: three hidden fields, empty unless the switch was tapped."""

    lat = Coordinate(-90, 90)
    lng = Coordinate(-180, 180)
    accuracy = Coordinate(0, 1_000_000)

    @property
    def position(self) -> Position | None:
        """The position, when there is a whole one."""
        if self.lat.data is None or self.lng.data is None:
            return None
        return Position(self.lat.data, self.lng.data, self.accuracy.data or 0.0)
