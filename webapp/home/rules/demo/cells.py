"""Draws the schematic map of the demo: `python -m webapp.home.rules.demo.cells` writes cells.csv anew.

Run by hand when west_jakarta.csv changes, never by the site. The 56 centroids are projected (equal area near
6 degrees south), pushed apart a little so that the small kelurahan of the old town can be seen and tapped,
and each gets the ground that is nearer to it than to any other (Voronoi), inside an outline typed by hand.
It is a sketch, shown as "skema, bukan batas resmi": no official boundary went into it.

cells.csv, units of a view box 360 wide and 340 high, y down, all integers:

    code     wilayah code
    kind     cell (kelurahan) or outline (kecamatan; the kota itself as 31.73)
    path     one closed SVG path, relative after the first point; neighbours share their points exactly
    label_x  the point inside that is farthest from the edge, where a disc or a word may stand
    label_y
"""

import csv
import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

Point = tuple[float, float]
Ring = list[Point]
Dot = tuple[int, int]
Loop = list[Dot]
Corner = TypeVar("Corner", Point, Dot)

HERE = Path(__file__).parent
KOTA = "31.73"
WEST, NORTH, MIDDLE = 106.6855, -6.0935, math.radians(6.16)
UNITS = 2480  # of the view box, per degree of latitude: 1 unit is about 45 metres
ROUNDS, PULL = 8, 0.5  # how often, and how far, a cell's point moves towards the cell's middle
OUTLINE: Ring = [
    (6, 26), (10, 14), (22, 8), (70, 8), (86, 16), (132, 72), (196, 104), (240, 108), (254, 100), (268, 76),
    (284, 66), (334, 66), (348, 72), (354, 86), (355, 164), (350, 176), (338, 183), (318, 186), (308, 196),
    (313, 250), (302, 268), (274, 290), (253, 297), (247, 322), (234, 333), (110, 333), (99, 328), (94, 317),
    (94, 256), (84, 243), (20, 218), (9, 211), (6, 200),
]  # fmt: skip


def project(lat: float, lng: float) -> Point:
    """Degrees to units of the view box."""
    return (lng - WEST) * UNITS * math.cos(MIDDLE), (NORTH - lat) * UNITS


def edges(ring: list[Corner]) -> Iterator[tuple[Corner, Corner]]:
    """The sides of a closed ring, the one that closes it too."""
    return pairwise(ring + ring[:1])


def nearer(ring: Ring, own: Point, other: Point) -> Ring:
    """The part of the ring that lies nearer to `own` than to `other`."""
    nx, ny = other[0] - own[0], other[1] - own[1]
    limit = (nx * (own[0] + other[0]) + ny * (own[1] + other[1])) / 2
    kept: Ring = []
    for a, b in edges(ring):
        over_a, over_b = nx * a[0] + ny * a[1] - limit, nx * b[0] + ny * b[1] - limit
        if over_a <= 0:
            kept.append(a)
        if (over_a < 0 < over_b) or (over_b < 0 < over_a):
            t = over_a / (over_a - over_b)
            kept.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
    return kept


def voronoi(points: dict[str, Point]) -> dict[str, Ring]:
    """The cell of each point inside the outline."""
    cells = {}
    for code, own in points.items():
        ring = OUTLINE
        for other in points.values():
            if other != own:
                ring = nearer(ring, own, other)
        cells[code] = ring
    return cells


def middle(ring: Ring) -> Point:
    """Centre of gravity of a ring."""
    area = x = y = 0.0
    for a, b in edges(ring):
        cross = a[0] * b[1] - b[0] * a[1]
        area, x, y = area + cross, x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
    return x / (3 * area), y / (3 * area)


def spread(points: dict[str, Point]) -> dict[str, Point]:
    """Points moved towards the middles of their cells (Lloyd), so that no cell stays a splinter."""
    for _ in range(ROUNDS):
        for code, ring in voronoi(points).items():
            (x, y), (mx, my) = points[code], middle(ring)
            points = points | {code: (x + PULL * (mx - x), y + PULL * (my - y))}
    return points


def rounded(ring: Ring) -> Loop:
    """The ring on whole units, without points that fall together."""
    dots = [(round(x + 1e-6), round(y + 1e-6)) for x, y in ring]
    return [dot for dot, after in edges(dots) if dot != after]


def union(loops: Iterable[Loop]) -> Loop:
    """The outer edge of neighbouring loops: the edges that no second loop walks the other way."""
    walked = {edge for loop in loops for edge in edges(loop)}
    onward = {a: b for a, b in walked if (b, a) not in walked}
    start = at = min(onward)
    outer = []
    while True:
        outer.append(at)
        at = onward.pop(at)
        if at == start:
            break
    if onward:
        raise ValueError(f"not one piece: {len(onward)} edges are left over")
    return outer


def straight(loop: Loop) -> Loop:
    """The loop without points in the middle of a straight line (for outlines: cells keep theirs)."""
    before, after = loop[-1:] + loop[:-1], loop[1:] + loop[:1]
    return [
        b for a, b, c in zip(before, loop, after, strict=True)
        if (b[0] - a[0]) * (c[1] - b[1]) != (b[1] - a[1]) * (c[0] - b[0])
    ]  # fmt: skip


def path_of(loop: Loop) -> str:
    """A closed SVG path, as short as integers allow."""
    steps = " ".join(f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(loop))
    return f"M{loop[0][0]} {loop[0][1]}l{steps.replace(' -', '-')}z"


def depth(loop: Loop, x: float, y: float) -> float:
    """Distance from a point to the loop's edge, negative outside."""
    inside, nearest = False, math.inf
    for (ax, ay), (bx, by) in edges(loop):
        dx, dy = bx - ax, by - ay
        t = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
        nearest = min(nearest, math.hypot(ax + t * dx - x, ay + t * dy - y))
        if (ay > y) != (by > y) and x < ax + (y - ay) * dx / dy:
            inside = not inside
    return nearest if inside else -nearest


def label_of(loop: Loop) -> Dot:
    """The whole point of the loop that is farthest from its edge."""
    xs, ys = [x for x, _ in loop], [y for _, y in loop]
    step = max(1, (max(xs) - min(xs)) // 16)
    coarse = deepest(loop, range(min(xs), max(xs), step), range(min(ys), max(ys), step))
    return deepest(loop, *(range(at - step, at + step + 1) for at in coarse))


def deepest(loop: Loop, xs: range, ys: range) -> Dot:
    """The point of a grid that is farthest from the loop's edge."""
    return max(((x, y) for x in xs for y in ys), key=lambda dot: depth(loop, *dot))


def draw() -> list[tuple[str, str, str, int, int]]:
    """All rows of cells.csv, cells first, then the kecamatan, then the kota."""
    with (HERE / "west_jakarta.csv").open(encoding="utf-8", newline="") as file:
        points = {row["code"]: project(float(row["lat"]), float(row["lng"])) for row in csv.DictReader(file)}
    cells = {code: rounded(ring) for code, ring in voronoi(spread(points)).items()}
    groups = {code[:8] for code in cells}
    outlines = {group: union(cells[code] for code in cells if code[:8] == group) for group in sorted(groups)}
    outlines[KOTA] = union(cells.values())
    return [(code, "cell", path_of(loop), *label_of(loop)) for code, loop in cells.items()] + [
        (code, "outline", path_of(straight(loop)), *label_of(loop)) for code, loop in outlines.items()
    ]


def main() -> None:
    """Write cells.csv beside this file."""
    with (HERE / "cells.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "kind", "path", "label_x", "label_y"])
        writer.writerows(draw())


if __name__ == "__main__":
    main()
