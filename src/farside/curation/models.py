"""The tables of the laboratory: one chain of events, their postings in micrograms, and what the events say of things and people.

An event is told by its `text`, canonical JSON (RFC 8785) that holds the hash of its predecessor; `hash` is the SHA-256 of that text, so
that no event can be changed, left out or put in without every later hash being wrong. Postings move whole micrograms between samples and
sinks and sum to zero within an event. Every other row is an *entity*: it names the event that touched it last, and that event tells the
row's whole state. What one row can know is a constraint here; what takes more than one row is in `rules`.

*Model and limits*: masses are integers, micrograms up to 2^53 - 1 (9 t); texts of epochs are UTC with milliseconds, so that they sort.
Codes are never given twice: a row is never deleted. Real quantities (analyses, limits of a cabinet) are decimal texts or integers of a
small unit, since binary fractions have no place in a chained record.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

CODE = 80  # characters of a code
PURPOSES = ("permanent", "backup", "research", "public")  # facts K3
PRESERVED = ("permanent", "backup")
DISTRIBUTED = ("research", "public")  # the others: offered, lent, told to everybody
WHOLE_FORMS = ("section", "fragment")  # lent whole; powder is lent by mass
FORMS = ("container", "gas", "bulk", "core", "interval", "powder", *WHOLE_FORMS)
TOOLS = ("", "drill", "scoop")
ROLES = ("curator", "second_curator", "reviewer", "applicant", "auditor")  # everybody else is the public
SAMPLE_STATES = ("held", "on_loan", "retired")
PROPOSAL_STATES = ("submitted", "approved", "rejected")
ALLOCATION_STATES = ("asked", "reserved", "lent", "released")


def _ref(to: str, null: bool = False, one: bool = False, **more: Any) -> Any:
    """A reference by code, checked at the end of the transaction; `one`: no two rows name the same."""
    kind = models.OneToOneField if one else models.ForeignKey
    more = {"on_delete": models.DO_NOTHING, "null": null, "related_name": "+"} | more
    return kind(to, **more)


def _among(name: str, field: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Event(models.Model):
    """One thing that was done, sealed: `number` is its predecessor's plus one and set by the application, `prev` its predecessor's hash.

    `key` is the caller's own mark of a request: the same request sent twice is refused once it is in.
    """

    number = models.BigIntegerField(primary_key=True)
    prev = _ref("self", null=True, one=True, to_field="hash", db_column="prev")
    hash = models.CharField(max_length=64, unique=True)
    verb = models.CharField(max_length=40)
    at_utc = models.CharField(max_length=24)
    actor = _ref("Person", null=True, db_column="actor", db_index=False)
    second = _ref("Person", null=True, db_column="second", db_index=False)
    reason = models.TextField()
    key = models.CharField(max_length=CODE, null=True, unique=True)
    text = models.TextField()

    class Meta:
        constraints = (
            CheckConstraint(condition=Q(number__gte=0), name="event_number_counts_from_zero"),
            CheckConstraint(condition=Q(number=0, prev__isnull=True) | Q(number__gt=0, prev__isnull=False), name="event_has_one_genesis"),
            CheckConstraint(condition=Q(number=0) | Q(actor__isnull=False), name="event_has_an_actor"),
            CheckConstraint(condition=Q(second__isnull=True) | ~Q(second=F("actor")), name="event_second_is_another"),
            CheckConstraint(condition=~Q(verb=""), name="event_has_a_verb"),
        )

    @cached_property
    def told(self) -> dict[str, Any]:
        """What the text tells: the event's own columns, `data`, `postings`, and `states` by kind."""
        told: dict[str, Any] = orjson.loads(self.text)
        return told


class Posting(models.Model):
    """What an event adds to one account [ug]; an account is the code of a sample, or a sink: `SINK:MISSION`."""

    pk = models.CompositePrimaryKey("event_id", "line")
    event = _ref("Event", db_column="event", db_index=False)
    line = models.IntegerField()
    account = models.CharField(max_length=2 * CODE, db_index=True)
    mass_ug = models.BigIntegerField()

    class Meta:
        constraints = (CheckConstraint(condition=~Q(mass_ug=0), name="posting_moves_something"),)


class Touch(models.Model):
    """That an event tells the state of an entity; written by the database itself when the event is sealed."""

    pk = models.CompositePrimaryKey("kind", "code", "event_id")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=CODE)
    event = _ref("Event", db_column="event")


class Token(models.Model):
    """A way in for a person's program: the SHA-256 of a secret, and until when. A credential, no part of the record."""

    digest = models.CharField(max_length=64, primary_key=True)
    person = _ref("Person", db_column="person")
    until_utc = models.CharField(max_length=24)


