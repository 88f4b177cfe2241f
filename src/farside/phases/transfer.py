"""The transfer: from a parking orbit over the launch site onto the way to the Moon."""

from __future__ import annotations

from typing import Literal

from farside.basis.declaration import Declaration, Name


class Transfer(Declaration):
    """Insertion into the parking orbit, coast, and the burn `tli` of `engine` on `module`. Its aim is the mission's goals."""

    name: Name
    kind: Literal["transfer"]
    craft: Name
    module: Name
    engine: Name
