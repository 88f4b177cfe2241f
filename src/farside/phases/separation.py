"""A separation: one craft becomes two."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from farside.basis.declaration import Declaration, Name, Text
from farside.phases.trigger import Trigger


class Joined(Declaration):
    """Modules that stay together, and the name their craft goes by."""

    name: Name
    modules: tuple[Name, ...] = Field(min_length=1)


class Separation(Declaration):
    """The coast of `craft` up to `when`, and its parting there into `carrier` and `released`.

    With `discard` (where it goes and why) the released craft is no longer followed.
    """

    name: Name
    kind: Literal["separation"]
    craft: Name
    event: Name
    carrier: Joined
    released: Joined
    when: Trigger
    discard: Text | None = None
