"""Samples that come from another laboratory's catalogue, not from a container that was received here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from farside.curation.ledger import Entry, sink
from farside.curation.models import FORMS, PURPOSES, TOOLS, Mission, Sample
from farside.curation.verbs.register import Code, Mass, verb

Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A text in one line; may be empty."""
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


@verb("curator")
def take_over(
    entry: Entry,
    sample: Code,
    mission: Code,
    mass: Mass,
    form: Literal[FORMS] = "bulk",  # type: ignore[valid-type]
    parent: Code | None = None,
    title: Words = "",
    tool: Literal[TOOLS] = "",  # type: ignore[valid-type]
    portions: list[Code] = [],  # noqa: B006
    depth_top_mm: Count | None = None,
    depth_bottom_mm: Count | None = None,
    grain_most_um: Count | None = None,
    rock_type: Annotated[Words, Field(max_length=80)] = "",
    rock_subtype: Annotated[Words, Field(max_length=80)] = "",
    pristine_bp: Count | None = None,
    purpose: Literal[PURPOSES] | None = None,  # type: ignore[valid-type]
    sealed: bool = False,
    air_exposed: bool = False,
    returned: bool = False,
) -> None:
    """Take over a sample as another catalogue tells it; its mission is opened if it is not here yet.

    Its whole mass comes from outside, `received`, also where it has a parent here. `pristine_bp`: how much of it is pristine, in hundredths
    of a percent, as its catalogue says.
    """
    if not entry.has(Mission, mission):
        entry.add(Mission(code=mission, name=mission))
    if parent is not None:
        entry.get(Sample, parent)
    entry.add(
        Sample(
            code=sample, mission_id=mission, parent_id=parent, form=form, title=title, tool=tool, portions=" ".join(portions),
            depth_top_mm=depth_top_mm, depth_bottom_mm=depth_bottom_mm, grain_most_um=grain_most_um, rock_type=rock_type,
            rock_subtype=rock_subtype, pristine_bp=pristine_bp, purpose=purpose, sealed=sealed, air_exposed=air_exposed,
            returned=returned, custodian_id=entry.act.by,
        )
    )  # fmt: skip
    entry.move(sink("received", mission), sample, mass)