class Entity(models.Model):
    """A row that changes only by events: `event` is the last that touched it."""

    code = models.CharField(max_length=CODE, primary_key=True)
    event = _ref("Event", db_column="event")

    class Meta:
        abstract = True


class Person(Entity):
    """Somebody who acts, holds, borrows or reviews. `roles`: words with spaces between; `inventory_due`: by when a borrower has to say
    that all loans are there."""

    name = models.CharField(max_length=200)
    institution = models.CharField(max_length=200)
    country = models.CharField(max_length=80, default="")
    roles = models.CharField(max_length=200, default="")
    active = models.BooleanField(default=True)
    inventory_due = models.DateField(null=True)


class Mission(Entity):
    """Where samples come from, and the shares that its policy allows [parts per million of the mass at the closing of allocation]."""

    name = models.CharField(max_length=200)
    flight_digest = models.CharField(max_length=64, default="")
    delivery_digest = models.CharField(max_length=64, default="")
    research_least_ppm = models.IntegerField(default=0)
    research_most_ppm = models.IntegerField(default=1_000_000)
    permanent_least_ppm = models.IntegerField(default=0)
    backup_least_ppm = models.IntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            CheckConstraint(
                condition=Q(research_least_ppm__gte=0, research_most_ppm__lte=1_000_000, research_least_ppm__lte=F("research_most_ppm"))
                & Q(permanent_least_ppm__range=(0, 1_000_000), backup_least_ppm__range=(0, 1_000_000)),
                name="mission_shares_are_shares",
            ),
        )


