"""Whether a descent may begin: somebody must hear the craft on its way down and the site at its end, and the Sun must stand as declared.

*Model*: the way down is guidance's own forecast, from what the craft knows: the commanded ellipse, then the closed loop with sensors that
do not err over level ground. Who hears is `planning.network`, the Sun `environment.sunlight` at the declared touchdown. A refusal says what
was asked, what the geometry gives, and from when to when the same way down, flown later over the same ground, would do.
*Limits*: whether an orbit comes over the site then is another matter, which the plan answers for another `goals.touchdown`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farside.basis.constants import DAY_S
from farside.basis.epochs import utc_from_tdb
from farside.craft.module import Engine
from farside.dynamics.closed_loop import SOUND
from farside.dynamics.world import Point, World, coast
from farside.environment.line_of_sight import Contact, contacts
from farside.environment.lunar_site import track_site
from farside.environment.orientation import Ground, ground_place
from farside.environment.sunlight import sunlight
from farside.guidance import touchdown
from farside.guidance.command import Command, after_burn
from farside.phases.leg import Outcome
from farside.planning.lunar_plane import LandingGoal
from farside.planning.network import Listeners, Network, craft_heard, listening, site_heard, site_of

Array = NDArray[np.float64]
PATH_STEP_S = 10.0  # assumed: how closely the way down is looked at; the craft's horizon moves by half a degree in that time
LATER_DAYS = 5  # assumed: how far ahead another touchdown is looked for
LATER_S = LATER_DAYS * DAY_S
LIGHT_S = 30.0 * DAY_S  # a lunation: how far ahead the Sun is looked for when nothing sooner would do
SAMPLE_S = 600.0  # assumed: how closely; a window that is shorter is no advice
THINNED = 7  # assumed: places of the way down that are looked at again then


class Asked(NamedTuple):
    """What a descent asks: the Sun's elevation at touchdown within limits [rad], to be heard for so long before it; None: not asked."""

    sun_min_rad: float | None
    sun_max_rad: float | None
    heard_before_s: float | None

    @property
    def anything(self) -> bool:
        return any(one is not None for one in self)


class WayDown(NamedTuple):
    """The forecast of a descent: epochs (k,), TDB s past J2000, the last one the touchdown, and positions (k, 3) about the Moon, ICRF."""

    epochs_s: Array
    r_m: Array


@dataclass(frozen=True)
class Refusal:
    """Why a descent may not begin: the outcome, its advice, and the data of the event."""

    outcome: Outcome
    advice: str
    data: dict[str, Any]


def way_down(
    world: World, known: Point, command: Command, engine: Engine, descent: touchdown.Descent, last_s: float, steps: int
) -> WayDown:
    """The last `last_s` seconds of a descent by `command`, forecast from what the craft knows, `steps` steps of guidance at most.

    `GuidanceError` when braking is forecast to miss the high gate.
    """
    entered = after_burn(world, known, command, engine)
    coasted = coast(world, entered, touchdown.ignition(world, entered, descent), keep=True)
    _status, rows, _memory = touchdown.land(world, coasted.point, coasted.point, _unerring(descent), np.zeros((steps + 1, 6)))
    end_s = float(rows[-1, 0])
    epochs = np.linspace(max(end_s - last_s, entered.epoch_s), end_s, max(2, math.ceil(last_s / PATH_STEP_S) + 1))
    powered = epochs >= rows[0, 0]
    before = coasted.arcs[0].at(epochs[~powered])[:, :3]
    after = np.stack([np.interp(epochs[powered], rows[:, 0], rows[:, 1 + axis]) for axis in range(3)], axis=1)
    return WayDown(epochs, np.concatenate([before, after]))


def _unerring(descent: touchdown.Descent) -> touchdown.Descent:
    """The descent with sensors that do not err and an engine that does not fail, over ground without hills before the site."""
    noises = {key: 0.0 for key in descent.sensors._fields if "_noise_" in key}
    hills = descent.ground.hills.copy()
    hills[:, 0] = 0.0  # their height; the wavelength stays
    sensors = descent.sensors._replace(bias_m_s2=np.zeros(3), scale=0.0, **noises)
    return replace(descent, sensors=sensors, ground=descent.ground._replace(hills=hills), failure=SOUND)


