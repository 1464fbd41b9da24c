"""What the command line offers of this room."""

from flask.cli import AppGroup

groups: tuple[AppGroup, ...] = ()
