"""What people see when something is not there, not allowed or broken; programs get a problem document instead."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from farside.web import problems
from farside.web.problems import INTERFACE


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing at this address, or nothing that this reader may see."""
    if request.path.startswith(INTERFACE):
        return problems.not_found(request, exception)
    return render(request, "web/nothing.html", {"code": ""}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not allowed."""
    return problems.forbidden(request, exception) if request.path.startswith(INTERFACE) else _plain(403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    return problems.bad_request(request, exception) if request.path.startswith(INTERFACE) else _plain(400)


def broken(request: HttpRequest) -> HttpResponse:
    """The site itself failed."""
    return problems.broken(request) if request.path.startswith(INTERFACE) else _plain(500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from a page of this session: it was open too long, or somebody else's."""
    return problems.forbidden(request, Exception(reason)) if request.path.startswith(INTERFACE) else _plain(403)


def turned_away(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A request that nothing looks at; programs are told the detail."""
    return problems.problem(status, detail) if request.path.startswith(INTERFACE) else _plain(status)


def _plain(status: int) -> HttpResponse:
    """A page that needs nothing that may be broken too: neither the database nor who is asking."""
    told = {"status": status, "most_mb": settings.LARGEST_REQUEST // 2**20}
    return HttpResponse(render_to_string("web/failed.html", told), status=status)
