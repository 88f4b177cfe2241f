"""A small synthetic flight for the products' tests: two-body motion and real burns by SciPy, no kernels of the package.

`synthetic_flight`: parking orbit, a burn to a long ellipse, a separation that drops the launcher, a jump to the Moon (there is no third
body here: the state about the Moon is made up, as a change of centre), a braking burn, lunar orbits, and a separation after which two craft
fly on.

`lunar_flight`: a lander stands on the Moon and fills a container, the ascender leaves it in a throttled burn, an orbiter that was there
from the beginning joins it, takes the container over and lets it go. The ground turns about the z axis once in 27 days.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.craft.container import Container, Portion, filled, renewed, sealed, transferred
from farside.craft.module import Craft, Engine, Gone, Landed, Module, Orbit, State
from farside.phases.leg import Attitude, Burn, Event, Leg, Outcome, Throttled

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
    return Leg(leg_phase, (craft,), (after,), (arc,), events, burns, loads=(craft.modules,))  # type: ignore[arg-type]


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
    if isinstance(place, Landed):
        y = ground_arc(craft, 1.0).states[0].tolist()
        place = Orbit(place.center, tuple(y[:3]), tuple(y[3:6]))
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
    modules = property(lambda self: tuple(dict.fromkeys(m.name for leg in self.legs for m in leg.before[0].modules)))

    @property
    def state(self) -> State:
        """The craft that no leg goes on with."""
        left: dict[str, Craft] = {}
        for leg in self.legs:
            left.pop(leg.before[0].name, None)
            left.update((craft.name, craft) for craft in leg.after)
        return State(tuple(left.values()))


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


SPIN_RAD_S = 2.0 * math.pi / (27.32 * 86400.0)  # the made-up Moon's
SITE_M = (1.2e6, -0.8e6, -0.95e6)


def stood(craft: Craft, seconds: float, name: str = "stay") -> Leg:
    """A stay on the ground of one arc, the craft turning with it."""
    assert isinstance(craft.place, Landed)
    after = replace(craft, epoch_s=craft.epoch_s + seconds)
    return Leg(name, (craft,), (after,), (ground_arc(craft, seconds),), loads=(craft.modules,))  # type: ignore[arg-type]


def ground_arc(craft: Craft, seconds: float) -> ScipyArc:
    """The circle about the z axis on which a craft stands."""
    x, y, z = SITE_M

    def states(elapsed: np.ndarray) -> np.ndarray:
        angle = SPIN_RAD_S * (elapsed + craft.epoch_s - LIFTOFF_S)
        c, s = np.cos(angle), np.sin(angle)
        r = [c * x - s * y, s * x + c * y, np.full(angle.size, z)]
        return np.array([*r, -SPIN_RAD_S * r[1], SPIN_RAD_S * r[0], 0.0 * angle, np.full(angle.size, craft.mass_kg)])

    times = np.linspace(0.0, seconds, max(2, math.ceil(seconds / 3600.0)))
    return ScipyArc("moon", "landed", craft.epoch_s + times, states(times).T, states)


def sampled(craft: Craft) -> Leg:
    """A day on the ground in which the ascender's container gets two portions and is sealed."""
    at_s = [craft.epoch_s + hours * 3600.0 for hours in (2.0, 5.0, 6.0, 24.0)]
    held, arcs, loads, events = Container("sample", 2_000_000_000), [], [], []
    for number, epoch_s in enumerate(at_s):
        arcs.append(ground_arc(craft, epoch_s - craft.epoch_s))
        loads.append(craft.modules)
        if number < 2:
            held = filled(held, [Portion(f"scoop-00{number + 1}", "scoop", 123_456_789 + number, 0, 30, epoch_s, "landing")])
        elif number == 2:
            held = sealed(held, epoch_s, 5e-9)
        craft = replace(craft, epoch_s=epoch_s).with_module(renewed(craft.module("ascender"), held))
        names = ("scooping", "scooping", "container_sealed", "flag")
        y = arcs[-1].states[-1].tolist()
        state = ("moon", tuple(y[:3]), tuple(y[3:6]))
        events.append(Event(names[number], "surface", craft.name, craft.module_names, epoch_s, *state, craft.mass_kg))
    before = replace(craft, epoch_s=arcs[0].start_s, modules=loads[0])
    return Leg("surface", (before,), (craft,), tuple(arcs), tuple(events), loads=tuple(loads))


