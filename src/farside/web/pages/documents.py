"""Photographs and documents: served inert, to those who may see them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from farside.curation import contents
from farside.curation.access import readable
from farside.curation.ledger import Refused
from farside.web.pages.rounds import viewer_of

SHOWN = ("image/jpeg", "image/png")  # what a browser shows in the page; everything else is downloaded


def attachment(request: HttpRequest, code: str) -> HttpResponse:
    """The content of an attachment, under a policy that lets nothing in it run."""
    row = readable(viewer_of(request), "attachment").filter(pk=code).first()
    if row is None:
        raise Http404
    try:
        content = contents.read(row.sha256)
    except Refused as error:
        raise Http404(str(error)) from None
    inline = row.media_type in SHOWN
    answer = HttpResponse(
        content, content_type=row.media_type if inline or row.media_type == "application/pdf" else "text/plain; charset=utf-8"
    )
    name = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in row.name)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
