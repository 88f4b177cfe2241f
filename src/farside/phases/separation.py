"""A separation: one craft becomes two."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from farside.basis.declaration import Declaration, Name, Text
from farside.craft.module import Craft, Gone
from farside.phases.course import Course
from farside.phases.trigger import Trigger, coast_until


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

    def fly(self, course: Course) -> None:
        coast_until(course, self.when)
        course.note(self.event)
        craft = course.craft
        carrier = Craft(self.carrier.name, tuple(craft.module(m) for m in self.carrier.modules), craft.epoch_s, craft.place)
        place = Gone("left behind", self.discard) if self.discard else craft.place
        released = Craft(self.released.name, tuple(craft.module(m) for m in self.released.modules), craft.epoch_s, place)
        course.after = (carrier, released)