def refused(world: World, network: Network, landing: LandingGoal, asked: Asked, way: WayDown | None) -> Refusal | None:
    """Nothing when contact and light are as asked; else what is not. `way` is needed when contact is asked for."""
    site = site_of(landing)
    hearing = _hearing(world, network, site, way) if way is not None else None
    deaf = "" if hearing is None or hearing.enough else hearing.told("by the relay" if network.relay else "on Earth")
    dark = _unlit(world, site, landing.touchdown_s, asked)
    if not deaf and not dark:
        return None
    later, lost = _later(world, network, landing, asked, way)
    why = "; ".join(part for part in (deaf, dark) if part)
    data = {
        "why": why,
        "sun_elevation_deg": math.degrees(float(sunlight(site, landing.touchdown_s, world.sky).elevation_rad[0])),
        "next_touchdown_utc": utc_from_tdb(later[0].start_s, 0) if later else None,
    }
    instead = f"a goals.touchdown from {_span(later[0])} would do" if later else ""
    instead = instead or (_other_light(world, landing, asked) if dark else "") or _other_ears(network, hearing, lost)
    return Refusal(Outcome.NO_CONTACT if deaf else Outcome.NO_LIGHT, f"held in orbit: {why}; {instead}", data)


@dataclass(frozen=True)
class _Hearing:
    """What is heard of a way down of so many minutes, and by what angle [rad] the site is, at its end; what became of a lost relay."""

    down: NDArray[np.bool_]
    ground_rad: float
    minutes: float
    lost: str

    @property
    def enough(self) -> bool:
        return bool(np.all(self.down)) and self.ground_rad > 0.0

    @property
    def unbroken_min(self) -> float:
        """How long before touchdown the craft is heard without a break."""
        heard = 0 if self.ground_rad <= 0.0 else int(np.argmin(self.down[::-1])) if not np.all(self.down) else self.down.size
        return max(0, heard - 1) * self.minutes / (self.down.size - 1)

    def told(self, who: str) -> str:
        """The same for people."""
        said = f"of the last {self.minutes:.0f} min before touchdown {np.mean(self.down) * self.minutes:.1f} are heard {who}"
        if self.ground_rad <= 0.0:
            said += f", and the site is out of sight by {math.degrees(-self.ground_rad):.0f} deg at touchdown"
        return f"{said} ({self.lost})" if self.lost else said


def _hearing(world: World, network: Network, site: Ground, way: WayDown) -> _Hearing:
    """Who hears the way down, and the site at its end."""
    listeners = listening(world, network, float(way.epochs_s[0]), float(way.epochs_s[-1]))
    ground = float(site_heard(listeners, site, way.epochs_s[-1:])[0])
    minutes = float(way.epochs_s[-1] - way.epochs_s[0]) / 60.0
    return _Hearing(craft_heard(listeners, way.r_m, way.epochs_s) > 0.0, ground, minutes, listeners.lost)


def _unlit(world: World, site: Ground, touchdown_s: float, asked: Asked) -> str:
    """Where the Sun stands at touchdown, when that is not within limits; else empty."""
    if _light(world, site, np.array([touchdown_s]), asked)[0] > 0.0:
        return ""
    stands = math.degrees(float(sunlight(site, touchdown_s, world.sky).elevation_rad[0]))
    limits = ((word, limit) for word, limit in (("at least", asked.sun_min_rad), ("at most", asked.sun_max_rad)) if limit is not None)
    wanted = " and ".join(f"{word} {math.degrees(limit):g} deg" for word, limit in limits)
    return f"the Sun stands at {stands:.1f} deg over the site at touchdown, asked is {wanted}"


