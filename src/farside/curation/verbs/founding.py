"""Who and what there is: people, sites, cabinets, balances."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from farside.curation.ledger import Entry, Refused, head
from farside.curation.models import ROLES, Balance, Cabinet, Person, Site, Slot
from farside.curation.text import LARGEST
from farside.curation.verbs.register import Amount, Argument, Code, Line, verb

Country = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A country's name in one line, or nothing."""
Positive = Annotated[int, Field(ge=0, le=LARGEST)]
"""What is measured from nothing up: a share, a temperature."""
Reading = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
"""What is measured from a mark up or down: a pressure above the room's."""


@verb("founder")
def found(entry: Entry, name: Line, institution: Line, site: Code, site_name: Line, country: Country = "") -> None:
    """Open a new ledger: whoever acts becomes its first curator, at the primary site."""
    if head().number:
        raise Refused("found: this laboratory is founded already; a curator enrols people with `enrol`")
    entry.add(Person(code=entry.act.by, name=name, institution=institution, country=country, roles="curator"))
    entry.add(Site(code=site, name=site_name, kind="primary"))


@verb("curator")
def enrol(entry: Entry, person: Code, name: Line, institution: Line, roles: list[str], country: Country = "", active: bool = True) -> None:
    """Enrol a person with roles, or change what is known of one; who is not active may not act."""
    wrong = sorted(set(roles) - set(ROLES))
    if wrong:
        raise Refused(f"enrol: {', '.join(wrong)}: no such role; there are {', '.join(ROLES)}")
    told = {"name": name, "institution": institution, "country": country, "roles": " ".join(sorted(set(roles))), "active": active}
    known = Person.objects.filter(pk=person).first()
    if known is None:
        entry.add(Person(code=person, **told))
    else:
        entry.change(known, **told)


@verb("curator")
def add_site(entry: Entry, site: Code, name: Line, kind: str = "backup") -> None:
    """Add a site: a backup site elsewhere, or another primary one."""
    if kind not in ("primary", "backup"):
        raise Refused(f"add_site: kind {kind!r}: a site is primary or backup")
    entry.add(Site(code=site, name=name, kind=kind))


class Limits(Argument):
    """Limits of a cabinet's atmosphere; what is left out has none. Parts per billion, millikelvin, pascal above the room's."""

    oxygen_most_ppb: Positive | None = None
    water_most_ppb: Positive | None = None
    temperature_least_mk: Positive | None = None
    temperature_most_mk: Positive | None = None
    pressure_least_pa: Reading | None = None
    pressure_most_pa: Reading | None = None


@verb("curator")
def add_cabinet(
    entry: Entry, cabinet: Code, site: Code, name: Line, slots: list[Code], limits: Limits | None = None, pristine: bool = False
) -> None:
    """Add a cabinet, vault or safe with its slots; a pristine one takes only what never met air or a borrower."""
    entry.get(Site, site)
    entry.add(Cabinet(code=cabinet, site_id=site, name=name, pristine=pristine, **(limits or Limits()).model_dump()))
    for slot in slots:
        entry.add(Slot(code=slot, cabinet_id=cabinet))


@verb("curator")
def add_balance(
    entry: Entry, balance: Code, name: Line, resolution: Amount, tolerance: Amount, certificate: Line, calibration_due: date
) -> None:
    """Add a balance: the smallest step that it shows, the difference put down to weighing, its certificate and until when that holds."""
    entry.add(
        Balance(
            code=balance, name=name, resolution_ug=resolution, tolerance_ug=tolerance, certificate=certificate,
            calibration_due=calibration_due,
        )
    )  # fmt: skip


@verb("curator")
def calibrate(entry: Entry, balance: Code, certificate: Line, calibration_due: date) -> None:
    """Note a new calibration of a balance, and until when it holds."""
    entry.change(entry.get(Balance, balance), certificate=certificate, calibration_due=calibration_due)
