"""What is refused: one rule a line of law, in SQL that SQLite and PostgreSQL read alike.

`when` is a condition on NEW and OLD; where it holds, the write is refused with `says`. Tables are named in braces. `IS DISTINCT FROM`
compares with nulls. What an event itself must tell is in `sealing`; the rules here that stand on `event` are looked at when it is sealed,
when every row of the event is as it will stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from farside.curation.models import KINDS, LEDGER, RECORD, Entity

SINKS = ("received", "consumed", "lost", "correction", "transferred")

CHANGEABLE = {
    "person": ("name", "institution", "country", "roles", "active", "inventory_due"),
    "mission": ("closed",),
    "cabinet": (
        "name", "oxygen_most_ppb", "water_most_ppb", "temperature_least_mk", "temperature_most_mk", "pressure_least_pa", "pressure_most_pa",
        "read_utc", "oxygen_ppb", "water_ppb", "temperature_mk", "pressure_pa", "alarm", "frozen",
    ),
    "balance": ("tolerance_ug", "certificate", "calibration_due"),
    "sample": (
        "title", "mass_ug", "reserved_ug", "purpose", "sealed", "air_exposed", "returned", "slot", "custodian", "offered_to", "status",
    ),
    "proposal": ("status", "decided_utc", "sign_by", "signed_utc"),
    "allocation": ("granted_ug", "status"),
    "loan": ("due", "returned_ug", "consumed_ug", "lost_ug", "is_open"),
}  # fmt: skip
"""What may change of a kind after it was made; everything else, and every kind that is not here, stays as it was."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A refusal: on these writes to this table, where `when` holds. The name is the trigger's, less the write."""

    name: str
    table: str
    writes: tuple[str, ...]
    when: str
    says: str


def table_of(kind: str) -> str:
    """The table of a kind of entity, or of `event`, `posting`, `touch`."""
    return f"curation_{kind}"


def filled(sql: str) -> str:
    """The condition with its braces filled."""
    return sql.format(**{kind: table_of(kind) for kind in (*KINDS, "event", "posting", "touch")})


def columns_of(model: type[Entity]) -> list[str]:
    """The columns of an entity that its state tells: all but the event that told it."""
    return [field.column for field in model._meta.concrete_fields if field.name != "event"]


def rules() -> Iterator[Rule]:
    """Every rule but those of sealing, tables filled in."""
    for rule in (*_append_only(), *_entities(), *_frozen(), *MASS, *SAMPLES, *ATTACHMENTS, *ROUNDS, *LOANS, *EVENTS):
        yield Rule(rule.name, table_of(rule.table), rule.writes, filled(rule.when), rule.says)


def _append_only() -> Iterator[Rule]:
    for model in RECORD:
        kind = model.__name__.lower()
        yield Rule(f"{kind}_is_never_changed", kind, ("update",), "TRUE", f"a row of {kind} is never changed; correct by a reversal event")
    for model in LEDGER:
        kind = model.__name__.lower()
        yield Rule(f"{kind}_is_never_deleted", kind, ("delete",), "TRUE", f"nothing is deleted from {kind}")


def _entities() -> Iterator[Rule]:
    """An entity is written once in an event, and before the event is sealed."""
    for kind in KINDS:
        sealed = "EXISTS (SELECT 1 FROM {event} e WHERE e.number = NEW.event)"
        early = "NOT EXISTS (SELECT 1 FROM {event} e WHERE e.number = NEW.event - 1)"
        yield Rule(
            f"{kind}_waits_for_the_event_before", kind, ("insert", "update"), early, f"a {kind} changes once the event before is sealed"
        )
        yield Rule(
            f"{kind}_changes_by_event", kind, ("insert", "update"), sealed, f"a {kind} changes only within an event that is not sealed"
        )
        twice = "NEW.event = OLD.event"
        yield Rule(f"{kind}_changes_once_an_event", kind, ("update",), twice, f"a {kind} changes once in an event")


