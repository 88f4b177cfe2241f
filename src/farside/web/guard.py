"""What every answer of the interface has, and requests too large for it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from farside.web import problems

INTERFACE = "/api/"
HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "no-store"}


def guarded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django's middleware: no answer is kept by a browser; those of the interface are not run either, and no request to it is larger than
    `LARGEST_REQUEST`."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(INTERFACE):
            page = get_response(request)
            page.headers.setdefault("Cache-Control", "private, no-store")
            return page
        length = request.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > settings.LARGEST_REQUEST:
            response = problems.problem(413, f"{length} bytes; a request has at most {settings.LARGEST_REQUEST}")
        else:
            response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = response.headers["Allow"]
            response = problems.problem(405, f"{request.method}: this address takes {allowed}")
            response.headers["Allow"] = allowed
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer
