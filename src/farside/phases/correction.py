"""A correction burn on the way."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from farside.basis.declaration import Declaration, Duration, Name


class Correction(Declaration):
    """A coast of `after_s` from the end of the phase before, and a burn towards `aim`, solved from what the craft knows there."""

    name: Name
    kind: Literal["correction"]
    craft: Name
    event: Name
    module: Name
    engine: Name
    after_s: Duration = Field(alias="after")
    aim: Literal["perilune", "landing_pass", "entry"]
