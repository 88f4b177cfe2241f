"""Rows over HTTP: lists and single ones of every kind, each as far as whoever asks may see it, and what a sample came from and became."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from farside.curation import samples
from farside.curation.access import NOBODY, Viewer, may_read, readable, view
from farside.curation.ledger import Denied, Missing
from farside.curation.models import FORMS, KINDS, PURPOSES, SAMPLE_STATES, Sample
from farside.web.answers import Family, Portion, declared, page_of, row_of
from farside.web.inert import ANSWER, inert
from farside.web.problems import Unknown
from farside.web.way_in import OPTIONAL, Token

PLURAL = {
    "person": "people", "balance": "balances", "analysis": "analyses", "call": "calls", "allocation": "allocations", "sample": "samples",
}  # fmt: skip
Plain = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}")


class Paged(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")
    after: Plain = Field("", description="rows whose code comes after this one")
    limit: int = Field(100, ge=1, le=500)


class Chosen(Paged):
    """Which samples; a sample is found by what whoever asks may see of it."""

    mission: Plain | None = None
    form: Literal[FORMS] | None = None  # type: ignore[valid-type]
    tool: Literal["drill", "scoop"] | None = None
    purpose: Literal[PURPOSES] | None = None  # type: ignore[valid-type]
    status: Literal[SAMPLE_STATES] | None = None  # type: ignore[valid-type]
    depth_mm: int | None = Field(None, ge=0, le=10**6, description="intervals that hold this depth below the surface")
    parent: Plain | None = None
    slot: Plain | None = None
    custodian: Plain | None = None
    words: Plain | None = Field(None, description="in the code, the title or the kind of rock")

    def condition(self) -> tuple[Q, list[str]]:
        """What is asked as a condition, and the fields that it looks at."""
        asked = self.model_dump(exclude_none=True, exclude={"after", "limit", "depth_mm", "words"})
        found, fields = Q(**asked), list(asked)
        if self.depth_mm is not None:
            found &= Q(depth_top_mm__lte=self.depth_mm, depth_bottom_mm__gt=self.depth_mm)
            fields += ["depth_top_mm", "depth_bottom_mm"]
        if self.words:
            within = ("code", "title", "rock_type", "rock_subtype")
            found &= Q(*((f"{field}__icontains", self.words) for field in within), _connector=Q.OR)
            fields += within
        return found, fields


def offer_rows(api: NinjaAPI) -> None:
    """A list and single rows of every kind, and what is told of a sample beside its row."""
    read: dict[str, Any] = {"auth": Token(optional=True), "exclude_unset": True, "openapi_extra": OPTIONAL}
    for kind in KINDS:
        name = PLURAL.get(kind, f"{kind}s")
        told = {**read, "tags": [name], "description": (KINDS[kind].__doc__ or "").strip()}
        answers = declared(page_of(kind), 401, 403, 422)
        api.get(f"/{name}", response=answers, operation_id=f"list_{name}", summary=name, **told)(_lister(kind))
        answers = declared(row_of(kind), 401, 403, 404)
        api.get(f"/{name}/{{path:code}}", response=answers, operation_id=f"show_{kind}", summary=f"one {kind}", **told)(_shower(kind))
    read["tags"] = ["samples"]
    api.get("/family/{path:code}", response=declared(Family, 401, 404), operation_id="family", **read)(family)
    api.get("/origin/{path:code}", response=declared(list[Portion], 401, 404), operation_id="origin", **read)(origin)
    told = {"auth": Token(), "tags": ["attachments"], "openapi_extra": ANSWER}
    api.get("/contents/{path:code}", response=declared(None, 401, 403, 404, 409), operation_id="content", **told)(content)
    read["tags"] = ["catalogue"]
    api.get("/catalogue", response=declared(page_of("sample"), 401, 422), operation_id="catalogue", **read)(catalogue)
    api.get("/catalogue/{path:code}", response=declared(row_of("sample"), 401, 404), operation_id="catalogue_sample", **read)(released)


def page(viewer: Viewer, found: QuerySet[Any], asked: Paged) -> dict[str, Any]:
    """One page of what was found."""
    rows = list(found.filter(code__gt=asked.after)[: asked.limit + 1])
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    return {"items": [view(viewer, row) for row in rows], "next": rows[-1].code if more else None}


def one(viewer: Viewer, kind: str, code: str) -> Any:
    """The row with this code, marked for `view`; `Missing` when it is not there, or not for the viewer."""
    row = readable(viewer, kind).filter(pk=code).first() if CODE.fullmatch(code) else None
    if row is None:
        raise Missing(kind, code)
    return row


def require_read(viewer: Viewer, kind: str) -> None:
    """`Unknown` or `Denied` when the viewer reads nothing of this kind."""
    if not may_read(viewer, kind):
        if viewer == NOBODY:
            raise Unknown(f"{kind}: this is not for the public; it needs a token: Authorization: Bearer SECRET")
        raise Denied(f"{kind}: no role of yours reads this")


def _asker(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.auth  # type: ignore[attr-defined]
    return viewer


def _lister(kind: str) -> Callable[..., Any]:
    if kind == "sample":
        return _list_samples

    def list_rows(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
        require_read(_asker(request), kind)
        return page(_asker(request), readable(_asker(request), kind), asked)

    return list_rows


def _list_samples(request: HttpRequest, asked: Query[Chosen]) -> dict[str, Any]:
    return _chosen(_asker(request), asked)


def _chosen(viewer: Viewer, asked: Chosen) -> dict[str, Any]:
    condition, fields = asked.condition()
    return page(viewer, readable(viewer, "sample", using=fields).filter(condition), asked)


def _shower(kind: str) -> Callable[..., Any]:
    def show(request: HttpRequest, code: str) -> dict[str, Any]:
        require_read(_asker(request), kind)
        return view(_asker(request), one(_asker(request), kind, code))

    return show


def catalogue(request: HttpRequest, asked: Query[Chosen]) -> dict[str, Any]:
    """The public catalogue: samples released for research or for the public, as everybody sees them, whoever asks."""
    return _chosen(NOBODY, asked)


def released(request: HttpRequest, code: str) -> dict[str, Any]:
    """A sample of the public catalogue, as everybody sees it, whoever asks."""
    return view(NOBODY, one(NOBODY, "sample", code))


def content(request: HttpRequest, code: str) -> HttpResponse:
    """What was attached: the file itself, in its own type; its SHA-256 is in the row."""
    require_read(_asker(request), "attachment")
    return inert(one(_asker(request), "attachment", code))


def family(request: HttpRequest, code: str) -> dict[str, Any]:
    """What a sample was made of, the nearest first, and everything made of it."""
    viewer, sample = _asker(request), one(_asker(request), "sample", code)
    line, down = _ancestors(sample), _descendants(sample)
    seen = {row.code: view(viewer, row) for row in readable(viewer, "sample").filter(pk__in=[*line, *down])}
    return {"ancestors": [seen[c] for c in line if c in seen], "descendants": [seen[c] for c in down if c in seen]}


def _ancestors(sample: Sample) -> list[str]:
    codes: list[str] = []
    parent = sample.parent_id
    while parent is not None:
        codes.append(parent)
        parent = Sample.objects.filter(pk=parent).values_list("parent_id", flat=True).first()
    return codes


def _descendants(sample: Sample) -> list[str]:
    codes: list[str] = []
    level = [sample.code]
    while level:
        level = list(Sample.objects.filter(parent__in=level).order_by("code").values_list("code", flat=True))
        codes += level
    return codes


def origin(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """The delivery's portions that a sample may hold matter of: tool, depths, epoch and site, as the papers tell them."""
    return samples.origin(one(_asker(request), "sample", code))