class Site(Entity):
    """A place with vaults: the primary one, or one for the backup, elsewhere."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)

    class Meta:
        constraints = (_among("site_kind_is_known", "kind", ("primary", "backup")),)


class Cabinet(Entity):
    """A cabinet, vault or safe of a site, the limits of its atmosphere, its last reading and whether it is frozen.

    Oxygen and water in parts per billion, temperature in millikelvin, pressure in pascal above the room's; a null limit is none.
    `pristine`: only samples that never met air and never were on loan.
    """

    site = _ref("Site", db_column="site")
    name = models.CharField(max_length=200)
    pristine = models.BooleanField(default=False)
    oxygen_most_ppb = models.BigIntegerField(null=True)
    water_most_ppb = models.BigIntegerField(null=True)
    temperature_least_mk = models.BigIntegerField(null=True)
    temperature_most_mk = models.BigIntegerField(null=True)
    pressure_least_pa = models.BigIntegerField(null=True)
    pressure_most_pa = models.BigIntegerField(null=True)
    read_utc = models.CharField(max_length=24, default="")
    oxygen_ppb = models.BigIntegerField(null=True)
    water_ppb = models.BigIntegerField(null=True)
    temperature_mk = models.BigIntegerField(null=True)
    pressure_pa = models.BigIntegerField(null=True)
    alarm = models.CharField(max_length=400, default="")
    frozen = models.BooleanField(default=False)


class Slot(Entity):
    """Room for one thing in a cabinet."""

    cabinet = _ref("Cabinet", db_column="cabinet")


class Balance(Entity):
    """What masses are measured with [ug]; `tolerance_ug` is the difference that is put down to weighing."""

    name = models.CharField(max_length=200)
    resolution_ug = models.BigIntegerField()
    tolerance_ug = models.BigIntegerField()
    certificate = models.CharField(max_length=200)
    calibration_due = models.DateField()

    class Meta:
        constraints = (
            CheckConstraint(
                condition=Q(resolution_ug__gte=1, tolerance_ug__gte=F("resolution_ug")), name="balance_tolerance_holds_resolution"
            ),
        )


class Sample(Entity):
    """A thing with a mass: what came in its container, and everything made of it.

    `portions`: the delivery's portions that it may hold, words with spaces between; depths below the lunar surface [mm]. `reserved_ug`
    is promised to proposals. `custodian` has it, `offered_to` may take it. `sealed`: in a vessel that was closed and marked.
    """

    mission = _ref("Mission", db_column="mission")
    parent = _ref("self", null=True, db_column="parent")
    form = models.CharField(max_length=12)
    title = models.CharField(max_length=200, default="")
    tool = models.CharField(max_length=8, default="")
    portions = models.TextField(default="")
    depth_top_mm = models.IntegerField(null=True)
    depth_bottom_mm = models.IntegerField(null=True)
    grain_most_um = models.IntegerField(null=True)  # what a sieve let through
    rock_type = models.CharField(max_length=80, default="")
    rock_subtype = models.CharField(max_length=80, default="")
    pristine_bp = models.IntegerField(null=True)  # hundredths of a percent, of catalogues that say so
    mass_ug = models.BigIntegerField(default=0)
    reserved_ug = models.BigIntegerField(default=0)
    purpose = models.CharField(max_length=10, null=True)
    sealed = models.BooleanField(default=False)
    air_exposed = models.BooleanField(default=False)
    returned = models.BooleanField(default=False)
    slot = _ref("Slot", null=True, one=True, db_column="slot")
    custodian = _ref("Person", null=True, db_column="custodian")
    offered_to = _ref("Person", null=True, db_column="offered_to", db_index=False)
    status = models.CharField(max_length=10, default="held")

    class Meta:
        constraints = (
            CheckConstraint(condition=Q(mass_ug__gte=0), name="sample_mass_is_never_below_zero"),
            CheckConstraint(condition=Q(reserved_ug__gte=0, reserved_ug__lte=F("mass_ug")), name="sample_reserved_is_within_mass"),
            CheckConstraint(condition=Q(purpose__isnull=True) | Q(purpose__in=PURPOSES), name="sample_purpose_is_known"),
            CheckConstraint(
                condition=Q(slot__isnull=True) | ~Q(purpose__in=PRESERVED) | Q(purpose__isnull=True) | Q(sealed=True),
                name="sample_preserved_is_stored_sealed",
            ),
            CheckConstraint(condition=Q(slot__isnull=True) | Q(status="held"), name="sample_in_a_slot_is_held"),
            CheckConstraint(condition=~Q(status="retired") | Q(mass_ug=0, reserved_ug=0), name="sample_retired_is_empty"),
            CheckConstraint(
                condition=Q(depth_top_mm__isnull=True, depth_bottom_mm__isnull=True)
                | Q(depth_top_mm__gte=0, depth_bottom_mm__gt=F("depth_top_mm")),
                name="sample_depths_go_down",
            ),
            _among("sample_form_is_known", "form", FORMS),
            _among("sample_tool_is_known", "tool", TOOLS),
            _among("sample_status_is_known", "status", SAMPLE_STATES),
        )


class Call(Entity):
    """A call for proposals, open from one day to another, both included."""

    title = models.CharField(max_length=200)
    opens = models.DateField()
    closes = models.DateField()

    class Meta:
        constraints = (CheckConstraint(condition=Q(closes__gte=F("opens")), name="call_closes_after_it_opens"),)


class Offer(Entity):
    """That a call offers a sample, and how much of it at most [ug]."""

    call = _ref("Call", db_column="call")
    sample = _ref("Sample", db_column="sample")
    mass_ug = models.BigIntegerField()

    class Meta:
        constraints = (
            CheckConstraint(condition=Q(mass_ug__gt=0), name="offer_offers_something"),
            UniqueConstraint(fields=("call", "sample"), name="offer_once_a_call"),
        )


class Proposal(Entity):
    """What an applicant wants samples for; decided by the committee, then signed as a loan agreement."""

    call = _ref("Call", db_column="call")
    applicant = _ref("Person", db_column="applicant")
    title = models.CharField(max_length=200)
    abstract = models.TextField()
    status = models.CharField(max_length=10, default="submitted")
    decided_utc = models.CharField(max_length=24, default="")
    sign_by = models.DateField(null=True)
    signed_utc = models.CharField(max_length=24, default="")

    class Meta:
        constraints = (
            _among("proposal_status_is_known", "status", PROPOSAL_STATES),
            CheckConstraint(condition=Q(signed_utc="") | Q(status="approved"), name="proposal_signed_is_approved"),
            CheckConstraint(
                condition=Q(status="submitted", decided_utc="", sign_by__isnull=True)
                | Q(status="rejected", sign_by__isnull=True) & ~Q(decided_utc="")
                | Q(status="approved", sign_by__isnull=False) & ~Q(decided_utc=""),
                name="proposal_decided_says_when",
            ),
        )


class Allocation(Entity):
    """What a proposal asks of one sample, and what of it was granted and is reserved [ug]."""

    proposal = _ref("Proposal", db_column="proposal")
    sample = _ref("Sample", db_column="sample")
    asked_ug = models.BigIntegerField()
    granted_ug = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, default="asked")

    class Meta:
        constraints = (
            _among("allocation_status_is_known", "status", ALLOCATION_STATES),
            CheckConstraint(
                condition=Q(asked_ug__gt=0, granted_ug__gte=0, granted_ug__lte=F("asked_ug")), name="allocation_grants_what_was_asked"
            ),
            CheckConstraint(condition=~Q(status__in=("reserved", "lent")) | Q(granted_ug__gt=0), name="allocation_reserves_something"),
            UniqueConstraint(fields=("proposal", "sample"), name="allocation_once_a_proposal"),
        )


class Review(Entity):
    """A reviewer's vote on a proposal, 1 to 5, or the conflict of interest that bars it."""

    proposal = _ref("Proposal", db_column="proposal")
    reviewer = _ref("Person", db_column="reviewer")
    conflict = models.BooleanField(default=False)
    score = models.IntegerField(null=True)
    words = models.TextField(default="")

    class Meta:
        constraints = (
            CheckConstraint(
                condition=Q(conflict=True, score__isnull=True) | Q(conflict=False, score__range=(1, 5)),
                name="review_conflict_bars_the_vote",
            ),
            UniqueConstraint(fields=("proposal", "reviewer"), name="review_once_a_reviewer"),
        )


