"""A GeoJSON file as its features, before anybody looks into them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from webapp.places.rules.imports.files import BadFile

READ = frozenset({"features", "properties", "geometry", "kode", "nama", "lat", "lng"})
MOST_BYTES = 500_000_000  # in memory it takes several times as much
SPLIT = "bring it province by province, or with simpler outlines"


def features_of(path: Path) -> list[Any]:
    """All that the file tells of, unread as yet. Raises `BadFile`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(f"{path.name} is larger than {MOST_BYTES // 10**6} MB: {SPLIT}.")
        told = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except OSError as mistake:
        raise BadFile(f"{path} cannot be opened: {mistake.strerror}.") from mistake
    except (ValueError, RecursionError) as mistake:
        raise BadFile(f"{path.name} is no GeoJSON ({mistake}).") from mistake
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or not features:
        raise BadFile(f"{path.name} is no GeoJSON with features.")
    return features


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file. Raises `BadFile` when a member that is read stands in it twice."""
    named = [name for name, _value in pairs if name in READ]
    if len(named) > len(set(named)):
        raise BadFile(
            f"A feature has a property twice ({', '.join(named)}). Which of them counts cannot be told."
        )
    return dict(pairs)
