"""Write docs/api.md from the package itself: the public names, what they hand back, and what pages and examples import besides.

    python builders/make_reference.py

`tests/docs/test_reference.py` writes it again and compares; a name without a docstring is an error there and here.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import farside as fs
from farside.curation import database
from farside.delivery import Delivery
from farside.flight import Truth
from farside.phases.leg import Burn, Event, History, Leg

database.set_up()  # the laboratory's modules are Django's

HERE = Path(__file__).parents[1]
PAGE = HERE / "docs" / "api.md"
HANDED_BACK = (Truth, Leg, Event, Burn, History, Delivery)

PLAINER = ((r"(: |-> )'([^']*)'", r"\1\2"), (r"= <function (\w+) at 0x[0-9a-f]+>", r"= \1"), (r"= <(\w+\.\w+): .*?\)>", r"= \1"))
"""Types without quotes, a function and a member of an enumeration by their names."""
SHOWING = ("README.md", "docs/*.md", "examples/*.py")  # who shows code to users
IMPORTED = re.compile(r"^ *from (farside[\w.]*) import (\w+(?:, \w+)*)$", re.MULTILINE)
NAMED = re.compile(r"`(farside\.[\w.]+)\.(\w+)(?:\(.*?\))?`")

HEAD = """# The names of the package

`import farside as fs` costs nothing: each name is loaded on first use. Written by `python builders/make_reference.py` from the docstrings.
How they go together: [from Python](python.md). First those of `farside`, then what they hand back, then what pages and examples import from
its modules. These names are what a [version](../CONTRIBUTING.md#versions) promises; any other may change.
"""


class Undocumented(Exception):
    """A public name that says nothing of itself."""


def told(thing: Any, name: str) -> str:
    """The docstring of a public thing."""
    text = inspect.getdoc(thing)
    if not text or text.startswith(f"{name}("):  # a dataclass without one tells its own signature
        raise Undocumented(f"{name} has no docstring")
    return text


def signature(thing: Any) -> str:
    """How it is called, without the rooms that its types live in."""
    text = re.sub(r"\b(?:[a-z_]+\.)+([A-Z]\w*)", r"\1", str(inspect.signature(thing)))
    for pattern, put in PLAINER:
        text = re.sub(pattern, put, text)
    return text.replace("(self, ", "(").replace("(self)", "()")


def public(kind: type) -> Iterator[tuple[str, Any]]:
    """Methods and properties of a class that are its own and public."""
    for name, thing in vars(kind).items():
        if not name.startswith("_") and (inspect.isfunction(thing) or isinstance(thing, (property, classmethod))):
            yield name, thing


def of_class(name: str, kind: type) -> Iterator[str]:
    """The part of the page on one class."""
    yield f"## `{name}`\n\n{told(kind, name)}\n"
    if issubclass(kind, enum.Enum):
        yield "".join(f"- `{name}.{one.name}`: {one.value}\n" for one in kind)
        return
    if dataclasses.is_dataclass(kind):
        yield "".join(f"- `{one.name}`: `{one.type}`\n" for one in dataclasses.fields(kind))
    for member, thing in public(kind):
        called = f"{member}" if isinstance(thing, property) else f"{member}{signature(getattr(kind, member))}"
        yield f"### `{name}.{called}`\n\n{told(thing, f'{name}.{member}')}\n"


def of(name: str, thing: Any) -> Iterator[str]:
    """The part of the page on one name."""
    return of_class(name, thing) if inspect.isclass(thing) else iter([f"## `{name}{signature(thing)}`\n\n{told(thing, name)}\n"])


def shown() -> dict[str, Any]:
    """What pages and examples import or name besides: dotted name -> function or class, by name; not those of the package itself."""
    texts = [path.read_text("utf-8") for pattern in SHOWING for path in sorted(HERE.glob(pattern)) if path != PAGE]
    pairs = {(home, name) for text in texts for home, names in IMPORTED.findall(text) for name in names.split(", ")}
    pairs |= {pair for text in texts for pair in NAMED.findall(text)}
    pairs = {(home, name) for home, name in pairs if not home.startswith("farside.plots")}  # how pictures are drawn is promised to nobody
    found = {f"{home}.{name}": getattr(importlib.import_module(home), name, None) for home, name in sorted(pairs)}
    there = [*(getattr(fs, name) for name in fs.__all__), *HANDED_BACK]
    return {name: thing for name, thing in found.items() if (inspect.isfunction(thing) or inspect.isclass(thing)) and thing not in there}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name in fs.__all__:
        parts.extend(of(name, getattr(fs, name)))
    for kind in HANDED_BACK:
        parts.extend(of_class(kind.__name__, kind))
    for name, thing in shown().items():
        parts.extend(of(name, thing))
    return "\n".join(parts)


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(HERE)}")


if __name__ == "__main__":
    main()
