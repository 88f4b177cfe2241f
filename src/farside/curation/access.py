"""Who may do and see what: one table of verbs by role, one of what each role reads; what neither allows is denied.

    viewer = Viewer.of(person)
    may_act(viewer, VERBS["lend"])
    [view(viewer, loan) for loan in readable(viewer, "loan")]

Verbs name their roles themselves (`@verb("curator")`); `READS` says which rows of which kind a role reads, and which fields of them. A
person with several roles has what each of them allows. Everybody reads what the public reads.

*Model and limits*: reading only; what a verb may do to which row is said by the verb and by the database. A row that a viewer may not read
is to them as one that is not there (`hidden`). Reviews are blind one way: reviewers do not see who applies, applicants not who reviews;
a title or an abstract can still give an applicant away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value

from farside.curation.models import DISTRIBUTED, KINDS, ROLES, Entity, Loan, Person, Review, Sample
from farside.curation.rows import state_of
from farside.curation.rules.declared import columns_of
from farside.curation.verbs.register import Verb

PUBLIC = "public"
JOURNAL = "event"  # the journal, beside the kinds of entities
OBJECTS = (*KINDS, JOURNAL)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: a person with roles, or nobody in particular."""

    code: str | None = None
    roles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, person: Person) -> Viewer:
        """The person as they look now; who is not active has no role."""
        return cls(person.code, frozenset(person.roles.split()) if person.active else frozenset())


NOBODY = Viewer()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows: in words, and as a condition for whoever looks."""

    words: str
    rows: Callable[[Viewer], Q]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a role reads of a kind: which rows, and which fields of them (all when None)."""

    scope: Scope
    fields: tuple[str, ...] | None = None


def _own(field: str) -> Scope:
    return Scope(f"own, by {field}", lambda viewer: Q(**{field: viewer.code}))


def _released() -> QuerySet[Sample]:
    return Sample.objects.filter(purpose__in=DISTRIBUTED)


def _conflicts(viewer: Viewer) -> QuerySet[Any]:
    """The proposals on which the viewer has declared a conflict of interest."""
    return Review.objects.filter(reviewer=viewer.code, conflict=True).values("proposal")


ALL = Scope("all", lambda viewer: Q())
SELF = Scope("oneself", lambda viewer: Q(pk=viewer.code))
RELEASED = Scope("released for research or the public", lambda viewer: Q(purpose__in=DISTRIBUTED))
OF_RELEASED = Scope("of released samples", lambda viewer: Q(sample__purpose__in=DISTRIBUTED))
PUBLISHED = Scope("of released samples, with a DOI", lambda viewer: Q(sample__purpose__in=DISTRIBUTED) & ~Q(doi=""))
PICTURES = Scope(
    "photographs of released samples",
    lambda viewer: Q(kind="sample", media_type__startswith="image/", of__in=_released().values("code")),
)
BORROWED = Scope("borrowed", lambda viewer: Q(pk__in=Loan.objects.filter(borrower=viewer.code).values("sample")))
OF_BORROWED = Scope("of borrowed samples", lambda viewer: Q(sample__in=Loan.objects.filter(borrower=viewer.code).values("sample")))
UNDECIDED = Scope("not decided, no conflict declared", lambda viewer: Q(status="submitted") & ~Q(pk__in=_conflicts(viewer)))
OF_UNDECIDED = Scope(
    "of proposals not decided, no conflict declared",
    lambda viewer: Q(proposal__status="submitted") & ~Q(proposal__in=_conflicts(viewer)),
)
OF_OWN = Scope("own, by the proposal's applicant", lambda viewer: Q(proposal__applicant=viewer.code))

CATALOGUE = (
    "code", "mission", "form", "title", "tool", "portions", "depth_top_mm", "depth_bottom_mm", "grain_most_um", "rock_type", "rock_subtype",
    "pristine_bp", "mass_ug", "purpose", "air_exposed", "returned", "status",
)  # fmt: skip
"""What everybody may know of a released sample: neither where it is nor who has it."""

CALLED = {"borrower": "person", "to": "person"}  # arguments that name a row and are not called by its kind

