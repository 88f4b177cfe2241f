"""A small synthetic flight for the products' tests: two-body motion and real burns by SciPy, no kernels of the package.

Parking orbit, a burn to a long ellipse, a separation that drops the launcher, a jump to the Moon (there is no third body here: the state
about the Moon is made up, as a change of centre), a braking burn, lunar orbits, and a separation after which two craft fly on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.craft.module import Craft, Engine, Gone, Module, Orbit
from farside.phases.leg import Attitude, Burn, Event, Leg, Outcome

GM = {"earth": GM_EARTH_M3_S2, "moon": GM_MOON_M3_S2}
LIFTOFF_S = 768000000.0
G0 = 9.80665


@dataclass(frozen=True)
class ScipyArc:
    """Stands for `dynamics.arcs.Arc`: the same attributes and `at`."""

    center: str
    mode: str
    times_s: np.ndarray
    states: np.ndarray
    dense: Any = field(repr=False)
    thrust_n: float = 0.0

    start_s = property(lambda self: float(self.times_s[0]))
    end_s = property(lambda self: float(self.times_s[-1]))

    def at(self, epochs_s: Any) -> np.ndarray:
        epochs = np.atleast_1d(np.asarray(epochs_s, float))
        if epochs.min() < self.start_s or epochs.max() > self.end_s:
            raise ValueError(f"{epochs.min()} .. {epochs.max()} outside {self.start_s} .. {self.end_s}")
        out = self.dense(epochs - self.start_s).T
        out[epochs == self.start_s], out[epochs == self.end_s] = self.states[0], self.states[-1]
        return out


def fly_arc(center: str, start_s: float, state: np.ndarray, seconds: float, burn: Burn | None = None) -> ScipyArc:
    """Two-body motion from a state (7,), with the burn's thrust if there is one."""
    a = b = np.zeros(3)
    thrust = flow = rate = reference = 0.0
    if burn is not None:
        a, b, rate = np.array(burn.attitude.axis), np.array(burn.attitude.toward), burn.attitude.rate_rad_s
        thrust, flow, reference = burn.thrust_n, burn.thrust_n / (burn.isp_s * G0), burn.attitude.reference_s

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        w = rate * (t + start_s - reference)
        push = thrust / y[6] * (math.cos(w) * a + math.sin(w) * b)
        return np.concatenate([y[3:6], -GM[center] * y[:3] / np.linalg.norm(y[:3]) ** 3 + push, [-flow]])

    found = solve_ivp(slope, (0.0, seconds), state, method="DOP853", rtol=1e-12, atol=1e-6, dense_output=True)
    return ScipyArc(center, "burn" if burn else "coast", start_s + found.t, found.y.T.copy(), found.sol, thrust)


def flown(leg_phase: str, craft: Craft, seconds: float, engine: tuple[str, str, str] | None = None, name: str = "") -> Leg:
    """One leg of one arc: a coast, or a burn of (module, engine) along the velocity (+) or against it (-)."""
    assert isinstance(craft.place, Orbit)
    state = np.array([*craft.place.r_m, *craft.place.v_m_s, craft.mass_kg])
    burns: tuple[Burn, ...] = ()
    if engine is not None:
        burns = (planned(leg_phase, craft, seconds, engine, name),)
    arc = fly_arc(craft.place.center, craft.epoch_s, state, seconds, burns[0] if burns else None)
    end = arc.states[-1]
    after = replace(craft, epoch_s=arc.end_s, place=Orbit(craft.place.center, tuple(end[:3].tolist()), tuple(end[3:6].tolist())))
    if burns:
        after = after.with_module(after.module(burns[0].module).burned(float(state[6] - end[6])))
    events = (event(burns[0].name, leg_phase, craft, {"delta_v_m_s": burns[0].delta_v_m_s}),) if burns else ()
    return Leg(leg_phase, (craft,), (after,), (arc,), events, burns)  # type: ignore[arg-type]


def planned(phase: str, craft: Craft, seconds: float, engine: tuple[str, str, str], name: str) -> Burn:
    module, engine_name, way = engine
    place = craft.place
    assert isinstance(place, Orbit)
    thruster = craft.module(module).engine(engine_name)
    v, r = np.array(place.v_m_s), np.array(place.r_m)
    axis = v / np.linalg.norm(v) * (1.0 if way == "+" else -1.0)
    normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    toward = np.cross(normal, axis)
    used = thruster.thrust_n / thruster.exhaust_speed_m_s * seconds
    law = Attitude(tuple(axis.tolist()), tuple(toward.tolist()), 1e-4, craft.epoch_s)
    delta_v = -thruster.exhaust_speed_m_s * math.log(1.0 - used / craft.mass_kg)
    times, push = (craft.epoch_s, craft.epoch_s + seconds), (thruster.thrust_n, thruster.isp_s)
    return Burn(name, phase, craft.name, module, engine_name, place.center, *times, *push, craft.mass_kg, used, delta_v, law)