def _light(world: World, site: Ground, epochs_s: Array, asked: Asked) -> Array:
    """By what angle [rad] (k,) the Sun is within its limits at the epochs (k,)."""
    elevation = sunlight(site, epochs_s, world.sky).elevation_rad
    low = -math.inf if asked.sun_min_rad is None else asked.sun_min_rad
    high = math.inf if asked.sun_max_rad is None else asked.sun_max_rad
    return np.asarray(np.minimum(elevation - low, high - elevation))


def _later(world: World, network: Network, landing: LandingGoal, asked: Asked, way: WayDown | None) -> tuple[tuple[Contact, ...], str]:
    """From when to when, within LATER_S of the declared touchdown, another would find what is asked; and what becomes of the relay."""
    site, start_s = site_of(landing), landing.touchdown_s
    end_s = min(start_s + LATER_S, _sky_end(world))
    if way is None:
        return contacts(lambda t: _light(world, site, t, asked), start_s, end_s, SAMPLE_S), ""
    places, before = _thinned(way, world)
    listeners = listening(world, network, start_s - float(before[0]), end_s)

    def suits(epochs_s: Array) -> Array:
        heard = [_heard_at(listeners, place, epochs_s - early) for place, early in zip(places, before, strict=True)]
        return np.asarray(np.min([*heard, site_heard(listeners, site, epochs_s), _light(world, site, epochs_s, asked)], axis=0))

    return contacts(suits, start_s, end_s, SAMPLE_S), listeners.lost


def _sky_end(world: World) -> float:
    """The end of the ephemerides of this flight, TDB s past J2000."""
    return world.sky.start_s + world.sky.step_s * len(world.sky.table)


def _thinned(way: WayDown, world: World) -> tuple[list[Ground], Array]:
    """Some places of the way down over the Moon's turning ground, and how long before touchdown the craft is there."""
    some = np.unique(np.linspace(0, way.epochs_s.size - 1, THINNED).astype(int))
    places = [ground_place("moon", way.r_m[k], float(way.epochs_s[k]), world.sky) for k in some]
    return places, way.epochs_s[-1] - way.epochs_s[some]


def _heard_at(listeners: Listeners, place: Ground, epochs_s: Array) -> Array:
    """By what angle [rad] (k,) a craft over a place of the ground is heard at the epochs (k,)."""
    return craft_heard(listeners, track_site(place, epochs_s, listeners.sky).r_m, epochs_s)


def _other_light(world: World, landing: LandingGoal, asked: Asked) -> str:
    """When the Sun will be as asked, if not within LATER_S; empty if it will be sooner, so that it is not for the Sun that nothing does."""
    start_s, end_s = landing.touchdown_s, min(landing.touchdown_s + LIGHT_S, _sky_end(world))
    lit = contacts(lambda t: _light(world, site_of(landing), t, asked), start_s, end_s, SAMPLE_S)
    if not lit:
        return f"the Sun is not as asked until {utc_from_tdb(end_s, 0)}: wider limits would do"
    if lit[0].start_s < start_s + LATER_S:
        return ""
    return f"no touchdown within {LATER_DAYS} days would do; the Sun is as asked from {_span(lit[0])}"


def _other_ears(network: Network, hearing: _Hearing | None, lost: str) -> str:
    """Who could hear the descent, when no touchdown within LATER_S is heard."""
    if lost:
        return "an orbit of the [relay] that lasts would do"
    fewer = f"a heard_before of {math.floor(hearing.unbroken_min)} min or " if hearing is not None and hearing.unbroken_min >= 1.0 else ""
    if network.relay is None:
        return f"the Earth does not hear this descent within {LATER_DAYS} days: {fewer}a [relay] over the site would do"
    return f"no touchdown within {LATER_DAYS} days would do with this [relay]: {fewer}another node or mean_anomaly of it may"


def _span(contact: Contact) -> str:
    """From when to when, for people."""
    return f"{utc_from_tdb(contact.start_s, 0)} to {utc_from_tdb(contact.end_s, 0)}"
