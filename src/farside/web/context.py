"""What every page knows: rooms that this person may enter, the head of the chain, whether it is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farside.curation.models import Event
from farside.web.people import STAFF, roles_of

ROOMS = (
    ("bench", _("Bench"), STAFF),
    ("samples", _("Samples"), STAFF | {"auditor"}),
    ("vaults", _("Vaults"), STAFF | {"auditor"}),
    ("rounds", _("Rounds"), STAFF | {"auditor", "reviewer", "applicant"}),
    ("loans", _("Loans"), STAFF | {"auditor", "applicant"}),
    ("catalogue", _("Catalogue"), {"public"}),
    ("audit", _("Audit"), STAFF | {"auditor"}),
    ("labels", _("Labels"), STAFF),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """For the frame of every page."""
    person = getattr(request, "person", None)
    roles = roles_of(person)
    rooms = []
    for name, label, allowed in ROOMS:
        if roles & set(allowed):
            address = reverse(name)
            rooms.append({"name": label, "address": address, "here": request.path.startswith(address)})
    head = Event.objects.order_by("-number").only("number", "hash").first()
    return {"person": person, "rooms": rooms, "head": head, "demonstration": settings.DEMONSTRATION}