class Loan(Entity):
    """A sample in a borrower's hands, until when, and what became of its mass [ug]."""

    sample = _ref("Sample", db_column="sample")
    allocation = _ref("Allocation", one=True, db_column="allocation")
    borrower = _ref("Person", db_column="borrower")
    lent = models.DateField()
    due = models.DateField()
    lent_ug = models.BigIntegerField()
    returned_ug = models.BigIntegerField(default=0)
    consumed_ug = models.BigIntegerField(default=0)
    lost_ug = models.BigIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = (
            CheckConstraint(condition=Q(due__gt=F("lent")), name="loan_due_after_it_is_lent"),
            CheckConstraint(condition=Q(lent_ug__gt=0), name="loan_lends_something"),
            CheckConstraint(condition=Q(is_open=False) | Q(returned_ug=0), name="loan_is_returned_once"),
            CheckConstraint(condition=Q(returned_ug__gte=0, consumed_ug__gte=0, lost_ug__gte=0), name="loan_masses_are_not_negative"),
            CheckConstraint(
                condition=Q(is_open=True) | Q(lent_ug=F("returned_ug") + F("consumed_ug") + F("lost_ug")),
                name="loan_closes_to_the_microgram",
            ),
            CheckConstraint(condition=Q(lent_ug__gte=F("returned_ug") + F("consumed_ug") + F("lost_ug")), name="loan_is_never_exceeded"),
            UniqueConstraint(fields=("sample",), condition=Q(is_open=True), name="loan_one_open_a_sample"),
        )


_DOI = Q(doi__startswith="10.", doi__contains="/")


class Analysis(Entity):
    """What was measured on a sample. `values`: canonical JSON, a list of {name, value, uncertainty, unit}; numbers are decimal texts."""

    sample = _ref("Sample", db_column="sample")
    method = models.CharField(max_length=200)
    laboratory = models.CharField(max_length=200)
    values = models.TextField(default="[]")
    doi = models.CharField(max_length=200, default="")
    destructive = models.BooleanField(default=False)
    consumed_ug = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            CheckConstraint(condition=Q(consumed_ug=0) | Q(destructive=True, consumed_ug__gt=0), name="analysis_consumes_when_destructive"),
            CheckConstraint(condition=Q(doi="") | _DOI, name="analysis_doi_is_one"),
        )


class Publication(Entity):
    """A work that used samples, by its DOI."""

    title = models.CharField(max_length=400)
    authors = models.CharField(max_length=400)
    doi = models.CharField(max_length=200, unique=True)

    class Meta:
        constraints = (CheckConstraint(condition=_DOI, name="publication_doi_is_one"),)


class Citation(Entity):
    """That a publication used a sample."""

    publication = _ref("Publication", db_column="publication")
    sample = _ref("Sample", db_column="sample")

    class Meta:
        constraints = (UniqueConstraint(fields=("publication", "sample"), name="citation_once"),)


class Attachment(Entity):
    """A photograph or document of an entity; its content lies beside the database under its SHA-256."""

    kind = models.CharField(max_length=20)
    of = models.CharField(max_length=CODE)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = (CheckConstraint(condition=Q(size__gt=0), name="attachment_has_content"),)
        indexes = (models.Index(fields=("kind", "of"), name="attachment_of"),)


ENTITIES: tuple[type[Entity], ...] = (
    Person, Mission, Site, Cabinet, Slot, Balance, Sample, Call, Offer, Proposal, Allocation, Review, Loan, Analysis, Publication,
    Citation, Attachment,
)  # fmt: skip
KINDS: dict[str, type[Entity]] = {model.__name__.lower(): model for model in ENTITIES}
RECORD: tuple[type[models.Model], ...] = (Event, Posting, Touch)
LEDGER: tuple[type[models.Model], ...] = (*RECORD, *ENTITIES)