def risen(craft: Craft, seconds: float = 300.0) -> Leg:
    """A burn of the ascender in two steps of unlike thrust, from the ground it stands on."""
    start = ground_arc(craft, 1.0).states[0]
    up = start[:3] / np.linalg.norm(start[:3])
    moving = replace(craft, place=Orbit("moon", tuple(start[:3].tolist()), tuple(start[3:6].tolist())))
    engine = craft.module("ascender").engine("main")
    arcs, mass = [], craft.mass_kg
    for share in (1.0, 0.5):
        law = Attitude(tuple(up.tolist()), (0.0, 0.0, 0.0), 0.0, moving.epoch_s)
        thrust, half = share * engine.thrust_n, 0.5 * seconds
        push = Burn("", "", "", "", "", "moon", 0.0, 0.0, thrust, engine.isp_s, mass, 0.0, 0.0, law)
        state = np.array([*moving.place.r_m, *moving.place.v_m_s, mass])  # type: ignore[union-attr]
        arcs.append(fly_arc("moon", moving.epoch_s, state, half, push))
        y, mass = arcs[-1].states[-1].tolist(), float(arcs[-1].states[-1, 6])
        moving = replace(moving, epoch_s=arcs[-1].end_s, place=Orbit("moon", tuple(y[:3]), tuple(y[3:6])))
    arc = spliced(*arcs)
    used = craft.mass_kg - mass
    history = Throttled(np.array([craft.epoch_s, arcs[0].end_s]), np.array([1.0, 0.5]) * engine.thrust_n, np.array([up, up]))
    delta_v = engine.exhaust_speed_m_s * math.log(craft.mass_kg / mass)
    law = Attitude(tuple(up.tolist()), (0.0, 0.0, 0.0), 0.0, craft.epoch_s)
    times = (craft.epoch_s, arc.end_s, 0.75 * engine.thrust_n, engine.isp_s, craft.mass_kg, used, delta_v, law, history)
    burn = Burn("ascent_liftoff", "ascent", craft.name, "ascender", "main", "moon", *times)
    after = moving.with_module(craft.module("ascender").burned(used))
    lift = event("ascent_liftoff", "ascent", replace(moving, epoch_s=craft.epoch_s, modules=craft.modules))
    return Leg("ascent", (craft,), (after,), (arc,), (lift, event("ascent_insertion", "ascent", after)), (burn,), loads=(craft.modules,))  # type: ignore[arg-type]


def spliced(one: ScipyArc, other: ScipyArc) -> ScipyArc:
    """Two arcs as one."""
    meet = other.start_s - one.start_s

    def states(elapsed: np.ndarray) -> np.ndarray:
        early = one.dense(np.minimum(elapsed, meet))
        return np.where(elapsed < meet, early, other.dense(np.maximum(elapsed - meet, 0.0)))

    times, rows = np.concatenate([one.times_s, other.times_s[1:]]), np.concatenate([one.states, other.states[1:]])
    return ScipyArc(one.center, one.mode, times, rows, states, 0.5 * (one.thrust_n + other.thrust_n))


def lunar_flight() -> SyntheticFlight:
    """The flight described on top."""
    engine = (Engine("main", 3000.0, 316.0),)
    lander = Craft(
        "lander", (Module("lander", 1100.0, 50.0), Module("ascender", 350.0, 400.0, engine)), LIFTOFF_S, Landed("moon", SITE_M, "landing")
    )
    orbiter = Craft(
        "orbiter",
        (Module("orbiter", 1400.0, 700.0), Module("returner", 300.0)),
        LIFTOFF_S,
        Orbit("moon", (1.94e6, 0.0, 0.0), (0.0, 1590.0, 0.0)),
    )
    legs = [sampled(lander)]
    legs.append(parted("release", "ascender_release", legs[-1].after[0], ("lander", ("lander",)), ("ascender", ("ascender",))))
    left, ascender = legs[-1].after
    legs.append(risen(ascender))
    legs.append(flown("orbiter_coast", orbiter, legs[-1].end_s - LIFTOFF_S))
    active, passive = legs[-1].after[0], legs[-2].after[0]
    active = replace(active, epoch_s=passive.epoch_s)
    legs[-1] = replace(legs[-1], after=(active,))
    share = passive.mass_kg / (active.mass_kg + passive.mass_kg)
    v = tuple((1.0 - share) * a + share * b for a, b in zip(active.place.v_m_s, passive.place.v_m_s, strict=True))  # type: ignore[union-attr]
    joined = Craft("orbiter", (*active.modules, *passive.modules), active.epoch_s, replace(active.place, v_m_s=v))  # type: ignore[arg-type]
    legs += [Leg("docking", (active,), (joined,), (), (event("docking", "docking", joined),)), Leg("docking", (passive,), (joined,))]
    for giver, taker in (("ascender", "orbiter"), ("orbiter", "returner")):
        legs.append(flown("hand_over", legs[-1].after[0], 900.0))
        craft = legs[-1].after[0]
        given, taken = transferred(craft.module(giver), craft.module(taker), "sample")
        legs[-1] = replace(legs[-1], after=(craft.with_module(given).with_module(taken),))
    legs.append(
        parted(
            "parting",
            "ascender_separation",
            legs[-1].after[0],
            ("orbiter", ("orbiter", "returner")),
            ("ascender", ("ascender",)),
            "to the Moon",
        )
    )
    legs.append(flown("home", legs[-1].after[0], 7200.0))
    legs.append(stood(left, legs[-1].end_s - left.epoch_s, "lander_stay"))
    return SyntheticFlight(SyntheticMission(), {"mission": "change6", "digest": "0123456789abcdef"}, tuple(legs))