def _frozen() -> Iterator[Rule]:
    for kind, model in KINDS.items():
        kept = [column for column in columns_of(model) if column not in CHANGEABLE.get(kind, ())]
        when = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in kept)
        yield Rule(f"{kind}_keeps_what_it_is", kind, ("update",), when, f"of a {kind} these never change: {', '.join(kept)}")


_ADDED = "COALESCE((SELECT SUM(p.mass_ug) FROM {posting} p WHERE p.event = NEW.event AND p.account = NEW.code), 0)"

MASS = (
    Rule(
        "posting_comes_before_its_event",
        "posting",
        ("insert",),
        "EXISTS (SELECT 1 FROM {event} e WHERE e.number = NEW.event)",
        "a posting comes before its event is sealed",
    ),
    Rule(
        "posting_comes_before_its_sample",
        "posting",
        ("insert",),
        "EXISTS (SELECT 1 FROM {sample} s WHERE s.code = NEW.account AND s.event = NEW.event)",
        "a posting comes before the sample that it changes is written",
    ),
    Rule(
        "sample_begins_with_its_postings",
        "sample",
        ("insert",),
        f"NEW.mass_ug <> {_ADDED}",
        "the mass of a sample is the sum of its postings",
    ),
    Rule(
        "sample_mass_is_its_postings",
        "sample",
        ("update",),
        f"NEW.mass_ug <> OLD.mass_ug + {_ADDED}",
        "the mass of a sample is the sum of its postings",
    ),
    Rule("sample_is_no_sink", "sample", ("insert",), "NEW.code LIKE '%:%'", 'the code of a sample has no ":", which marks sinks'),
)

_FROM_PARENT = "NEW.parent IS NOT NULL AND NEW.mass_ug > 0 AND EXISTS (SELECT 1 FROM {sample} p WHERE p.code = NEW.parent AND p.sealed)"
_PLACE = "{slot} o JOIN {cabinet} c ON c.code = o.cabinet JOIN {site} i ON i.code = c.site"

SAMPLES = (
    Rule(
        "sample_takes_after_its_parent",
        "sample",
        ("insert",),
        "NEW.parent IS NOT NULL AND EXISTS (SELECT 1 FROM {sample} p WHERE p.code = NEW.parent AND (p.mission <> NEW.mission OR"
        " (p.purpose IS NOT NULL AND NEW.purpose IS DISTINCT FROM p.purpose) OR (p.air_exposed AND NOT NEW.air_exposed) OR"
        " (p.returned AND NOT NEW.returned) OR p.status = 'on_loan'))",
        "a child has its parent's mission and purpose, and is exposed or returned where the parent is; nothing is made of a sample on loan",
    ),
    Rule(
        "sample_purpose_is_frozen",
        "sample",
        ("update",),
        "OLD.purpose IS NOT NULL AND NEW.purpose IS DISTINCT FROM OLD.purpose",
        "a purpose once assigned is kept",
    ),
    Rule(
        "sample_pristinity_is_lost_for_good",
        "sample",
        ("update",),
        "(OLD.air_exposed AND NOT NEW.air_exposed) OR (OLD.returned AND NOT NEW.returned)",
        "a sample that met air, or was on loan, stays marked so",
    ),
    Rule("sample_retired_stays_so", "sample", ("update",), "OLD.status = 'retired'", "a retired sample is not used again"),
    Rule(
        "sample_is_stored_where_it_belongs",
        "sample",
        ("insert", "update"),
        "NEW.slot IS NOT NULL AND EXISTS (SELECT 1 FROM " + _PLACE + " WHERE o.code = NEW.slot AND ("
        "(NEW.purpose = 'permanent' AND i.kind <> 'primary') OR (NEW.purpose = 'backup' AND i.kind <> 'backup')"
        " OR (c.pristine AND (NEW.air_exposed OR NEW.returned))))",
        "permanent is stored at the primary site, backup at a backup site; a pristine cabinet takes only what met no air and no borrower",
    ),
    Rule(
        "sample_stays_while_frozen",
        "sample",
        ("update",),
        "NEW.slot IS DISTINCT FROM OLD.slot AND EXISTS (SELECT 1 FROM " + _PLACE + " WHERE c.frozen AND o.code IN (NEW.slot, OLD.slot))",
        "nothing goes into a frozen cabinet or out of it",
    ),
    Rule(
        "sample_begins_in_no_frozen_cabinet",
        "sample",
        ("insert",),
        "NEW.slot IS NOT NULL AND EXISTS (SELECT 1 FROM " + _PLACE + " WHERE c.frozen AND o.code = NEW.slot)",
        "nothing goes into a frozen cabinet or out of it",
    ),
    Rule("sample_sealed_gives_nothing", "sample", ("insert",), _FROM_PARENT, "nothing is taken of a sealed sample; it is unsealed first"),
    Rule(
        "sample_is_handed_over_by_both",
        "sample",
        ("update",),
        "NEW.custodian IS DISTINCT FROM OLD.custodian AND OLD.custodian IS NOT NULL"
        " AND (NEW.custodian IS NULL OR NEW.custodian IS DISTINCT FROM OLD.offered_to)"
        " AND NOT (NEW.custodian IS NULL AND NEW.status = 'retired')"
        " AND NOT EXISTS (SELECT 1 FROM {loan} l WHERE l.sample = NEW.code AND l.event = NEW.event)",
        "custody passes to whom the sample was offered, or by a loan and its return, and ends when it is retired",
    ),
)

