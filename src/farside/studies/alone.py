"""A part of a mission flown by itself: the landing, or the docking, from the state before it.

In a mission that begins at the Moon that state is declared, and everything up to the end of the part is flown from it. In one that begins
on the Earth the road before the part is flown once, without errors, and the part begins where that leads. Either way the state is frozen:
every run of the part, dispersed or not, begins there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from farside import flight
from farside.basis.draws import Draws
from farside.craft.module import State
from farside.flight import Flight
from farside.mission import Mission, Phase
from farside.phases.course import Setting
from farside.phases.leg import Event, Leg, Outcome


class Part(Enum):
    """What is flown alone: the kinds of phase it may begin with, the kind that ends it, and the event that ends it."""

    LANDING = ("landing", ("descent",), "descent", "touchdown")
    DOCKING = ("docking", ("phasing", "rendezvous", "docking"), "docking", "docking")

    def __init__(self, word: str, first: tuple[str, ...], last: str, event: str) -> None:
        self.word, self.first, self.last, self.event = word, first, last, event


class NothingToFly(ValueError):
    """A mission without that part, or whose road ends before it: which, why, and what would work."""


@dataclass(frozen=True)
class Alone:
    """A part of a mission, ready to be flown from a state as often as one likes.

    `before` are the legs of the road to that state, none where it is declared; `setting` is without errors.
    """

    mission: Mission
    part: Part
    phases: tuple[Phase, ...]
    setting: Setting = field(repr=False)
    state: State = field(repr=False)
    before: tuple[Leg, ...] = field(default=(), repr=False)

    @property
    def last(self) -> Phase:
        """The phase that ends the part."""
        return self.phases[-1]


def alone(mission: Mission, part: Part, progress: Callable[[str, float], None] = flight.quiet) -> Alone:
    """The part of a mission and the state it begins with; `NothingToFly` when there is none, `PlanError` when the road has no plan."""
    before, phases = divided(mission, part)
    setting = flight.setting_of(mission, flight.plan(mission, progress))
    state = flight.first_state(mission, setting.plan, setting.world)
    state, legs, outcome, advice = flight.fly_phases(setting, state, before, progress)
    if outcome is not Outcome.DONE:
        raise NothingToFly(f"{mission.name}: its road ends before the {part.word}: {outcome.value}; {advice}")
    return Alone(mission, part, phases, setting, state, tuple(legs))


def divided(mission: Mission, part: Part) -> tuple[tuple[Phase, ...], tuple[Phase, ...]]:
    """The phases before the part, and those of it; `NothingToFly` in a mission without it."""
    kinds = [phase.kind for phase in mission.phases]
    if part.last not in kinds:
        raise NothingToFly(
            f'{mission.name} has no {part.word} to fly: none of its phases is of kind = "{part.last}"; missions/change6.toml has one'
        )
    end = kinds.index(part.last) + 1
    first = 0 if mission.crafts else next(index for index, kind in enumerate(kinds) if kind in part.first)
    return mission.phases[:first], mission.phases[first:end]


def fly_run(one: Alone, run: int | None = None, progress: Callable[[str, float], None] = flight.quiet) -> Flight:
    """The part flown once from its state: without errors, or with those of a run; its legs alone.

    `ValueError` for a run of a mission without [dispersions].
    """
    if run is not None and one.mission.dispersions is None:
        raise ValueError(f"{one.mission.name} has no [dispersions] to draw from; add that table, or fly it without errors")
    seed = one.mission.seed
    setting = one.setting if run is None else replace(one.setting, draws=Draws(seed, run, True))
    state, legs, outcome, advice = flight.fly_phases(setting, one.state, one.phases, progress)
    sky, drawn = one.setting.world.sky, None if run is None else seed
    return Flight(one.mission, one.setting.plan, tuple(legs), sky, state, outcome, advice, drawn, run or 0)


def whole(one: Alone, flown: Flight) -> Flight:
    """The flight from the mission's beginning to the end of the part, every craft followed as far."""
    state, late = flight.catch_up(one.setting, flown.state)
    return replace(flown, legs=(*one.before, *flown.legs, *late), state=state)


def ending(one: Alone, legs: Sequence[Leg]) -> Event | None:
    """The event that ends the part; None in a run that did not come so far."""
    found = [event for leg in legs for event in leg.events if event.name == one.part.event and event.phase == one.last.name]
    return found[-1] if found else None
