"""From a portion back to the flight: the drilling or the scoop pass by which it was collected, as the flight's own files tell it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from farside.curation import models
from farside.curation.samples import papers_of
from farside.web.people import STAFF, only

NEAR_S = 1.0  # by how much the papers and the events may round


@only(*STAFF, "auditor")
def collected(request: HttpRequest, mission: str, portion: str) -> HttpResponse:
    """One portion: what the papers say, and the event of the flight, where its files are here."""
    row = get_object_or_404(models.Mission, pk=mission)
    papers = papers_of(mission)
    found = next((each for each in papers["portions"] if each["id"] == portion), None) if papers else None
    if papers is None or found is None:
        raise Http404
    context = {"mission": row, "papers": papers, "portion": found, "event": _event(row, found), "custody": papers["custody"]}
    return render(request, "web/collected.html", context)


def _event(mission: models.Mission, portion: dict[str, Any]) -> dict[str, Any] | None:
    """The flight's event at which the portion was collected; None where no folder of this very flight is known."""
    folder = Path(settings.FLIGHT) if settings.FLIGHT else None
    try:
        if folder is None or json.loads((folder / "flight.json").read_text("utf-8"))["flight_digest"] != mission.flight_digest:
            return None
        events = json.loads((folder / "events.json").read_text("utf-8"))
    except (OSError, ValueError, KeyError):
        return None
    name = "drilling" if portion["tool"] == "drill" else "scooping"
    at = datetime.fromisoformat(portion["collected_utc"])
    near = (each for each in events if each["event"] == name)
    return next((each for each in near if abs((datetime.fromisoformat(each["epoch_utc"]) - at).total_seconds()) <= NEAR_S), None)
