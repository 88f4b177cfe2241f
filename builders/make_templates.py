"""Write the templates of `farside new` from missions that come with farside and from docs/mission_file.md, which says what each key means.

    python builders/make_templates.py

`tests/docs/test_templates.py` writes them again and compares. Numbers of a flown mission become assumptions of the new one, since its
author has not looked them up; what each key means stands above it where it comes first.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parents[1]
OUT = HERE / "src" / "farside" / "templates"
WIDTH = 120


class Template(NamedTuple):
    """The mission that it is made from, what those numbers are called, and what stands on top of the file."""

    mission: str
    whose: str
    head: str


TEMPLATES = {
    "sample_return": Template(
        "missions/change6.toml",
        "Chang'e-6",
        """@NAME@: a whole sample return, from the pad to the laboratory. Made by `farside new`; the numbers are those of Chang'e-6.

        Change what is yours, and say with each number where it is from; `assumed: why` when nobody published it. Begin with
        [sites.landing] and [goals]: where, and when the site passes under the orbit in good light. The plan finds every burn.

          farside check FILE     lists everything that is wrong with it at once
          farside fly FILE       plans and flies it; goals that cannot be met are told with what would do
          farside cite FILE      says which numbers are still assumptions

        Leave out what you do not need: a mission may end after any phase. docs/mission_file.md has every key.""",
    ),
    "landing": Template(
        "missions/change3_landing.toml",
        "Chang'e-3",
        """@NAME@: a landing on the Moon alone, from an orbit that is told. Made by `farside new`; the numbers are those of Chang'e-3.

        Change what is yours, and say with each number where it is from; `assumed: why` when nobody published it. An orbit that does
        not pass over the site costs propellant, or is refused with what would do: change [sites.landing] and [crafts.lander] together.

          farside check FILE     lists everything that is wrong with it at once
          farside land FILE      flies it; with --runs 200 as often as asked with drawn errors
          farside cite FILE      says which numbers are still assumptions

        docs/mission_file.md has every key.""",
    ),
    "entry": Template(
        "missions/entries/change6.toml",
        "Chang'e-6",
        """@NAME@: an entry into the atmosphere alone, from its interface down. Made by `farside new`; the numbers are those of Chang'e-6.

        Change what is yours, and say with each number where it is from; `assumed: why` when nobody published it. Begin with [begins]:
        where the capsule meets the atmosphere, how fast and how steeply.

          farside check FILE     lists everything that is wrong with it
          farside entry FILE     flies it; with --runs 100 as often as asked with drawn errors""",
    ),
}
BEGINS = {
    "epoch": "When.",
    "latitude": "Below the capsule, geocentric.",
    "radius": "From the Earth's centre.",
    "velocity": "`inertial`, or `relative` to the turning Earth: what speed, path angle and azimuth are of.",
    "flight_path_angle": "Above the horizontal; negative is down.",
    "azimuth": "Clockwise from north.",
    "mass": "Of the capsule.",
}
AIM = {"latitude": "Of the place below which the entry is to end: geodetic."}


def main() -> None:
    OUT.mkdir(exist_ok=True)
    for name in TEMPLATES:
        (OUT / f"{name}.toml").write_text(template(name), encoding="utf-8")
        print(f"wrote src/farside/templates/{name}.toml")


def template(name: str) -> str:
    """The text of a template; `@NAME@` stands for the name that a user gives."""
    made = TEMPLATES[name]
    text = (HERE / made.mission).read_text(encoding="utf-8")
    body = text[re.search(r"^(?!#)(?=\S)", text, re.MULTILINE).start() :]  # type: ignore[union-attr]
    body = re.sub(r'^name = "[^"]*"', 'name = "@NAME@"', body, count=1, flags=re.MULTILINE)
    body = re.sub(r'^description = "[^"]*"', f'description = "@NAME@, begun as {name}"', body, count=1, flags=re.MULTILINE)
    head = "\n".join(f"# {line}".rstrip() for line in textwrap.dedent(f"        {made.head}").splitlines())
    return f"{head}\n\n" + "\n".join(commented(sourced(body, made.whose).splitlines())) + "\n"


def sourced(body: str, whose: str) -> str:
    """The text with sources that its new author has: none but the mission that the numbers are of."""
    taken = f"assumed: that of {whose}; say where yours is from"
    body = re.sub(r'source = "(?:facts|missions/|derived)[^"]*"', f'source = "{taken}"', body)
    body = re.sub(r'source = "assumed"', f'source = "{taken}"', body)
    body = re.sub(r"facts [A-Z]?\d+(?:\.\d+)? (say|give)", r"public figures \1", body)
    body = re.sub(r"# ?facts [A-Z]?\d+(?:\.\d+)?:? ?", "# ", body)
    body = re.sub(r"(?:;|,|:)? \(?facts [A-Z]?\d+(?:\.\d+)?(?:, [A-Z]\d+)*\)?", "", body)
    body = re.sub(r"; the minute itself is|[:,]? builders/make_lunar_states\.py| \(design/\w+\.md\)|; design/\w+\.md[^\n]*", "", body)
    return re.sub(r"[ \t]+#[ \t]*$", "", body, flags=re.MULTILINE)


def commented(lines: list[str]) -> Iterator[str]:
    """The lines, each key with its meaning above it where it comes first in a table of its kind."""
    table, told = "", set[tuple[str, str]]()
    meanings, heading = meanings_of_page(), ""
    for number, line in enumerate(lines):
        found = re.match(r"\[+([\w.]+)\]+", line)
        if found:
            table = found[1]
            heading = heading_of(table, kind_of(lines[number + 1 :]), meanings)
            if table == "phases" and (heading, "") not in told:
                told.add((heading, ""))
                yield from textwrap.wrap(f"# {meanings[heading]['']}", WIDTH, subsequent_indent="# ")
        key = re.match(r"(\w+) = ", line)
        if key and table:
            meaning = meanings.get(heading, {}).get(key[1])
            if meaning and (heading, key[1]) not in told and key[1] not in ("name", "kind"):
                told.add((heading, key[1]))
                yield from textwrap.wrap(f"# {meaning}", WIDTH, subsequent_indent="# ")
        yield line


def kind_of(lines: list[str]) -> str:
    """The kind that the table which begins above these lines declares; empty without one."""
    for line in lines:
        if line.startswith("["):
            break
        found = re.match(r'kind = "(\w+)"', line)
        if found:
            return found[1]
    return ""


def heading_of(table: str, kind: str, meanings: dict[str, dict[str, str]]) -> str:
    """The heading of docs/mission_file.md that a table of a mission file, of that kind if it has one, is described under."""
    first, _, rest = table.partition(".")
    if table in ("phases", "entry"):
        return f'kind = "{kind}"'
    if first in ("phases", "entry"):
        names = [f"{rest} {kind}", rest, f"{rest.partition('.')[0]}.NAME", *(head for head in meanings if rest in head.split(", "))]
        return next((name for name in names if name in meanings), "")
    parts = table.split(".")
    names = [f"[{table}]", f"[{first}.NAME]", f"[{first}.NAME.engines.ENGINE]"]
    return table if table in meanings else names[2] if "engines" in parts else names[0] if names[0] in meanings else names[1]


def meanings_of_page() -> dict[str, dict[str, str]]:
    """Heading -> key -> what it means, as docs/mission_file.md says, "" its first sentence; and the two tables of an entry alone."""
    page = (HERE / "docs" / "mission_file.md").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {"begins": BEGINS, "aim": AIM}
    for heading, text in re.findall(r"^#+ `([^`\n]+)`\n(.*?)(?=^#|\Z)", page, re.DOTALL | re.MULTILINE):
        rows = (line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `"))
        first = re.split(r"(?<=\.)\s", text.strip().replace("\n", " "), maxsplit=1)[0]
        found[heading] = {"": plain(first)} | {cells[0].strip().strip("`"): plain(cells[3]) for cells in rows if len(cells) > 3}
    return found


def plain(meaning: str) -> str:
    """A meaning without the marks of Markdown."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", meaning).replace("`", "").strip()


if __name__ == "__main__":
    main()
