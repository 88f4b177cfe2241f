"""Write `src/farside/plots/land.txt`: coast lines and borders of the Earth, for the maps of a report.

Source: Natural Earth, 1:110 million, countries without lakes (public domain), as the package pyogrio brings it for its own tests:

    pip install pyogrio
    python builders/make_land.py

A side of a country that no other country has is coast, one that two have is a border. Degrees, to a hundredth (1 km; the lines themselves
are generalised to some tens of kilometres).
"""

from __future__ import annotations

import itertools
import struct
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parents[1]
OUT = HERE / "src" / "farside" / "plots" / "land.txt"
POLYGON = 5  # ESRI shapefile technical description, July 1998

Place = tuple[int, int]  # east and north, hundredths of a degree
Side = tuple[Place, Place]


def shapefile() -> Path:
    found = find_spec("pyogrio")
    if found is None or found.submodule_search_locations is None:
        sys.exit("pyogrio is not installed: pip install pyogrio")
    return Path(found.submodule_search_locations[0]) / "tests" / "fixtures" / "naturalearth_lowres" / "naturalearth_lowres.shp"


def rings(data: bytes) -> Iterator[list[Place]]:
    """The closed rings of all polygons."""
    at = 100
    while at < len(data):
        (length,) = struct.unpack_from(">i", data, at + 4)
        record, at = data[at + 8 : at + 8 + 2 * length], at + 8 + 2 * length
        kind, parts, points = (struct.unpack_from("<i", record, place)[0] for place in (0, 36, 40))
        if kind != POLYGON:
            continue
        starts = [*struct.unpack_from(f"<{parts}i", record, 44), points]
        numbers = struct.unpack_from(f"<{2 * points}d", record, 44 + 4 * parts)
        for first, last in itertools.pairwise(starts):
            yield [(round(100.0 * numbers[2 * k]), round(100.0 * numbers[2 * k + 1])) for k in range(first, last)]


def sides(found: list[list[Place]]) -> Counter[Side]:
    """How many countries have each side."""
    count: Counter[Side] = Counter()
    for ring in found:
        for one, other in itertools.pairwise(ring):
            if one != other and not on_the_edge(one, other):
                count[min((one, other), (other, one))] += 1
    return count


def on_the_edge(one: Place, other: Place) -> bool:
    """Sides along the edge of the map, 180 degrees or the pole, are no coast."""
    return abs(one[0]) == abs(other[0]) == 18000 or one[1] == other[1] == -9000


def lines(of: list[Side]) -> Iterator[list[Place]]:
    """The sides as lines that are as long as can be."""
    joined: dict[Place, set[Place]] = defaultdict(set)
    for one, other in of:
        joined[one].add(other)
        joined[other].add(one)
    for begins in (lambda place: len(joined[place]) != 2, lambda place: True):
        for place in sorted(joined):
            while joined[place] and begins(place):
                line = [place]
                while joined[line[-1]]:
                    following = min(joined[line[-1]])
                    joined[line[-1]].remove(following)
                    joined[following].remove(line[-1])
                    line.append(following)
                yield line


def main() -> None:
    path = shapefile()
    count = sides(list(rings(path.read_bytes())))
    out = [
        "# Coast lines and borders: Natural Earth 1:110m countries, public domain, naturalearthdata.com",
        f"# as pyogrio {version('pyogrio')} brings it; written by builders/make_land.py on {datetime.now(UTC):%Y-%m-%d}",
        "# a line: what it is, then degrees east and north of each of its places",
    ]
    for what, shown in (("coast", [s for s, n in count.items() if n == 1]), ("border", [s for s, n in count.items() if n > 1])):
        for line in lines(sorted(shown)):
            out.append(" ".join([what, *(f"{x / 100:g} {y / 100:g}" for x, y in line)]))
    OUT.write_text("\n".join(out) + "\n", encoding="ascii")
    print(f"{OUT.relative_to(HERE)}: {len(out) - 3} lines, {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
