"""Triggers: what ends a coast or starts a separation. Exactly one of five, told apart by its keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from farside.basis.constants import DAY_S
from farside.basis.declaration import Altitude, Day, Declaration, Duration, Epoch
from farside.dynamics.world import apsis, ascending_node, descent_through
from farside.phases.course import Course, LegEnded
from farside.phases.leg import Outcome


class After(Declaration):
    """That long after the end of the phase before."""

    after_s: Duration = Field(alias="after")


class AtEpoch(Declaration):
    """A clock: TDB seconds past J2000."""

    epoch_s: Epoch = Field(alias="epoch")


class AtApsis(Declaration):
    """The next perilune or apolune."""

    apsis: Literal["perilune", "apolune"]


class NodeOnDay(Declaration):
    """The first ascending pass of the lunar equator on a UTC day; `node_on_day_s` is the start of that day, TDB seconds past J2000."""

    node_on_day_s: Day = Field(alias="node_on_day")


class AtAltitude(Declaration):
    """The first descent through an altitude above the Earth's ellipsoid.

    The plan puts that descent between `before_landing_max_s` and `before_landing_min_s` before the landing it aims for.
    """

    altitude_m: Altitude = Field(alias="altitude")
    before_landing_min_s: Duration = Field(alias="before_landing_min")
    before_landing_max_s: Duration = Field(alias="before_landing_max")

    @model_validator(mode="after")
    def _window_is_one(self) -> AtAltitude:
        if not self.before_landing_min_s < self.before_landing_max_s:
            raise ValueError("before_landing_min must be less than before_landing_max")
        return self


LONGEST_S = 30.0 * DAY_S  # that a craft waits for a trigger that is not a clock
TRIGGER_KEYS = {"after": After, "epoch": AtEpoch, "apsis": AtApsis, "node_on_day": NodeOnDay, "altitude": AtAltitude}
"""The key that tells which trigger a table is."""


def _which(declared: Any) -> str | None:
    """The tag of the one key of `TRIGGER_KEYS` that the table has; None when there is none or more than one."""
    if isinstance(declared, Declaration):
        return next(f"<{key}>" for key, kind in TRIGGER_KEYS.items() if isinstance(declared, kind))
    found = [key for key in TRIGGER_KEYS if isinstance(declared, dict) and key in declared]
    return f"<{found[0]}>" if len(found) == 1 else None


Trigger = Annotated[
    Annotated[After, Tag("<after>")]
    | Annotated[AtEpoch, Tag("<epoch>")]
    | Annotated[AtApsis, Tag("<apsis>")]
    | Annotated[NodeOnDay, Tag("<node_on_day>")]
    | Annotated[AtAltitude, Tag("<altitude>")],
    Discriminator(
        _which,
        custom_error_type="declared",
        custom_error_message="a trigger has exactly one of after, epoch, apsis, node_on_day, altitude"
        " (altitude goes with before_landing_min and before_landing_max)",
    ),
]


def coast_until(course: Course, trigger: After | AtEpoch | AtApsis | NodeOnDay | AtAltitude) -> None:
    """Move without thrust until the trigger; the leg ends, with advice, when it never comes within thirty days."""
    now, latest = course.craft.epoch_s, course.craft.epoch_s + LONGEST_S
    match trigger:
        case After():
            course.coast(now + trigger.after_s)
            return
        case AtEpoch():
            course.coast(trigger.epoch_s)
            return
        case AtApsis():
            met = course.coast(latest, apsis(trigger.apsis == "perilune"))
        case NodeOnDay():
            course.coast(trigger.node_on_day_s)
            met = course.coast(latest, ascending_node())
        case AtAltitude():
            met = course.coast(latest, descent_through(trigger.altitude_m), center="earth")
    if not met:
        raise LegEnded(Outcome.TARGET_MISSED, f"{course.phase}: {trigger!r} does not come within thirty days; another trigger would do")
