"""At the bench: dissect the core by depth, sieve, saw thin sections, split. What is taken is what is made and what is lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pydantic import Field

from farside.curation.ledger import Entry, Refused, sink
from farside.curation.models import Sample
from farside.curation.samples import child, depths, opened, portions_of, require_all, require_left
from farside.curation.verbs.register import Amount, Argument, Code, Line, Mass, verb

DEEPEST_MM = 1_000_000  # assumed: no drill of a lander goes a kilometre deep
COARSEST_UM = 1_000_000  # assumed: what a sieve of a metre holds back is no grain


class Made(Argument):
    """What is made of a sample: its measured mass, and a code and title of its own if it is to have them."""

    mass: Amount
    code: Code | None = None
    title: Line | None = None


class Interval(Made):
    """A piece of the core between two depths below the lunar surface."""

    top_mm: int = Field(ge=0, le=DEEPEST_MM)
    bottom_mm: int = Field(gt=0, le=DEEPEST_MM)


@verb("curator", "second_curator")
def dissect(entry: Entry, sample: Code, intervals: list[Interval], lost: Mass = 0) -> None:
    """Dissect a core, or an interval of one, by depth: intervals from its top to its bottom without a gap, each with its measured mass
    and traced to the drilled portions that it overlaps. Nothing is left of the core."""
    core = opened(entry, sample, "core", "interval")
    top_mm, bottom_mm = depths(core)
    if top_mm is None or bottom_mm is None:
        raise Refused(f"dissect: the papers tell no depths of {sample}")
    pieces = sorted(intervals, key=lambda piece: (piece.top_mm, piece.bottom_mm))
    _require_contiguous(sample, pieces, top_mm, bottom_mm)
    require_all(entry, core, sum(piece.mass for piece in pieces) + lost)
    known = portions_of(core)
    for piece in pieces:
        within = [p["id"] for p in known if p["depth_top_mm"] < piece.bottom_mm and piece.top_mm < p["depth_bottom_mm"]]
        made: dict[str, Any] = {"depth_top_mm": piece.top_mm, "depth_bottom_mm": piece.bottom_mm, "portions": " ".join(within)}
        _make(entry, core, piece, form="interval", **made)
    entry.move(sample, sink("lost", core.mission_id), lost)


class Fraction(Made):
    """What passed a sieve of this mesh and no finer one; without a mesh, what stayed on the coarsest."""

    grain_most_um: int | None = Field(default=None, gt=0, le=COARSEST_UM)
    form: str = Field(default="powder", pattern="^(powder|fragment)$")


@verb("curator", "second_curator")
def sieve(entry: Entry, sample: Code, fractions: list[Fraction], lost: Mass = 0) -> None:
    """Sieve a sample into fractions by grain size [micrometre]; nothing is left of it."""
    whole = opened(entry, sample, "bulk", "interval", "powder")
    meshes = [fraction.grain_most_um for fraction in fractions]
    if len(set(meshes)) < len(meshes) or not fractions:
        raise Refused(f"sieve: meshes {meshes}: name each mesh once, and at most one fraction without, what stayed on the coarsest")
    limit = whole.grain_most_um
    beyond = [mesh for mesh in meshes if limit is not None and mesh is not None and mesh >= limit]
    if beyond:
        raise Refused(f"sieve: all of {sample} passed {limit} um already; {', '.join(map(str, beyond))} um would hold nothing back")
    require_all(entry, whole, sum(fraction.mass for fraction in fractions) + lost)
    for fraction in fractions:
        _make(entry, whole, fraction, form=fraction.form, grain_most_um=fraction.grain_most_um or limit)
    entry.move(sample, sink("lost", whole.mission_id), lost)


@verb("curator", "second_curator")
def section(entry: Entry, sample: Code, sections: list[Made], lost: Mass = 0) -> None:
    """Saw thin sections: the mass of each, and what the saw took; the rest stays where it was."""
    block = opened(entry, sample, "fragment", "interval", "core", "bulk", "powder")
    if not sections:
        raise Refused("section: no sections; name the mass of each")
    require_left(entry, block, sum(made.mass for made in sections) + lost)
    for made in sections:
        _make(entry, block, made, form="section")
    entry.move(sample, sink("lost", block.mission_id), lost)


class Part(Made):
    """A part of a sample; without a form it has that of the sample, and of a core it is powder."""

    form: str | None = Field(default=None, pattern="^(bulk|interval|powder|fragment)$")


@verb("curator", "second_curator")
def split(entry: Entry, sample: Code, parts: list[Part], lost: Mass = 0, taken: Amount | None = None) -> None:
    """Take parts of a sample, fragments or powder or more of the same; the rest stays. `taken`, if it was weighed, is what was made and
    lost."""
    whole = opened(entry, sample, "bulk", "core", "interval", "powder", "fragment")
    if not parts:
        raise Refused("split: no parts; name the mass of each, or `lose` what was lost")
    told = sum(part.mass for part in parts) + lost
    if taken is not None and taken != told:
        raise Refused(f"split: {taken} ug were taken, {told} ug are made and lost: {taken - told:+} ug to account for")
    require_left(entry, whole, told)
    same = "powder" if whole.form == "core" else whole.form
    for part in parts:
        form = part.form or same
        if form in ("bulk", "interval") and form != whole.form:
            also = f" or {same}" if same != "powder" else ""
            raise Refused(f"split: of a {whole.form} no {form} is made; parts are powder, fragment{also}")
        _make(entry, whole, part, form=form)
    entry.move(sample, sink("lost", whole.mission_id), lost)


def _make(entry: Entry, parent: Sample, made: Made, **fields: Any) -> None:
    child(entry, parent, mass_ug=made.mass, code=made.code, title=made.title or "", **fields)


def _require_contiguous(sample: str, pieces: list[Interval], top_mm: int, bottom_mm: int) -> None:
    """`Refused` unless the pieces fill a core from its top to its bottom."""
    if not pieces:
        raise Refused(f"dissect: no intervals; {sample} is from {top_mm} to {bottom_mm} mm")
    for piece in pieces:
        if piece.bottom_mm <= piece.top_mm:
            raise Refused(f"dissect: the interval {piece.top_mm} to {piece.bottom_mm} mm does not go down")
    for upper, lower in pairwise(pieces):
        if upper.bottom_mm != lower.top_mm:
            what = "overlap" if upper.bottom_mm > lower.top_mm else "leave a gap"
            between = f"between {upper.bottom_mm} and {lower.top_mm} mm"
            raise Refused(f"dissect: the intervals {what} {between}; each begins where the last one ends")
    if (pieces[0].top_mm, pieces[-1].bottom_mm) != (top_mm, bottom_mm):
        raise Refused(
            f"dissect: the intervals are from {pieces[0].top_mm} to {pieces[-1].bottom_mm} mm, and {sample} is from {top_mm} to"
            f" {bottom_mm} mm: begin at its top, end at its bottom, and put stretches that came up empty into their neighbour"
        )
