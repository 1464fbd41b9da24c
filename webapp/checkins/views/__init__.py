"""The pages of this room."""

from webapp.checkins import kinds  # noqa: F401
from webapp.checkins.views import here, photos, region  # noqa: F401
