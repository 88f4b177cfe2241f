"""What the interface answers with, as types that its description shows: rows, pages of rows, receipts and events."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Annotated, Any

from django.db import models
from pydantic import BaseModel, Field, create_model

from farside.curation.models import KINDS
from farside.web.problems import Problem

_TYPES = ((models.BooleanField, bool), (models.DateField, datetime.date), (models.IntegerField, int), (models.Field, str))
_SAID = {
    400: "the request cannot be read", 401: "no token, or one that is not good", 403: "nobody with this role may", 404: "it is not there",
    409: "a rule is against it", 413: "too large", 422: "arguments that cannot be taken",
}  # fmt: skip


def declared(answer: Any, *statuses: int) -> dict[int, Any]:
    """The answers of an operation: what it gives, and problems with these statuses; any request may be one that cannot be read."""
    return {200: answer, **dict.fromkeys((400, *statuses), Problem)}


@cache
def row_of(kind: str) -> type[BaseModel]:
    """A row of a kind as a type; a field that whoever asks may not see is left out."""
    fields: dict[str, Any] = {}
    for column in KINDS[kind]._meta.concrete_fields:
        if column.name != "event":
            plain: Any = next(python for django, python in _TYPES if isinstance(_target(column), django))
            fields[column.column] = (plain | None if column.null else plain, Field(None, description=f"of a {kind}"))
    made: type[BaseModel] = create_model(kind.title(), __doc__=(KINDS[kind].__doc__ or "").strip(), **fields)
    return made


def _target(column: Any) -> Any:
    while column.is_relation:
        column = column.target_field
    return column


@cache
def page_of(kind: str) -> type[BaseModel]:
    """A page of rows: the rest begins `after` the code that `next` tells; null at the end."""
    made: type[BaseModel] = create_model(f"{kind.title()}Page", items=(list[row_of(kind)], ...), next=(str | None, ...))  # type: ignore[arg-type, misc]
    return made


class Touched(BaseModel):
    """A row that an event made or changed."""

    kind: str
    code: str


class Receipt(BaseModel):
    """That something was done: the sealed event, and the rows it made or changed, of those that whoever asks may see."""

    number: int
    verb: str
    at_utc: str
    hash: str
    prev: str | None
    touched: list[Touched]


class Told(BaseModel):
    """An event as the journal lists it."""

    number: int
    prev: str | None
    hash: str
    verb: str
    at_utc: str
    actor: str | None
    second: str | None
    reason: str
    key: str | None


class Whole(Told):
    """An event with all that its text tells; `text` is what its hash is of."""

    text: str
    data: dict[str, Any]
    postings: list[Annotated[list[str | int], Field(min_length=2, max_length=2, description="account, micrograms")]]
    states: dict[str, list[dict[str, Any]]]


class Journal(BaseModel):
    """Some events in their order, and the number after which the rest begins; null at the end."""

    items: list[Told]
    next: int | None


class Head(BaseModel):
    """The last event of the chain: what to note elsewhere, to find later that nothing was written anew."""

    number: int
    hash: str
    at_utc: str


class Found(BaseModel):
    """One thing that is wrong."""

    where: str
    what: str


class Verified(BaseModel):
    """What the whole ledger looked like when it was worked out again."""

    sound: bool
    events: int
    postings: int
    entities: int
    head: str
    findings: list[Found]


class Portion(BaseModel):
    """A portion of the delivery, as the papers tell it."""

    model_config = {"extra": "allow"}
    id: str
    tool: str


class Family(BaseModel):
    """What a sample was made of, the nearest first, and everything made of it, of what whoever asks may see."""

    ancestors: list[row_of("sample")]  # type: ignore[valid-type]
    descendants: list[row_of("sample")]  # type: ignore[valid-type]
