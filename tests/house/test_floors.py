"""Floors: the checker that `make lint` runs passes, and would notice a room calling upstairs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]


def test_no_room_calls_upstairs() -> None:
    done = subprocess.run(LINT, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_folder_of_code_is_a_package_that_the_checker_sees() -> None:
    folders = {path.parent for path in (ROOT / "webapp").rglob("*.py")}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_files_stay_short() -> None:
    sources = [
        *(ROOT / "webapp").rglob("*.py"),
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static/house").glob("*.js"),
    ]
    long = {
        str(path.relative_to(ROOT)): n for path in sources if (n := len(path.read_text().splitlines())) > 300
    }
    assert not long
