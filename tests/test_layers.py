"""The arrows between the rooms (basis <- environment <- craft <- ...) hold in the whole import graph, imports inside functions included.

A room is a folder or a file directly under `src/farside`; `imports_of` reads what a file imports without running it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "farside"

FLOORS = (
    ("basis",),
    ("environment",),
    ("craft",),
    ("dynamics",),
    ("guidance",),
    ("planning",),
    ("phases",),
    ("mission",),
    ("flight",),  # beside mission in the plan of the house, but a flight is flown from a mission
    ("relay", "studies"),
    ("products",),
    ("plots",),  # above products: a picture and a file of one flight tell the same number
    ("web", "cli"),
)
"""From the ground up: a room imports from the floors below its own, never from a sibling on the same floor or from above."""

HEIGHT = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {
    "farside": set(HEIGHT) - {"web", "cli"} | {"delivery"},  # the package's face (`import farside as fs`), filled on first use
    "__main__": {"cli"},
    "delivery": set[str](),  # the hand-over document: standard library only
    "curation": {"delivery"},  # the laboratory knows nothing of the simulator
}
"""Rooms outside the floors, with everything that they may import."""
ABOVE_DELIVERY = HEIGHT["flight"]
ABOVE_CURATION = HEIGHT["web"]

Import = tuple[int, str]


def imports_of(source: str) -> Iterator[Import]:
    """Line and dotted name of all that a file imports: at the top, in functions, under TYPE_CHECKING, by `import_module("...")`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and is_import_by_name(node) and isinstance(node.args[0], ast.Constant):
            yield node.lineno, str(node.args[0].value)


def is_import_by_name(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    return name in ("import_module", "__import__") and bool(call.args)


def room_of(dotted: str) -> str | None:
    """The room of `farside.ROOM.anything`; the face for names of the package itself; None outside the package."""
    first, _, rest = dotted.partition(".")
    if first != "farside":
        return None
    room = rest.partition(".")[0]
    return room if (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file() or room in HEIGHT | DOORS else "farside"


def may_import(room: str, other: str) -> bool:
    """True where an arrow leads from `room` to `other`."""
    if room == other:
        return True
    if room in DOORS:
        return other in DOORS[room]
    if other == "delivery":
        return HEIGHT[room] >= ABOVE_DELIVERY
    if other in ("curation", "farside"):
        return HEIGHT[room] >= ABOVE_CURATION
    return other in HEIGHT and HEIGHT[other] < HEIGHT[room]


def violations(room: str, source: str) -> list[str]:
    """What a file of `room` imports against the arrows, each with its line."""
    if room not in HEIGHT and room not in DOORS:
        return [f"line 1: no floor is known for the room {room}: give it one in {Path(__file__).name}"]
    found = []
    for line, dotted in imports_of(source):
        other = room_of(dotted)
        if other is not None and not may_import(room, other):
            found.append(f"line {line}: {room} imports {dotted}")
        if dotted.partition(".")[0] == "matplotlib" and room != "plots":
            found.append(f"line {line}: {room} imports matplotlib, which is for plots")
        if room == "delivery" and other is None and dotted.partition(".")[0] not in sys.stdlib_module_names:
            found.append(f"line {line}: delivery imports {dotted}, which is not of the standard library")
    return found


def room_of_file(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "farside" if first == "__init__" else first


def test_the_arrows_hold() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    found = [f"{path.relative_to(PACKAGE)} {what}" for path in files for what in violations(room_of_file(path), path.read_text("utf-8"))]
    assert len(files) > len(FLOORS)
    assert not found, "\n".join(["imports against the arrows:", *found])


@pytest.mark.parametrize(
    ("room", "planted"),
    [
        ("basis", "import farside.environment.gravity"),
        ("basis", "from farside import flight"),
        ("craft", "def later():\n    from farside.dynamics.arcs import Arc"),
        ("dynamics", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from farside.phases.leg import Leg"),
        ("phases", "import importlib\nimportlib.import_module('farside.flight')"),
        ("mission", "import farside.flight"),
        ("studies", "import farside.relay"),
        ("products", "from farside.plots import orbit"),
        ("guidance", "import farside"),
        ("curation", "from farside.basis import epochs"),
        ("dynamics", "import farside.delivery"),
        ("delivery", "import numpy"),
        ("farside", "def __getattr__(name):\n    import farside.cli.main"),
        ("cli", "import matplotlib.pyplot"),
        ("cellar", "import math"),
    ],
)
def test_a_planted_violation_is_found(room: str, planted: str) -> None:
    assert len(violations(room, planted)) == 1


@pytest.mark.parametrize(
    ("room", "allowed"),
    [
        ("cli", "from farside.mission import load"),
        ("flight", "from farside.mission import Mission"),
        ("phases", "from farside.craft.module import Craft"),
        ("dynamics", "def sampled():\n    from farside.dynamics.propagate import sample"),
        ("curation", "from farside.delivery import read"),
        ("flight", "from farside.delivery import write"),
        ("plots", "import matplotlib"),
        ("plots", "from farside.products.events import event_records"),
        ("delivery", "import json"),
    ],
)
def test_what_the_arrows_allow_is_let_through(room: str, allowed: str) -> None:
    assert violations(room, allowed) == []


def test_the_face_of_the_package_loads_no_compiler() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, farside; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numba", "numpy", "matplotlib"} & set(loaded)
