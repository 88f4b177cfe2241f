"""What samples are for: analyses, destructive or not, and the publications that used them.

*Model and limits*: values are decimal texts with a unit, as measured, so that no digit is added or lost; uncertainties are one standard
deviation. A DOI is checked by its syntax, not looked up.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from farside.curation.codes import numbered
from farside.curation.ledger import Denied, Entry, Refused, sink
from farside.curation.models import PRESERVED, Analysis, Citation, Loan, Person, Publication, Sample
from farside.curation.samples import in_hand
from farside.curation.text import canonical
from farside.curation.verbs.register import Argument, Code, Line, Mass, verb


def doi_name(value: Any) -> Any:
    """A DOI as a name, `10.1126/science.adt1093`, in small letters, since they do not matter; an address of one is taken as well."""
    if not isinstance(value, str):
        raise ValueError("write a DOI as a text")
    name = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", value.strip(), flags=re.IGNORECASE).lower()
    if name and not re.fullmatch(r"10\.\d{4,9}(\.\d+)*/[^\s\x00-\x1f\x7f]{1,180}", name):
        raise ValueError(f"{value!r} is no DOI; one is like 10.1126/science.adt1093: 10., a number, a slash, a name without spaces")
    return name


def decimal_text(value: Any) -> Any:
    """A number as a text of decimal digits; a binary fraction is refused, since it is not what was measured."""
    if isinstance(value, float):
        raise ValueError(f'write the number as a text, "{value}", so that its digits are kept')
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Doi = Annotated[str, BeforeValidator(doi_name)]
"""A DOI, or nothing."""
_DIGITS = r"(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,3})?"
Number = Annotated[str, BeforeValidator(decimal_text), StringConstraints(pattern=rf"^-?{_DIGITS}$")]
"""A number as a decimal text, like "2.13" or "4.6e-3"."""
Uncertainty = Annotated[str, BeforeValidator(decimal_text), StringConstraints(pattern=rf"^({_DIGITS})?$")]
"""A standard deviation as a decimal text, or nothing when none is known."""


class Measured(Argument):
    """One quantity: its name, its value and one standard deviation as decimal texts, its unit (none for a pure number)."""

    name: Line
    value: Number
    uncertainty: Uncertainty = ""
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


@verb("applicant", "curator")
def analyse(
    entry: Entry, sample: Code, method: Line, laboratory: Line, values: list[Measured] | None = None, doi: Doi = "",
    destructive: bool = False, consumed: Mass = 0, analysis: Code | None = None,
) -> None:  # fmt: skip
    """Tell what was measured on a sample: by a curator of one that is here, by its borrower of one that is or was out to them.

    A destructive analysis consumes a mass, which is taken from the sample, and told on the loan of one that is out.
    """
    if destructive != bool(consumed):
        raise Refused("analyse: a destructive analysis consumes a mass, and no other does; give both, or neither")
    code = analysis or numbered(Analysis, f"{sample[:70]}-A")[0]
    thing = _analysed(entry, sample, consumed)
    told = canonical([each.model_dump() for each in values or ()])
    entry.add(
        Analysis(code=code, sample_id=sample, method=method, laboratory=laboratory, values=told, doi=doi, destructive=destructive,
                 consumed_ug=consumed)
    )  # fmt: skip
    if consumed:
        entry.change(thing)
        entry.move(sample, sink("consumed", thing.mission_id), consumed)
    entry.note(analysis=code)


def _analysed(entry: Entry, sample: str, consumed_ug: int) -> Sample:
    """The sample of an analysis, if whoever acts may consume that much of it."""
    out = Loan.objects.filter(sample=sample, is_open=True).first()
    if "curator" not in entry.get(Person, entry.act.by).roles.split():
        _require_lent(entry, [sample])
        if consumed_ug and (out is None or out.borrower_id != entry.act.by):
            raise Denied(f"analyse: {sample} is not out to you any more; only what is out to you can be consumed by you")
    elif consumed_ug and out is not None:
        raise Denied(f"analyse: {sample} is out to {out.borrower_id}, who tells what is consumed of it")
    if not consumed_ug:
        return entry.get(Sample, sample)
    thing = in_hand(entry, sample) if out is None else entry.get(Sample, sample)
    if thing.sealed or thing.purpose in PRESERVED:
        what = "sealed" if thing.sealed else f"for {thing.purpose} storage"
        raise Refused(f"analyse: {sample} is {what} and is not consumed; take a sample for research")
    free = thing.mass_ug - thing.reserved_ug
    if consumed_ug > free:
        raise Refused(f"analyse: {consumed_ug} ug of {sample}, of which {free} ug are free")
    if out is not None:
        loan = entry.get(Loan, out.code)
        entry.change(loan, consumed_ug=loan.consumed_ug + consumed_ug)
    return thing


def _require_lent(entry: Entry, samples: list[str]) -> None:
    """`Refused` when one of these is not and was not out to whoever acts."""
    lent = set(Loan.objects.filter(borrower=entry.act.by).values_list("sample_id", flat=True))
    foreign = sorted(set(samples) - lent)
    if foreign:
        raise Denied(f"{entry.verb}: {', '.join(foreign)}: not lent to you; lent to you: {', '.join(sorted(lent)) or 'nothing'}")


@verb("applicant", "curator")
def publish(entry: Entry, doi: Doi, title: Line, authors: Line, samples: list[Code], publication: Code | None = None) -> None:
    """Tell of a publication and the samples that it used: by a curator, or by a borrower of what is or was out to them."""
    if not doi or not samples:
        raise Refused("publish: name the DOI and the samples that were used")
    known = Publication.objects.filter(doi=doi).first()
    if known is not None:
        raise Refused(f"publish: {doi} is here already, as {known.code}")
    used = list(dict.fromkeys(samples))
    if "curator" not in entry.get(Person, entry.act.by).roles.split():
        _require_lent(entry, used)
    code = publication or numbered(Publication, "PUB-")[0]
    entry.add(Publication(code=code, title=title, authors=authors, doi=doi))
    for number, sample in enumerate(used, 1):
        entry.add(Citation(code=f"{code}-{number}", publication_id=code, sample_id=entry.get(Sample, sample).code))
    entry.note(publication=code)
