"""Modules, engines and the craft that modules form when they are joined.

A module is the part that never splits: a stage, the orbiter, the returner, the lander, the ascender. It owns its mass and its cargo. A
craft is modules joined together, at one epoch, in one place. All are frozen: the work is done by functions that hand back new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

Center = Literal["earth", "moon"]
Vector = tuple[float, float, float]

STANDARD_GRAVITY_M_S2 = 9.80665  # exact, 3rd CGPM 1901


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine, or several of a kind firing together, at full thrust in vacuum."""

    name: str
    thrust_n: float
    isp_s: float
    source: str = ""

    @property
    def exhaust_speed_m_s(self) -> float:
        return self.isp_s * STANDARD_GRAVITY_M_S2


class Cargo(Protocol):
    """What a module may carry: it has a mass."""

    @property
    def mass_kg(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Module:
    """The part that never splits; masses in kilograms. That of its cargo counts."""

    name: str
    dry_mass_kg: float
    propellant_kg: float = 0.0
    engines: tuple[Engine, ...] = ()
    cargo: tuple[Cargo, ...] = ()

    @property
    def mass_kg(self) -> float:
        return self.dry_mass_kg + self.propellant_kg + sum(item.mass_kg for item in self.cargo)

    def engine(self, name: str) -> Engine:
        """The engine of that name; `KeyError` naming those it has."""
        for engine in self.engines:
            if engine.name == name:
                return engine
        raise KeyError(f"{self.name} has no engine {name!r}; it has {', '.join(e.name for e in self.engines) or 'none'}")

    def burned(self, propellant_kg: float) -> Module:
        """The same module with that much less propellant; never below zero by more than rounding (the propagator stops at empty)."""
        return replace(self, propellant_kg=max(0.0, self.propellant_kg - propellant_kg))


@dataclass(frozen=True, slots=True)
class Orbit:
    """In free space: position [m] and velocity [m/s] about `center`, ICRF axes."""

    center: Center
    r_m: Vector
    v_m_s: Vector


@dataclass(frozen=True, slots=True)
class Landed:
    """At rest on a body that turns: the place (3,) [m] from its centre in the axes that turn with it (`moon_me`), and its site's name."""

    center: Center
    r_fixed_m: Vector
    site: str


@dataclass(frozen=True, slots=True)
class Gone:
    """No longer followed: where it went and why."""

    where: str
    why: str


Place = Orbit | Landed | Gone


@dataclass(frozen=True, slots=True)
class Craft:
    """Modules joined together, called `name`, at `epoch_s` (TDB seconds past J2000) in one place."""

    name: str
    modules: tuple[Module, ...]
    epoch_s: float
    place: Place

    @property
    def mass_kg(self) -> float:
        return sum(m.mass_kg for m in self.modules)

    @property
    def module_names(self) -> tuple[str, ...]:
        return tuple(m.name for m in self.modules)

    def module(self, name: str) -> Module:
        """The module of that name; `KeyError` naming those joined here."""
        for module in self.modules:
            if module.name == name:
                return module
        raise KeyError(f"{self.name} has no module {name!r}; joined here: {', '.join(self.module_names)}")

    def with_module(self, changed: Module) -> Craft:
        """The same craft with one module replaced by its changed self."""
        return replace(self, modules=tuple(changed if m.name == changed.name else m for m in self.modules))


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a craft knows of itself: its estimated state at the epoch of the last fix, and the one-sigma errors of that (zero: perfect)."""

    epoch_s: float
    center: Center
    r_m: Vector
    v_m_s: Vector
    sigma_r_m: float = 0.0
    sigma_v_m_s: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """All craft at one point of the flight (truth), and what each one knows (the only thing guidance is given)."""

    crafts: tuple[Craft, ...]
    knowledge: tuple[tuple[str, Knowledge], ...] = ()

    def craft(self, name: str) -> Craft:
        for craft in self.crafts:
            if craft.name == name:
                return craft
        raise KeyError(f"no craft {name!r} at this point; flying now: {', '.join(c.name for c in self.crafts)}")

    def known(self, name: str) -> Knowledge:
        """What the craft knows; with no estimate recorded it knows its state exactly."""
        for key, known in self.knowledge:
            if key == name:
                return known
        craft = self.craft(name)
        place = craft.place
        if not isinstance(place, Orbit):
            raise KeyError(f"{name} is {place}, it has no orbit to know")
        return Knowledge(craft.epoch_s, place.center, place.r_m, place.v_m_s)
