"""The sample: portions in whole micrograms, the container that holds them, and how it moves from one module to another.

Masses are measured once in kilograms and rounded once to whole micrograms; from then on they are integers, and no transfer can change them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from farside.craft.module import Module

Tool = Literal["drill", "scoop"]

MICROGRAMS_PER_KG = 1_000_000_000  # exact


@dataclass(frozen=True, slots=True)
class Portion:
    """What one tool took from one place: whole micrograms, whole millimetres of depth, epoch in TDB seconds past J2000, a site by name."""

    id: str
    tool: Tool
    mass_ug: int
    depth_top_mm: int
    depth_bottom_mm: int
    collected_s: float
    site: str


@dataclass(frozen=True, slots=True)
class Container:
    """A vessel for portions. Not sealed while `sealed_s` is None; `leak_rate_pa_m3_s` is that of its seal, once it is closed."""

    id: str
    capacity_ug: int
    portions: tuple[Portion, ...] = ()
    sealed_s: float | None = None
    leak_rate_pa_m3_s: float | None = None

    @property
    def mass_ug(self) -> int:
        """The mass of the sample, in whole micrograms; that of the vessel belongs to the module's dry mass."""
        return sum(portion.mass_ug for portion in self.portions)

    @property
    def mass_kg(self) -> float:
        """The same, in kilograms."""
        return self.mass_ug / MICROGRAMS_PER_KG


def whole_micrograms(masses_kg: Sequence[float], most_ug: int | None = None) -> tuple[int, ...]:
    """Masses in whole micrograms whose sum is the rounded sum.

    `masses_kg`: zero or more each. `most_ug`: what the sum may not pass even by rounding.
    Returns one integer for each, less than a microgram from the mass itself. Raises `ValueError` for a mass below zero or not finite.
    *Model and limits*: largest-remainder rounding (Hamilton's method) on exact fractions; ties go to the first.
    """
    if not all(math.isfinite(mass) and mass >= 0.0 for mass in masses_kg):
        raise ValueError(f"masses must be finite and not below zero: {list(masses_kg)}")
    exact = [Fraction(mass) * MICROGRAMS_PER_KG for mass in masses_kg]
    total = round(sum(exact))
    if most_ug is not None and sum(exact) < most_ug + 1:
        total = min(total, most_ug)
    whole = [math.floor(mass) for mass in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])
    for index in by_remainder[: max(0, total - sum(whole))]:
        whole[index] += 1
    return tuple(whole)


def filled(container: Container, portions: Iterable[Portion]) -> Container:
    """The container with more portions; `ValueError` if it is sealed, if they do not fit, or if one has the name of another."""
    held = replace(container, portions=(*container.portions, *portions))
    names = [portion.id for portion in held.portions]
    if container.sealed_s is not None:
        raise ValueError(f"container {container.id} is sealed, nothing goes in any more")
    if len(set(names)) < len(names):
        raise ValueError(f"container {container.id}: two portions have one name among {', '.join(names)}")
    if held.mass_ug > held.capacity_ug:
        raise ValueError(f"container {container.id} holds {held.capacity_ug} ug, these are {held.mass_ug} ug")
    return held


def sealed(container: Container, epoch_s: float, leak_rate_pa_m3_s: float) -> Container:
    """The container closed for good; `ValueError` if it was, or if something in it was collected later."""
    if container.sealed_s is not None:
        raise ValueError(f"container {container.id} is sealed already")
    if any(portion.collected_s > epoch_s for portion in container.portions):
        raise ValueError(f"container {container.id}: a portion is collected after it is sealed")
    return replace(container, sealed_s=epoch_s, leak_rate_pa_m3_s=leak_rate_pa_m3_s)


def as_of(container: Container, epoch_s: float) -> Container:
    """The container as it was at an epoch: with what had been collected by then, and closed if it had been."""
    held = replace(container, portions=tuple(portion for portion in container.portions if portion.collected_s <= epoch_s))
    if container.sealed_s is not None and container.sealed_s > epoch_s:
        return replace(held, sealed_s=None, leak_rate_pa_m3_s=None)
    return held


def renewed(module: Module, container: Container) -> Module:
    """The module with the container as it is now, in place of the one of that name; new aboard if there was none."""
    if all(aboard.id != container.id for aboard in containers(module)):
        return loaded(module, container)
    cargo = tuple(container if isinstance(item, Container) and item.id == container.id else item for item in module.cargo)
    return replace(module, cargo=cargo)


def loaded(module: Module, container: Container) -> Module:
    """The module with the container among its cargo; `ValueError` if one of that name is there."""
    if any(aboard.id == container.id for aboard in containers(module)):
        raise ValueError(f"{module.name} carries a container {container.id} already")
    return replace(module, cargo=(*module.cargo, container))


def transferred(giver: Module, taker: Module, container_id: str) -> tuple[Module, Module]:
    """Both modules after the container went over; it is the same container, so that no microgram can be lost.

    Raises `KeyError` naming what the giver carries when it is not there.
    """
    for aboard in containers(giver):
        if aboard.id == container_id:
            left = tuple(item for item in giver.cargo if item is not aboard)
            return replace(giver, cargo=left), loaded(taker, aboard)
    there = ", ".join(aboard.id for aboard in containers(giver)) or "none"
    raise KeyError(f"{giver.name} carries no container {container_id!r}; it carries {there}")


def containers(module: Module) -> tuple[Container, ...]:
    """The containers among a module's cargo."""
    return tuple(item for item in module.cargo if isinstance(item, Container))


def sample_mass_ug(modules: Iterable[Module]) -> int:
    """The sample aboard all these modules together, in whole micrograms."""
    return sum(container.mass_ug for module in modules for container in containers(module))
