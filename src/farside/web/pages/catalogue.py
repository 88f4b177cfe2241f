"""The public catalogue: what is there for research and for the public, searched by facets, without internal data."""

from __future__ import annotations

import csv
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render

from farside.curation import models
from farside.curation.access import CATALOGUE, NOBODY, readable
from farside.curation.exchange.linked import write_linked
from farside.curation.exchange.records import record
from farside.curation.samples import origin
from farside.curation.text import whole

PER_PAGE = 40
COLUMNS = (
    "code",
    "mission",
    "tool",
    "form",
    "title",
    "depth_top_mm",
    "depth_bottom_mm",
    "rock_type",
    "rock_subtype",
    "mass_ug",
    "available_ug",
    "purpose",
)
AVAILABLE = Case(When(status="held", then=F("mass_ug") - F("reserved_ug")), default=Value(0))
"""What of a sample may be asked for now [ug]: nothing of one that is out."""
FACETS = ("mission", "tool", "form", "purpose")


def catalogue(request: HttpRequest) -> HttpResponse:
    """Search the samples that are open to research and to the public."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "depth", "available", *FACETS)}
    rows = _found(asked)
    facets = {name: list(_public().values_list(name).annotate(n=Count("pk")).order_by(name)) for name in FACETS}
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "web/catalogue.html", {"page": page, "asked": asked, "facets": facets, "query": query.urlencode()})


def catalogue_sample(request: HttpRequest, code: str) -> HttpResponse:
    """A sample as everybody may see it; its address stays the same for good."""
    one = _one(code)
    if one.code != code:
        return redirect("catalogue_sample", one.code)
    context: dict[str, Any] = {"sample": one, "origin": origin(one)}
    context["analyses"] = readable(NOBODY, "analysis").filter(sample=one.code)
    context["photographs"] = readable(NOBODY, "attachment").filter(kind="sample", of=one.code)
    cited = readable(NOBODY, "citation").filter(sample=one.code).values("publication_id")
    context["publications"] = models.Publication.objects.filter(pk__in=cited)
    return render(request, "web/catalogue_sample.html", context)


def catalogue_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What a search finds as a table."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "depth", "available", *FACETS)}
    rows = _found(asked).values_list(*COLUMNS)
    writer = csv.writer(_Echo())
    lines = (writer.writerow(row) for row in ((COLUMNS, *rows.iterator())))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="catalogue.csv"'
    return answer


def catalogue_jsonld(request: HttpRequest, code: str) -> HttpResponse:
    """A sample's description for machines, as `farside lab export` writes it, less what the public does not know."""
    known = {"sample", "mass", *CATALOGUE}
    told = {name: value for name, value in record(_one(code)).items() if name in known}
    return HttpResponse(write_linked([told]), content_type="application/ld+json; charset=utf-8")


def policy(request: HttpRequest) -> HttpResponse:
    """How data of the catalogue may be used, and how samples are applied for."""
    return render(request, "web/policy.html", {"missions": models.Mission.objects.order_by("code")})


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _public() -> QuerySet[Any]:
    return models.Sample.objects.filter(purpose__in=models.DISTRIBUTED, mass_ug__gt=0).exclude(status="retired")


def _found(asked: dict[str, str]) -> QuerySet[Any]:
    rows = _public().annotate(available_ug=AVAILABLE).order_by("code")
    if asked["q"]:
        words = Q(code__icontains=asked["q"]) | Q(title__icontains=asked["q"]) | Q(rock_type__icontains=asked["q"])
        rows = rows.filter(words | Q(rock_subtype__icontains=asked["q"]))
    for name in FACETS:
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    if (depth_mm := whole(asked["depth"])) is not None:
        rows = rows.filter(depth_top_mm__lte=depth_mm, depth_bottom_mm__gt=depth_mm)
    if asked["available"]:
        rows = rows.filter(available_ug__gt=0, status="held")
    return rows


def _one(code: str) -> models.Sample:
    """The sample with this code, or the only one that has it in other letters."""
    rows = _public().annotate(available_ug=AVAILABLE)
    found = list(rows.filter(code=code)) or list(rows.filter(code__iexact=code)[:2])
    if len(found) != 1:
        raise Http404
    one: models.Sample = found[0]
    return one
