"""Who and what there is: people, sites, cabinets, balances."""

from __future__ import annotations

from datetime import date

from farside.curation.ledger import Entry, Refused, head
from farside.curation.models import ROLES, Balance, Cabinet, Person, Site, Slot
from farside.curation.verbs.register import Amount, Argument, Code, Line, verb


@verb("founder")
def found(entry: Entry, name: Line, institution: Line, site: Code, site_name: Line, country: str = "") -> None:
    """Open a new ledger: whoever acts becomes its first curator, at the primary site."""
    if head().number:
        raise Refused("found: this laboratory is founded already; a curator enrols people with `enrol`")
    entry.add(Person(code=entry.act.by, name=name, institution=institution, country=country, roles="curator"))
    entry.add(Site(code=site, name=site_name, kind="primary"))


@verb("curator")
def enrol(entry: Entry, person: Code, name: Line, institution: Line, roles: list[str], country: str = "", active: bool = True) -> None:
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

    oxygen_most_ppb: int | None = None
    water_most_ppb: int | None = None
    temperature_least_mk: int | None = None
    temperature_most_mk: int | None = None
    pressure_least_pa: int | None = None
    pressure_most_pa: int | None = None


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