def event(name: str, phase: str, craft: Craft, data: dict[str, Any] | None = None) -> Event:
    place = craft.place
    assert isinstance(place, Orbit)
    return Event(
        name, phase, craft.name, craft.module_names, craft.epoch_s, place.center, place.r_m, place.v_m_s, craft.mass_kg, data or {}
    )


def parted(
    phase: str, name: str, craft: Craft, carrier: tuple[str, tuple[str, ...]], released: tuple[str, tuple[str, ...]], gone: str = ""
) -> Leg:
    """A separation at once."""
    first = Craft(carrier[0], tuple(craft.module(m) for m in carrier[1]), craft.epoch_s, craft.place)
    place = Gone("nowhere", gone) if gone else craft.place
    second = Craft(released[0], tuple(craft.module(m) for m in released[1]), craft.epoch_s, place)
    return Leg(phase, (craft,), (first, second), (), (event(name, phase, craft),))


@dataclass(frozen=True)
class SyntheticMission:
    name: str = "change6"
    digest: str = "0123456789abcdef"
    seed: int = 0


@dataclass(frozen=True)
class SyntheticFlight:
    """Stands for `farside.flight.Flight`."""

    mission: Any
    plan: Any
    legs: tuple[Leg, ...]
    sky: Any = None
    outcome: Outcome = Outcome.DONE
    advice: str = ""
    seed: int | None = None
    run: int = 0

    events = property(lambda self: tuple(sorted((e for leg in self.legs for e in leg.events), key=lambda e: e.epoch_s)))
    burns = property(lambda self: tuple(burn for leg in self.legs for burn in leg.burns))
    modules = property(lambda self: self.legs[0].before[0].module_names)


def synthetic_flight(days: float = 3.0) -> SyntheticFlight:
    """The flight described on top; `days` are spent in lunar orbit by each of the two craft at the end."""
    main = (Engine("main", 3000.0, 316.0),)
    modules = (
        Module("launcher", 5000.0, 22000.0, (Engine("main", 157000.0, 442.0),)), Module("orbiter", 1400.0, 2700.0, main),
        Module("returner", 335.0), Module("lander", 1100.0, 2400.0), Module("ascender", 350.0, 400.0),
    )  # fmt: skip
    radius = 6578e3
    speed = math.sqrt(GM["earth"] / radius)
    start = Craft("launcher", modules, LIFTOFF_S + 740.0, Orbit("earth", (radius, 0.0, 0.0), (0.0, speed * 0.9, speed * math.sqrt(0.19))))
    legs = [flown("parking", start, 900.0)]
    legs.append(flown("transfer", legs[-1].after[0], 430.0, ("launcher", "main", "+"), "tli"))
    legs.append(flown("cruise", legs[-1].after[0], 5000.3))
    stack = ("orbiter", "returner", "lander", "ascender")
    legs.append(parted("drop", "spacecraft_separation", legs[-1].after[0], ("stack", stack), ("launcher", ("launcher",)), "heliocentric"))
    legs.append(flown("coast", legs[-1].after[0], 4.6 * 86400.0))
    at_moon = replace(legs[-1].after[0], place=Orbit("moon", (2037400.0, 0.0, 0.0), (0.0, -1750.0, 750.0)))
    legs[-1] = replace(legs[-1], after=(at_moon,))
    legs.append(flown("capture", at_moon, 850.0, ("orbiter", "main", "-"), "loi_1"))
    legs.append(flown("wait", legs[-1].after[0], 86400.0))
    legs.append(parted("part", "lander_separation", legs[-1].after[0], ("orbiter", stack[:2]), ("lander", stack[2:])))
    orbiter, lander = legs[-1].after
    legs.append(flown("orbiter_waits", orbiter, days * 86400.0))
    legs.append(flown("lander_waits", lander, 0.5 * days * 86400.0))
    return SyntheticFlight(SyntheticMission(), {"mission": "change6", "digest": "0123456789abcdef"}, tuple(legs))
