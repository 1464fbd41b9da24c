"""A camera for Chromium that shows cards, one after the other, over and over."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from pathlib import Path

import segno
from PIL import Image

WIDTH, HEIGHT, SIDE = 640, 480, 260
FRAMES_A_SECOND = 30  # as Chromium plays such a file
FLAGS = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def film(path: Path, texts: Iterable[str], seconds: float = 0.7) -> str:
    """Write the film of these codes, each held into the picture a little askew; returns Chromium's flag for it."""
    chance = random.Random(4)
    with path.open("wb") as out:
        for text in texts:
            out.write(_frame(text, chance) * round(seconds * FRAMES_A_SECOND))
    return f"--use-file-for-fake-video-capture={path}"


def _frame(text: str, chance: random.Random) -> bytes:
    """One picture: the code on a grey hall; without a text a picture of nothing but noise."""
    hall = Image.effect_noise((WIDTH, HEIGHT), 60 if not text else 12).convert("RGB")
    if text:
        drawn = io.BytesIO()
        segno.make(text, error="h", micro=False).save(drawn, kind="png", scale=8, border=4)
        card = Image.open(drawn).convert("RGB").resize((SIDE, SIDE))
        card = card.rotate(chance.uniform(-8, 8), expand=True, fillcolor=(128, 128, 128))
        hall.paste(card, (WIDTH // 2 - SIDE // 2 + chance.randint(-30, 30), 90 + chance.randint(-20, 20)))
    jpeg = io.BytesIO()
    hall.save(jpeg, "JPEG", quality=75)
    return jpeg.getvalue()
