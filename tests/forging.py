"""Events written by hand, in raw SQL, as somebody would who has the application's connection and not its library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

Told = dict[str, Any]


def run(sql: str, *values: Any) -> list[Any]:
    """A statement, and what it answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def last() -> tuple[int, str, str]:
    """Number, hash and epoch of the last event."""
    number, digest, at_utc = run("SELECT number, hash, at_utc FROM curation_event ORDER BY number DESC LIMIT 1")[0]
    return number, digest, at_utc


def spelt(told: Told) -> str:
    """The canonical text, by the standard library: keys sorted, no blanks."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def row(kind: str, code: str) -> Told:
    """The state of a row as the database has it, in the words of an event."""
    from farside.curation.ledger import state_of
    from farside.curation.models import KINDS

    return state_of(KINDS[kind]._default_manager.get(pk=code))


@dataclass
class Forged:
    """The next event, honest unless told otherwise; `write` puts it in, in the order of the library.

    `touched` are rows that change, (kind, code, columns), `made` new ones, (kind, columns); masses follow the postings where no mass is
    given. `lie` may change what the text tells, `text` the text itself, `columns` the event's row.
    """

    postings: list[tuple[str, int]] = field(default_factory=list)
    touched: list[tuple[str, str, Told]] = field(default_factory=list)
    made: list[tuple[str, Told]] = field(default_factory=list)
    event: Told = field(default_factory=dict)
    columns: Told = field(default_factory=dict)
    lie: Callable[[Told], object] = lambda told: None
    text: Callable[[str], str] = lambda text: text

    def write(self) -> None:
        with transaction.atomic():
            self.begin()
            self.seal()

    def begin(self) -> None:
        """Postings and rows."""
        number, digest, at_utc = last()
        self.told = {"number": number + 1, "prev": digest, "verb": "forged", "at_utc": at_utc, "actor": "li", "second": None}
        self.told |= {"reason": "", "key": None, "data": {}, "postings": [list(p) for p in self.postings], "states": {}, **self.event}
        for line, (account, mass_ug) in enumerate(self.postings):
            insert("posting", {"event": self.told["number"], "line": line, "account": account, "mass_ug": mass_ug})
        for samples in (False, True):  # samples last, as the library does
            for kind, code, columns in self.touched:
                if (kind == "sample") is samples:
                    self._change(kind, code, dict(columns))
            for kind, columns in self.made:
                if (kind == "sample") is samples:
                    self._make(kind, dict(columns))

    def _change(self, kind: str, code: str, columns: Told) -> None:
        if kind == "sample" and "mass_ug" not in columns:
            columns["mass_ug"] = row(kind, code)["mass_ug"] + self._added(code)
        update(kind, code, columns | {"event": self.told["number"]})
        self._tell(kind, code)

    def _make(self, kind: str, columns: Told) -> None:
        if kind == "sample":
            columns = {"mass_ug": self._added(columns["code"]), **SAMPLE, **columns}
        insert(kind, columns | {"event": self.told["number"]})
        self._tell(kind, columns["code"])

    def _added(self, account: str) -> int:
        return sum(mass_ug for to, mass_ug in self.postings if to == account)

    def _tell(self, kind: str, code: str) -> None:
        states = self.told["states"].setdefault(kind, [])
        states.append(row(kind, code))
        states.sort(key=lambda state: state["code"])

    def seal(self) -> None:
        """The event itself."""
        self.lie(self.told)
        text = self.text(spelt(self.told))
        columns = {name: self.told.get(name) for name in ("number", "prev", "verb", "at_utc", "actor", "second", "reason", "key")}
        columns |= {"text": text, "hash": hashlib.sha256(text.encode()).hexdigest()} | self.columns
        insert("event", columns)


SAMPLE: Told = {
    "mission": "change6", "parent": "CE6-R", "form": "powder", "title": "", "tool": "scoop", "portions": "", "rock_type": "",
    "rock_subtype": "", "reserved_ug": 0, "purpose": "research", "sealed": False, "air_exposed": False, "returned": False,
    "custodian": "li", "status": "held",
}  # fmt: skip
"""A new research sample made of CE6-R, where nothing else is said."""


def insert(kind: str, columns: Told, how: str = "INSERT") -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    run(f"{how} INTO curation_{kind} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", *columns.values())


def update(kind: str, code: str, columns: Told, how: str = "UPDATE") -> None:
    settings = ", ".join(f'"{name}" = %s' for name in columns)
    run(f"{how} curation_{kind} SET {settings} WHERE code = %s", *columns.values(), code)


def busy() -> None:
    """The stocked laboratory with something of everything, as `Forged` acts need it.

    CE6-P permanent, sealed, in BJ-V1-1; CE6-B backup, sealed, in SS-V1-1; CE6-R research, 50 g, open, 5 g of it reserved for P-1 (approved,
    signed); CE6-Q a research sample of 5 g offered to wang; CE6-F in BJ-A1-1, a frozen cabinet; CE6-N pristine in BJ-N1-1; CE6-L lent to
    ito by L-1; CE6-X came back from ito by L-2, closed; CE6-Z retired. P-2 is submitted, by smith; calls CALL-1 (open), CALL-0 (over).
    """
    _samples()
    _rounds()
    _loans()


def _entry(by: str, verb: str) -> Any:
    from farside.curation.ledger import Act, writing

    return writing(Act(by=by), verb)


def _samples() -> None:
    from farside.curation.models import Cabinet, Sample
    from farside.curation.samples import child

    parts: Iterable[tuple[str, int, Told]] = (
        ("CE6-P", 40_000_000, {"purpose": "permanent", "sealed": True, "slot_id": "BJ-V1-1"}),
        ("CE6-B", 40_000_000, {"purpose": "backup", "sealed": True, "slot_id": "SS-V1-1"}),
        ("CE6-R", 50_000_000, {"purpose": "research"}),
        ("CE6-Q", 5_000_000, {"purpose": "research", "offered_to_id": "wang"}),
        ("CE6-F", 5_000_000, {"purpose": "research", "slot_id": "BJ-A1-1"}),
        ("CE6-N", 5_000_000, {"purpose": "research", "slot_id": "BJ-N1-1"}),
        ("CE6-L", 2_000_000, {"purpose": "research"}),
        ("CE6-X", 2_000_000, {"purpose": "research"}),
        ("CE6-Z", 0, {"purpose": "research", "status": "retired"}),
    )
    with _entry("li", "split") as entry:
        for code, mass_ug, fields in parts:
            child(entry, entry.get(Sample, "CE6-S"), form="powder", mass_ug=mass_ug, code=code, **fields)
    with _entry("li", "freeze") as entry:
        entry.change(entry.get(Cabinet, "BJ-A1"), frozen=True, alarm="oxygen")


def _rounds() -> None:
    from farside.curation.models import Allocation, Call, Offer, Proposal, Review, Sample

    day = date.fromisoformat(last()[2][:10])
    with _entry("li", "call") as entry:
        entry.add(Call(code="CALL-0", title="over", opens=date(2000, 1, 1), closes=date(2000, 1, 2)))
        entry.add(Call(code="CALL-1", title="open", opens=day, closes=date(2099, 1, 1)))
        for sample, mass_ug in (("CE6-R", 20_000_000), ("CE6-L", 2_000_000), ("CE6-X", 2_000_000), ("CE6-N", 5_000_000)):
            entry.add(Offer(code=f"CALL-1:{sample}", call_id="CALL-1", sample_id=sample, mass_ug=mass_ug))
    for proposal, applicant, asked in (("P-1", "smith", ["CE6-R"]), ("P-2", "smith", ["CE6-N"]), ("P-3", "ito", ["CE6-L", "CE6-X"])):
        with _entry(applicant, "apply") as entry:
            entry.add(Proposal(code=proposal, call_id="CALL-1", applicant_id=applicant, title="t", abstract="a"))
            for sample in asked:
                mass_ug = 5_000_000 if sample in ("CE6-R", "CE6-N") else 2_000_000
                entry.add(Allocation(code=f"{proposal}:{sample}", proposal_id=proposal, sample_id=sample, asked_ug=mass_ug))
    for proposal, asked in (("P-1", ["CE6-R"]), ("P-3", ["CE6-L", "CE6-X"])):
        with _entry("zhao", "review") as entry:
            entry.add(Review(code=f"{proposal}:zhao", proposal_id=proposal, reviewer_id="zhao", score=5))
        with _entry("li", "decide") as entry:
            entry.change(entry.get(Proposal, proposal), status="approved", decided_utc=entry.at_utc, sign_by=date(2099, 1, 1))
            for sample in asked:
                allocation = entry.get(Allocation, f"{proposal}:{sample}")
                entry.change(allocation, status="reserved", granted_ug=allocation.asked_ug)
                entry.change(entry.get(Sample, sample), reserved_ug=allocation.asked_ug)
        with _entry("smith" if proposal == "P-1" else "ito", "sign") as entry:
            entry.change(entry.get(Proposal, proposal), signed_utc=entry.at_utc)


def _loans() -> None:
    from datetime import timedelta

    from farside.curation.models import Allocation, Loan, Person, Sample

    for loan, sample in (("L-1", "CE6-L"), ("L-2", "CE6-X")):
        with _entry("li", "lend") as entry:
            due = entry.today + timedelta(days=300)
            entry.change(entry.get(Allocation, f"P-3:{sample}"), status="lent")
            entry.change(entry.get(Person, "ito"), inventory_due=due)
            entry.change(entry.get(Sample, sample), reserved_ug=0, status="on_loan", custodian_id="ito")
            entry.add(
                Loan(code=loan, sample_id=sample, allocation_id=f"P-3:{sample}", borrower_id="ito", lent=entry.today, due=due,
                     lent_ug=2_000_000)
            )  # fmt: skip
    with _entry("li", "take_back") as entry:
        entry.change(entry.get(Loan, "L-2"), returned_ug=2_000_000, is_open=False)
        entry.change(entry.get(Sample, "CE6-X"), status="held", custodian_id="li", returned=True)
