"""Labels with QR codes, to print: the code alone, so that any scanner types it into the scan box."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from farside.curation import models
from farside.web.people import STAFF, only

MOST = 200


@only(*STAFF)
def labels(request: HttpRequest) -> HttpResponse:
    """A sheet of labels for the codes that were asked for; `under` takes a sample with everything made of it."""
    asked = [code for line in request.GET.getlist("code") for code in line.replace(",", " ").split()]
    if under := request.GET.get("under", "").strip():
        asked += models.Sample.objects.filter(parent=under).order_by("depth_top_mm", "code").values_list("code", flat=True)
    found = {row.code: row for row in models.Sample.objects.filter(pk__in=asked[:MOST])}
    slots = {row.code: row for row in models.Slot.objects.filter(pk__in=asked[:MOST])}
    sheet = [{"code": code, "sample": found.get(code), "qr": qr(code)} for code in dict.fromkeys(asked) if code in found or code in slots]
    missing = [code for code in dict.fromkeys(asked) if code not in found and code not in slots]
    return render(request, "web/labels.html", {"sheet": sheet, "asked": "\n".join(asked), "missing": missing})


def qr(code: str) -> str:
    """The QR code of a text as SVG, with room for a quarter of it to be scratched off."""
    drawn = segno.make(code, error="q", micro=False).svg_inline(scale=4, border=2, dark="#000", light="#fff")
    return mark_safe(drawn)
