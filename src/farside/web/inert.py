"""Attachments as answers in which nothing runs, whatever they hold.

*Model and limits*: the types that are kept are few (`contents.TYPES`); a browser shows photographs of the common kinds and downloads
everything else, under a policy that lets nothing in it run or ask elsewhere.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from farside.curation import contents
from farside.curation.models import Attachment

SHOWN = ("image/jpeg", "image/png")
TOLD = (*SHOWN, "image/tiff", "application/pdf")  # types that are told as they are; the others are told as plain text
ANSWER: dict[str, Any] = {
    "responses": {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (*TOLD, "text/plain")}}}
}
"""How the description of the interface tells such an answer."""


def inert(row: Attachment) -> HttpResponse:
    """The content of an attachment; `Refused` when it is not where it was kept, or not what was kept."""
    kind = row.media_type if row.media_type in TOLD else "text/plain; charset=utf-8"
    answer = HttpResponse(contents.read(row.sha256), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(row.media_type not in SHOWN, _file_name(row.name))
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _file_name(name: str) -> str:
    """A name as a file may have it, in any script: without folders, and without characters that are not seen."""
    return "".join(sign if sign.isprintable() and sign not in "/\\" else "_" for sign in name)