EVERYTHING: dict[str, Reading] = {kind: Reading(ALL) for kind in OBJECTS}
READS: dict[str, dict[str, Reading]] = {
    PUBLIC: {
        "mission": Reading(ALL, ("code", "name")),
        "sample": Reading(RELEASED, CATALOGUE),
        "call": Reading(ALL),
        "offer": Reading(ALL),
        "analysis": Reading(PUBLISHED),
        "publication": Reading(ALL),
        "citation": Reading(OF_RELEASED),
        "attachment": Reading(PICTURES),
    },
    "applicant": {
        "person": Reading(SELF),
        "sample": Reading(BORROWED, (*CATALOGUE, "parent", "sealed", "custodian")),
        "proposal": Reading(_own("applicant")),
        "allocation": Reading(OF_OWN),
        "loan": Reading(_own("borrower")),
        "analysis": Reading(OF_BORROWED),
    },
    "reviewer": {
        "person": Reading(SELF),
        "proposal": Reading(UNDECIDED, ("code", "call", "title", "abstract", "status")),
        "allocation": Reading(OF_UNDECIDED, ("code", "proposal", "sample", "asked_ug", "status")),
        "review": Reading(_own("reviewer")),
    },
    "curator": EVERYTHING,
    "second_curator": EVERYTHING,
    "auditor": EVERYTHING,
}
"""What each role reads beyond what the public reads."""


def may_act(viewer: Viewer, verb: Verb) -> bool:
    """Whether a role of the viewer's allows the verb."""
    return viewer.code is not None and bool(viewer.roles & verb.roles & set(ROLES))


def readings(viewer: Viewer, kind: str) -> list[Reading]:
    """What the viewer reads of a kind, one for each role that reads it; nothing where none does."""
    roles = (PUBLIC, *sorted(viewer.roles & set(ROLES)))
    return [READS[role][kind] for role in roles if kind in READS.get(role, {})]


def may_read(viewer: Viewer, kind: str) -> bool:
    """Whether the viewer reads anything of a kind."""
    return bool(readings(viewer, kind))


def reads_all(viewer: Viewer, kind: str) -> bool:
    """Whether the viewer reads every row of a kind, whole."""
    return any(reading.scope is ALL and reading.fields is None for reading in readings(viewer, kind))


def readable(viewer: Viewer, kind: str, using: Iterable[str] = ()) -> QuerySet[Any]:
    """The rows of a kind that the viewer reads, each marked for `view`.

    `using` names fields that a search looks at: a row is found by a field only where the viewer reads that field of it.
    """
    model, wanted = KINDS[kind], set(using)
    conditions: dict[str, Any] = {}
    found: Q | None = None
    for i, reading in enumerate(readings(viewer, kind)):
        rows = reading.scope.rows(viewer)
        conditions[f"reading_{i}"] = ExpressionWrapper(rows, output_field=BooleanField()) if rows else Value(True)
        if reading.fields is None or wanted <= set(reading.fields):
            found = rows if found is None else (found | rows if found and rows else Q())
    if found is None:
        return model._default_manager.none()
    return model._default_manager.filter(found).annotate(**conditions).order_by("code")


def view(viewer: Viewer, row: Entity) -> dict[str, Any]:
    """What the viewer may know of a row that `readable` gave them: columns and values as events tell them."""
    kind = type(row).__name__.lower()
    allowed: set[str] = set()
    for i, reading in enumerate(readings(viewer, kind)):
        if getattr(row, f"reading_{i}"):
            allowed |= set(reading.fields or columns_of(KINDS[kind]))
    return {column: value for column, value in state_of(row).items() if column in allowed}


def hidden(viewer: Viewer, arguments: Any) -> tuple[str, str] | None:
    """The first row named in a verb's arguments that is there and that the viewer may not read: its kind and code.

    An argument is taken to name a row when it is called by its kind: `sample="CE6-D"`, `samples=["CE6-D"]`, `parts=[{"sample": ...}]`.
    """
    for kind, code in _named(arguments):
        model = KINDS[kind]
        if model._default_manager.filter(pk=code).exists() and not readable(viewer, kind).filter(pk=code).exists():
            return kind, code
    return None


def _named(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            kind = CALLED.get(key, key.removesuffix("s"))
            if kind in KINDS and isinstance(each, str):
                yield kind, each
            elif kind in KINDS and isinstance(each, list) and all(isinstance(code, str) for code in each):
                yield from ((kind, code) for code in each)
            else:
                yield from _named(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _named(each)


def reading_table() -> Iterator[tuple[str, str, str, str]]:
    """Role, kind, which rows, which fields: everything that is read, for pages and tests."""
    for role, kinds in READS.items():
        for kind, reading in kinds.items():
            yield role, kind, reading.scope.words, ", ".join(reading.fields) if reading.fields else "all"
