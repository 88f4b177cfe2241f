"""A coast: no thrust until a trigger."""

from __future__ import annotations

from typing import Literal

from farside.basis.declaration import Declaration, Name
from farside.phases.course import Course
from farside.phases.trigger import Trigger, coast_until


class Coast(Declaration):
    """`craft` moves by gravity alone `until` the trigger."""

    name: Name
    kind: Literal["coast"]
    craft: Name
    until: Trigger

    def fly(self, course: Course) -> None:
        coast_until(course, self.until)
