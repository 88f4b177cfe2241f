"""What people see when something is not there, not allowed or broken; programs get a problem document instead."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from farside.web import problems
from farside.web.guard import INTERFACE


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing at this address, or nothing that this reader may see."""
    if request.path.startswith(INTERFACE):
        return problems.not_found(request, exception)
    return render(request, "web/nothing.html", {"code": ""}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not allowed."""
    return problems.forbidden(request, exception) if request.path.startswith(INTERFACE) else _plain(request, 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    return problems.bad_request(request, exception) if request.path.startswith(INTERFACE) else _plain(request, 400)


def broken(request: HttpRequest) -> HttpResponse:
    """The site itself failed; the page needs nothing that may be broken too."""
    return problems.broken(request) if request.path.startswith(INTERFACE) else _plain(request, 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from a page of this session: it was open too long, or somebody else's."""
    return problems.forbidden(request, Exception(reason)) if request.path.startswith(INTERFACE) else _plain(request, 403)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "web/failed.html", {"status": status}, status=status)
