"""`make audit`: Lighthouse (mobile, median of 3) and axe (light and dark) on the pages that everybody sees.

It loads the demo into a database of its own, starts the server as `make run` does, and signs in through the form.
Exit code 1: axe found something, or accessibility or best practices are below 100. Performance below 95 is said
aloud but does not fail, for a busy machine costs points. Arguments: names of pages, to look at these only.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.audit import axe, lighthouse
from tests.bench.servers import serving
from tests.staging import Product, page, sign_in

KOTA = "31.73"


@dataclass(frozen=True)
class Page:
    """One page under audit: `cookie` of who looks at it, empty for a stranger."""

    name: str
    url: str
    cookie: str


def main(wanted: list[str]) -> int:
    """Audit the wanted pages (all, when none is named) and print the tables."""
    with _pages() as pages:
        chosen = [it for it in pages if not wanted or it.name in wanted]
        scores_fail = _print_scores(chosen)
        return int(_print_violations(chosen) or scores_fail)


@contextmanager
def _pages() -> Iterator[list[Page]]:
    with tempfile.TemporaryDirectory(prefix="simpul-audit-") as folder:
        product = Product(f"sqlite:///{folder}/audit.sqlite3")
        logins = product.load_demo()
        with serving("wsgi:app", product.environment) as server:
            cookie = sign_in(server.port, logins["coordinator"])
            home = f"http://127.0.0.1:{server.port}"
            yield [
                Page("sign-in", f"{home}/masuk", ""),
                Page("home", f"{home}/", cookie),
                Page("marking", home + _marking(server.port, cookie), cookie),
                Page("coverage", f"{home}/cakupan/{KOTA}", cookie),
            ]


def _marking(port: int, cookie: str) -> str:
    """The path of the sheet that this coordinator keeps."""
    for link in page(port, "/rapat", cookie).select("a[href^='/rapat/']"):
        path = str(link["href"]).removesuffix("/hadir")
        if path.rsplit("/", 1)[-1].isdigit():
            return f"{path}/hadir"
    raise RuntimeError("/rapat shows no meeting to mark")


def _print_scores(pages: list[Page]) -> bool:
    print(
        f"{'Lighthouse, mobile':20} {'performance':>12} {'accessibility':>14} {'best practices':>15}", end=""
    )
    print(f" {'FCP s':>7} {'LCP s':>7} {'TBT ms':>7} {'KB':>6}")
    failed = False
    for it in pages:
        score = lighthouse.median(it.url, it.cookie)
        failed |= min(score.accessibility, score.practices) < 100
        mark = "" if score.performance >= 95 else "   < 95"
        print(f"{it.name:20} {score.performance:>12} {score.accessibility:>14} {score.practices:>15}", end="")
        print(f" {score.fcp:>7.2f} {score.lcp:>7.2f} {score.tbt:>7.0f} {score.kilobytes:>6.1f}{mark}")
        for complaint in score.complaints:
            print(f"    {complaint}")
    return failed


def _print_violations(pages: list[Page]) -> bool:
    print(f"\n{'axe':20} {'light':>6} {'dark':>6} {'light, wide':>12} {'dark, wide':>11}")
    found = [(it, axe.violations(it.url, it.cookie)) for it in pages]
    for it, seen in found:
        counts = [len(seen[key]) for key in axe.WAYS]
        print(f"{it.name:20} {counts[0]:>6} {counts[1]:>6} {counts[2]:>12} {counts[3]:>11}")
        for line in sorted({line for lines in seen.values() for line in lines}):
            print(f"    {line}")
    return any(lines for _, seen in found for lines in seen.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