ATTACHMENTS = (
    Rule(
        "attachment_is_of_what_is_there",
        "attachment",
        ("insert",),
        "NOT EXISTS (SELECT 1 FROM {touch} t WHERE t.kind = NEW.kind AND t.code = NEW.of)",
        "an attachment is of something that an event told of",
    ),
)

_SAMPLE_OF_NEW = "SELECT 1 FROM {sample} s WHERE s.code = NEW.sample AND "
_APPLICANT = "SELECT 1 FROM {proposal} p JOIN {person} a ON a.code = p.applicant JOIN {person} r ON r.code = NEW.reviewer"

ROUNDS = (
    Rule(
        "offer_is_of_research_or_public",
        "offer",
        ("insert",),
        "NOT EXISTS ("
        + _SAMPLE_OF_NEW
        + "s.purpose IN ('research', 'public') AND s.form NOT IN ('container', 'gas', 'core') AND s.mass_ug >= NEW.mass_ug"
        " AND (s.mass_ug = NEW.mass_ug OR s.form NOT IN ('section', 'fragment')))",
        "what is offered is for research or the public, is there, and no container, gas or core; sections and fragments are offered whole",
    ),
    Rule(
        "allocation_asks_for_what_is_offered",
        "allocation",
        ("insert",),
        "NEW.status <> 'asked' OR NEW.granted_ug <> 0 OR NOT EXISTS (SELECT 1 FROM {offer} o JOIN {proposal} p ON p.call = o.call"
        " JOIN {sample} s ON s.code = o.sample WHERE p.code = NEW.proposal AND o.sample = NEW.sample AND o.mass_ug >= NEW.asked_ug"
        " AND (o.mass_ug = NEW.asked_ug OR s.form NOT IN ('section', 'fragment')))",
        "a proposal asks for samples that its call offers, and for no more than is offered; for sections and fragments whole",
    ),
    Rule(
        "allocation_goes_forward",
        "allocation",
        ("update",),
        "OLD.status IN ('lent', 'released') OR (OLD.status = 'reserved' AND (NEW.status = 'asked' OR NEW.granted_ug <> OLD.granted_ug))"
        " OR (OLD.status = 'asked' AND NEW.status = 'lent')",
        "what is asked is reserved or released, and what is reserved lent or released; then it stays so, and so does what was granted",
    ),
    Rule(
        "proposal_decided_stays_so",
        "proposal",
        ("update",),
        "(OLD.status <> 'submitted' AND NEW.status <> OLD.status) OR (OLD.signed_utc <> '' AND NEW.signed_utc <> OLD.signed_utc)",
        "a decision stands, and so does a signature",
    ),
    Rule(
        "proposal_is_approved_by_votes",
        "proposal",
        ("insert", "update"),
        "NEW.status = 'approved' AND NOT EXISTS (SELECT 1 FROM {review} r WHERE r.proposal = NEW.code AND r.score IS NOT NULL)",
        "a proposal is approved after at least one vote",
    ),
    Rule(
        "review_is_by_a_reviewer",
        "review",
        ("insert",),
        "NOT EXISTS ("
        + _APPLICANT
        + " WHERE p.code = NEW.proposal AND p.status = 'submitted' AND ' ' || r.roles || ' ' LIKE '% reviewer %')",
        "a vote is a reviewer's, on a proposal that is not decided",
    ),
    Rule(
        "review_conflict_is_told",
        "review",
        ("insert",),
        "NOT NEW.conflict AND EXISTS ("
        + _APPLICANT
        + " WHERE p.code = NEW.proposal AND (a.code = r.code OR LOWER(TRIM(a.institution)) = LOWER(TRIM(r.institution))))",
        "a reviewer of the applicant's institution has a conflict of interest, which bars the vote",
    ),
)

