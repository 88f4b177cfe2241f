"""Photographs and documents: served inert, to those who may see them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from farside.curation.access import readable
from farside.curation.ledger import Refused
from farside.web.inert import inert
from farside.web.pages.rounds import viewer_of


def attachment(request: HttpRequest, code: str) -> HttpResponse:
    """The content of an attachment."""
    row = readable(viewer_of(request), "attachment").filter(pk=code).first()
    if row is None:
        raise Http404
    try:
        return inert(row)
    except Refused as error:
        raise Http404(str(error)) from None
