"""Lighthouse by npx, pinned; it needs node, npm's registry at the first run, and Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "12.8.2"  # 13 needs a newer node than Debian 12 has
ROUNDS = 3
WATCHED = ("performance", "accessibility", "best-practices")


@dataclass(frozen=True)
class Score:
    """Points out of 100; first and largest paint in seconds; blocking time in ms."""

    performance: int
    accessibility: int
    practices: int
    fcp: float
    lcp: float
    tbt: float
    kilobytes: float
    complaints: tuple[str, ...]


def median(url: str, cookie: str = "") -> Score:
    """The middle one, by performance, of three runs."""
    scores = sorted((_run(url, cookie) for _ in range(ROUNDS)), key=lambda score: score.performance)
    return scores[ROUNDS // 2]


def chromium() -> str:
    """The browser's path. Raises RuntimeError where there is none."""
    given = os.environ.get("CHROMIUM", "")
    for name in (given, "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    raise RuntimeError("no Chromium here; install it or set CHROMIUM to its path")


def _run(url: str, cookie: str) -> Score:
    with tempfile.TemporaryDirectory(prefix="simpul-lighthouse-") as folder:
        report = Path(folder) / "report.json"
        command = [
            "npx",
            "--yes",
            f"lighthouse@{VERSION}",
            url,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(WATCHED)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
        ]
        if cookie:
            command.append("--extra-headers=" + json.dumps({"Cookie": cookie}))
        environment = {**os.environ, "CHROME_PATH": chromium()}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if not report.exists():
            raise RuntimeError(f"Lighthouse did not run: {done.stderr[-800:]}")
        return _score(json.loads(report.read_text()))


def _score(report: dict[str, Any]) -> Score:
    if wrong := report.get("runtimeError"):
        raise RuntimeError(wrong["message"])
    audits, points = report["audits"], report["categories"]
    return Score(
        performance=round(100 * (points["performance"]["score"] or 0)),
        accessibility=round(100 * (points["accessibility"]["score"] or 0)),
        practices=round(100 * (points["best-practices"]["score"] or 0)),
        fcp=audits["first-contentful-paint"]["numericValue"] / 1000,
        lcp=audits["largest-contentful-paint"]["numericValue"] / 1000,
        tbt=audits["total-blocking-time"]["numericValue"],
        kilobytes=audits["total-byte-weight"]["numericValue"] / 1024,
        complaints=_complaints(report),
    )


def _complaints(report: dict[str, Any]) -> tuple[str, ...]:
    """What cost points: every audit that counts and is not at its best, with the first place it was seen."""
    lines = []
    for name in WATCHED:
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            full = 0.9 if name == "performance" else 1
            if reference["weight"] and audit["score"] is not None and audit["score"] < full:
                lines.append(
                    f"{name}: {audit['title']} {audit.get('displayValue', '')} {_where(audit)}".rstrip()
                )
    return tuple(lines)


def _where(audit: dict[str, Any]) -> str:
    items = (audit.get("details") or {}).get("items") or [{}]
    first = items[0] if isinstance(items[0], dict) else {}
    node = first.get("node") or {}
    return str(node.get("snippet") or first.get("description") or first.get("url") or "")[:160]