LOANS = (
    Rule(
        "loan_waits_for_the_inventory",
        "loan",
        ("insert",),
        "EXISTS (SELECT 1 FROM {person} p WHERE p.code = NEW.borrower AND p.inventory_due < NEW.lent)",
        "the borrower's inventory is overdue",
    ),
    Rule(
        "loan_waits_for_overdue_ones",
        "loan",
        ("insert",),
        "EXISTS (SELECT 1 FROM {loan} l WHERE l.borrower = NEW.borrower AND l.is_open AND l.due < NEW.lent)",
        "the borrower has a loan that is overdue",
    ),
    Rule(
        "loan_begins_open",
        "loan",
        ("insert",),
        "NOT NEW.is_open OR NEW.returned_ug <> 0 OR NEW.consumed_ug <> 0 OR NEW.lost_ug <> 0",
        "a new loan is open, and nothing of it is returned, consumed or lost",
    ),
    Rule("loan_due_moves_on", "loan", ("update",), "NEW.due < OLD.due", "the day on which a loan is due is moved on, never back"),
    Rule("loan_closed_stays_so", "loan", ("update",), "NOT OLD.is_open", "a closed loan is not opened again, nor returned twice"),
    Rule(
        "person_inventory_stays_due",
        "person",
        ("update",),
        "OLD.inventory_due IS NOT NULL AND NEW.inventory_due IS NULL",
        "who has borrowed has a day by which the yearly inventory is due",
    ),
)

_LOAN = "SELECT 1 FROM {loan} l JOIN {sample} s ON s.code = l.sample JOIN {allocation} a ON a.code = l.allocation"
_LOAN += " JOIN {proposal} p ON p.code = a.proposal WHERE l.event = NEW.number AND "
_TOUCHED_LOAN = "EXISTS (SELECT 1 FROM {touch} t WHERE t.kind = 'loan' AND t.code = l.code)"
_OUT = "SELECT 1 FROM {sample} s JOIN {loan} l ON l.sample = s.code AND l.is_open WHERE s.event = NEW.number AND "
_DAY = "substr(NEW.at_utc, 1, 10)"
_YEAR_ON = "CAST(CAST(substr(NEW.at_utc, 1, 4) AS INTEGER) + 1 AS VARCHAR) || substr(NEW.at_utc, 5, 6)"
_DECIDED = "SELECT 1 FROM {proposal} p WHERE p.event = NEW.number AND p.status <> 'submitted' AND "
_OF_PROPOSAL = "SELECT 1 FROM {allocation} a WHERE a.proposal = p.code AND a.status = "
_CORRECTED = "COALESCE((SELECT SUM(q.mass_ug) FROM {posting} q WHERE q.event = NEW.number AND q.account = 'correction:' || s.mission), 0)"
_NOT_ACCOUNTED = "s.mass_ug + l.consumed_ug + l.lost_ug <> l.lent_ug"
_CLOSED_SHORT = f"s.mass_ug + {_CORRECTED} + l.consumed_ug + l.lost_ug <> l.lent_ug"  # weighed at its return
_NOT_WITH_BORROWER = "(s.status <> 'on_loan' OR s.slot IS NOT NULL OR s.offered_to IS NOT NULL OR s.custodian IS DISTINCT FROM l.borrower)"
_RESERVED = "s.reserved_ug <> COALESCE((SELECT SUM(a.granted_ug) FROM {allocation} a WHERE a.sample = s.code AND a.status = 'reserved'), 0)"
_SHARE = "COALESCE((SELECT SUM(s.mass_ug) FROM {sample} s WHERE s.mission = m.code AND s.mass_ug > 0 AND %s), 0) * 1000000"
_ALL = "COALESCE((SELECT SUM(s.mass_ug) FROM {sample} s WHERE s.mission = m.code), 0)"

_OF = "(SELECT MIN(s.mission) FROM {posting} p JOIN {sample} s ON s.code = p.account WHERE p.event = NEW.number)"


def _event(name: str, when: str, says: str) -> Rule:
    return Rule(name, "event", ("insert",), when, says)


