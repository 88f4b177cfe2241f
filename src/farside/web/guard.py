"""What every answer has, and requests that nothing has to look at: too large, or with what no database keeps."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from farside.curation.text import whole
from farside.web import problems
from farside.web.pages import errors
from farside.web.problems import INTERFACE

HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "no-store"}


def guarded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django's middleware: no request is larger than `LARGEST_REQUEST` or asks for the character NUL; no answer is kept by a browser, and
    those of the interface are not run either."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = _turned_away(request) or get_response(request)
        if not request.path.startswith(INTERFACE):
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = response.headers["Allow"]
            response = problems.problem(405, f"{request.method}: this address takes {allowed}")
            response.headers["Allow"] = allowed
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def _turned_away(request: HttpRequest) -> HttpResponse | None:
    """The answer to a request that is not looked at, in the reader's language; None when it is."""
    length = request.headers.get("Content-Length", "")
    with translation.override(translation.get_language_from_request(request)):
        if length and ((size := whole(length)) is None or size > settings.LARGEST_REQUEST):
            return errors.turned_away(request, 413, f"{length[:20]} bytes; a request has at most {settings.LARGEST_REQUEST}")
        if _asks_for_nul(request):
            return errors.turned_away(request, 400, "an address or a cookie has the character NUL, which no text here has; leave it out")
    return None


def _asks_for_nul(request: HttpRequest) -> bool:
    """Whether an address or a cookie holds the character NUL, which PostgreSQL takes in no question."""
    query = request.META.get("QUERY_STRING", "")
    return "%00" in query or any("\0" in each for each in (request.path, query, *request.COOKIES.values()))
