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
    """A sheet of labels for the codes that were asked for, the first `MOST` of them."""
    asked = list(dict.fromkeys(code for line in request.GET.getlist("code") for code in line.replace(",", " ").split()))
    codes = asked[:MOST]
    found = {row.code: row for row in models.Sample.objects.filter(pk__in=codes)}
    slots = set(models.Slot.objects.filter(pk__in=codes).values_list("code", flat=True))
    sheet = [{"code": code, "sample": found.get(code), "qr": qr(code)} for code in codes if code in found or code in slots]
    missing = [code for code in codes if code not in found and code not in slots]
    context = {"sheet": sheet, "asked": "\n".join(asked), "missing": missing, "shown": len(codes), "left": len(asked) - len(codes)}
    return render(request, "web/labels.html", context)


def qr(code: str) -> str:
    """The QR code of a text as SVG, with room for a quarter of it to be scratched off."""
    drawn = segno.make(code, error="q", micro=False).svg_inline(scale=4, border=2, dark="#000", light="#fff")
    return mark_safe(drawn)