EVENTS = (
    _event(
        "event_actor_is_active",
        "NEW.number > 0 AND (NOT EXISTS (SELECT 1 FROM {person} p WHERE p.code = NEW.actor AND p.active)"
        " OR (NEW.second IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {person} p WHERE p.code = NEW.second AND p.active)))",
        "whoever acts is a person of this laboratory, and active",
    ),
    _event(
        "event_opens_preserved_by_two",
        "EXISTS (SELECT 1 FROM {sample} s WHERE s.event = NEW.number AND s.purpose IN ('permanent', 'backup') AND NOT s.sealed"
        " AND s.status <> 'retired') AND (NEW.second IS NULL OR NEW.reason = '')",
        "a permanent or backup sample is open only in the hands of two people, and for a reason",
    ),
    _event(
        "event_reserves_what_is_granted",
        "EXISTS (SELECT 1 FROM {sample} s WHERE s.event = NEW.number AND " + _RESERVED + ") OR EXISTS (SELECT 1 FROM {sample} s"
        " JOIN {allocation} b ON b.sample = s.code WHERE b.event = NEW.number AND " + _RESERVED + ")",
        "what is reserved of a sample is what its allocations reserve",
    ),
    _event(
        "event_reserves_for_approved_research",
        "EXISTS (SELECT 1 FROM {allocation} a JOIN {proposal} p ON p.code = a.proposal JOIN {sample} s ON s.code = a.sample"
        " WHERE a.event = NEW.number AND a.status IN ('reserved', 'lent')"
        " AND (p.status <> 'approved' OR s.purpose IS NULL OR s.purpose NOT IN ('research', 'public')))",
        "samples for research or for the public are reserved, for approved proposals",
    ),
    _event(
        "event_proposes_while_the_call_is_open",
        "EXISTS (SELECT 1 FROM {proposal} p JOIN {call} c ON c.code = p.call JOIN {person} a ON a.code = p.applicant WHERE"
        " p.event = NEW.number AND NOT EXISTS (SELECT 1 FROM {touch} t WHERE t.kind = 'proposal' AND t.code = p.code) AND"
        f" ({_DAY} < CAST(c.opens AS VARCHAR) OR {_DAY} > CAST(c.closes AS VARCHAR) OR p.applicant <> NEW.actor"
        " OR ' ' || a.roles || ' ' NOT LIKE '% applicant %' OR p.status <> 'submitted'))",
        "an applicant proposes, for themself, while the call is open",
    ),
    _event(
        "event_asks_with_the_proposal",
        "EXISTS (SELECT 1 FROM {allocation} a WHERE a.event = NEW.number AND a.status = 'asked'"
        " AND NOT EXISTS (SELECT 1 FROM {touch} t WHERE t.kind = 'allocation' AND t.code = a.code)"
        " AND EXISTS (SELECT 1 FROM {touch} t WHERE t.kind = 'proposal' AND t.code = a.proposal))",
        "what is asked for is told with the proposal, and not later",
    ),
    _event(
        "event_votes_for_whoever_acts",
        "EXISTS (SELECT 1 FROM {review} r WHERE r.event = NEW.number AND r.reviewer <> NEW.actor)",
        "reviewers vote, and tell their conflicts, themselves",
    ),
    _event(
        "event_decides_on_everything",
        "EXISTS (" + _DECIDED + "p.signed_utc = '' AND (p.decided_utc <> NEW.at_utc OR p.applicant = NEW.actor"
        " OR EXISTS (" + _OF_PROPOSAL + "'asked') OR (p.status = 'approved' AND NOT EXISTS (" + _OF_PROPOSAL + "'reserved'))))",
        "a decision is made now, by another than the applicant, on all that was asked; an approval grants something",
    ),
    _event(
        "event_grants_with_the_decision",
        "EXISTS (SELECT 1 FROM {allocation} a JOIN {proposal} p ON p.code = a.proposal WHERE a.event = NEW.number"
        " AND a.status = 'reserved' AND p.decided_utc <> NEW.at_utc)",
        "samples are granted with the decision, and not later",
    ),
    _event(
        "event_signs_in_time",
        "EXISTS (" + _DECIDED + "p.signed_utc <> '' AND"
        f" (p.signed_utc <> NEW.at_utc OR p.applicant <> NEW.actor OR p.sign_by IS NULL OR CAST(p.sign_by AS VARCHAR) < {_DAY}))",
        "the agreement is signed once, by the applicant, by the day that the decision tells",
    ),
    _event(
        "event_lends_by_agreement",
        "EXISTS (" + _LOAN + "l.is_open AND (p.status <> 'approved' OR p.signed_utc = '' OR p.applicant <> l.borrower))",
        "a loan needs an approved proposal of the borrower and a signed agreement",
    ),
    _event(
        "event_lends_what_was_granted",
        "EXISTS (" + _LOAN + f"NOT {_TOUCHED_LOAN} AND (a.status <> 'lent' OR a.event <> NEW.number"
        " OR (l.lent_ug > a.granted_ug AND s.form NOT IN ('section', 'fragment'))"
        " OR (a.sample <> s.code AND (s.parent IS DISTINCT FROM a.sample OR s.form IN ('section', 'fragment')))"
        f" OR CAST(l.lent AS VARCHAR) <> {_DAY}))",
        "a loan is of what was granted and reserved, today; sections and fragments are lent whole",
    ),
    _event(
        "event_lends_between_two",
        "EXISTS (" + _LOAN + f"l.borrower = NEW.actor AND (NOT l.is_open OR NOT {_TOUCHED_LOAN}))",
        "nobody lends to themself, nor takes back what they had",
    ),
    _event(
        "event_lends_for_a_year",
        "EXISTS (" + _LOAN + f"l.is_open AND CAST(l.due AS VARCHAR) > {_YEAR_ON})",
        "a loan is for a year at most, and is extended by a year at most",
    ),
    _event(
        "event_lends_to_whoever_takes_stock",
        "EXISTS (SELECT 1 FROM {loan} l JOIN {person} p ON p.code = l.borrower WHERE l.event = NEW.number AND l.is_open"
        " AND p.inventory_due IS NULL) OR EXISTS (SELECT 1 FROM {person} p WHERE p.event = NEW.number"
        f" AND CAST(p.inventory_due AS VARCHAR) > {_YEAR_ON})",
        "who has a loan has a day for the inventory, within a year",
    ),
    _event(
        "event_accounts_for_what_is_lent",
        "EXISTS (" + _LOAN + f"((l.is_open AND {_NOT_ACCOUNTED}) OR (NOT l.is_open AND {_CLOSED_SHORT})))"
        " OR EXISTS (" + _OUT + f"{_NOT_ACCOUNTED})",
        "what is lent is what is returned, consumed and lost",
    ),
    _event(
        "event_tells_who_has_what_is_lent",
        "EXISTS (" + _LOAN + "((l.is_open AND " + _NOT_WITH_BORROWER + ") OR (NOT l.is_open AND (s.status = 'on_loan' OR NOT s.returned))))"
        " OR EXISTS (" + _OUT + _NOT_WITH_BORROWER + ") OR EXISTS (SELECT 1 FROM {sample} s WHERE s.event = NEW.number"
        " AND (s.status = 'on_loan') <> EXISTS (SELECT 1 FROM {loan} l WHERE l.sample = s.code AND l.is_open))",
        "a sample on loan is with its borrower, and one that comes back is marked as returned",
    ),
    _event(
        "event_analyses_what_it_consumes",
        "EXISTS (SELECT 1 FROM {analysis} n WHERE n.event = NEW.number AND n.consumed_ug > 0 AND n.consumed_ug <>"
        " -COALESCE((SELECT SUM(q.mass_ug) FROM {posting} q WHERE q.event = NEW.number AND q.account = n.sample), 0))",
        "what an analysis consumes is taken from its sample",
    ),
    _event(
        "event_mixes_no_marks",
        "EXISTS (SELECT 1 FROM {posting} p JOIN {sample} s ON s.code = p.account JOIN {posting} q ON q.event = p.event"
        " JOIN {sample} r ON r.code = q.account WHERE p.event = NEW.number AND p.mass_ug < 0 AND q.mass_ug > 0 AND"
        " ((s.returned AND NOT r.returned) OR (s.air_exposed AND NOT r.air_exposed)"
        " OR (s.purpose IS NOT NULL AND r.purpose IS DISTINCT FROM s.purpose)))",
        "what was returned, met air or has a purpose is never put to what was not, did not or has another",
    ),
    _event(
        "event_closes_within_the_policy",
        "EXISTS (SELECT 1 FROM {mission} m WHERE m.event = NEW.number AND m.closed AND (" + _ALL + " = 0 OR "
        + _SHARE % "s.purpose IS NULL" + " <> 0 OR "
        + _SHARE % "s.purpose IN ('research', 'public')" + " < m.research_least_ppm * " + _ALL + " OR "
        + _SHARE % "s.purpose IN ('research', 'public')" + " > m.research_most_ppm * " + _ALL + " OR "
        + _SHARE % "s.purpose = 'permanent'" + " < m.permanent_least_ppm * " + _ALL + " OR "
        + _SHARE % "s.purpose = 'backup'" + " < m.backup_least_ppm * " + _ALL + "))",
        "allocation closes when every sample has a purpose and the shares are those of the mission's policy",
    ),
    _event(
        "event_keeps_missions_apart",
        "EXISTS (SELECT 1 FROM {posting} p LEFT JOIN {sample} s ON s.code = p.account WHERE p.event = NEW.number AND NOT"
        " COALESCE(CASE WHEN s.code IS NOT NULL THEN s.mission = " + _OF + " ELSE p.account IN ("
        + ", ".join(f"'{sink}:' || {_OF}" for sink in SINKS) + ") END, FALSE))",
        "mass moves within a mission, between samples and the sinks " + ", ".join(SINKS),
    ),
)  # fmt: skip
