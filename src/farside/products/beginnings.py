"""Mission files to start from: the templates that come with the package, under the name that a user gives.

They are missions that flew, with what each key means above it and every number an assumption until its new author says where it is from.
`builders/make_templates.py` writes them.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from farside.basis.declaration import NAME_PATTERN, allowed

TEMPLATES = {
    "sample_return": "a whole sample return: launch, Moon, landing, ascent, docking, entry, laboratory",
    "landing": "a landing on the Moon alone, from an orbit that is told",
    "entry": "an entry into the atmosphere alone, from its interface down",
}
"""What each template is."""
LONGEST = 60  # letters of a name, as in [mission]


class BeginningError(ValueError):
    """A mission file that cannot be begun as asked; the message says what would work."""


def beginning(name: str, template: str = "sample_return") -> str:
    """The text of a mission file called `name`; `BeginningError` for a name that no mission may have, or a template that is not there."""
    if template not in TEMPLATES:
        raise BeginningError(f"no template {template!r}{allowed(template, TEMPLATES, 'templates')}")
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > LONGEST:
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:LONGEST].strip("_")
        hint = f"; {better} would do" if re.fullmatch(NAME_PATTERN, better) else ""
        rule = f"lower-case letters, digits and _, a letter first, {LONGEST} at most"
        raise BeginningError(f"{name!r} is no name for a mission: {rule}{hint}")
    text = resources.files("farside").joinpath("templates", f"{template}.toml").read_text(encoding="utf-8")
    return text.replace("@NAME@", name)


def begin(path: Path, text: str) -> None:
    """Write a mission file where none is. `FileExistsError` when something is there, `OSError` when it cannot be written."""
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
