"""What went wrong, as a document (RFC 9457): a status, its name, and the words of whoever refused."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from farside.curation.ledger import Denied, Missing, Mistaken, Refused

INTERFACE = "/api/"  # where programs ask
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What was asked, why not, and what would work."""

    type: str = Field("about:blank", description="always about:blank: the status says what kind of problem it is")
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field(description="what was asked, why not, what would work")


class Unknown(Exception):
    """Nobody the laboratory knows is asking: a token that is missing or not good."""


def problem(status: int, detail: str) -> HttpResponse:
    """The document as an answer."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)  # type: ignore[call-arg]
    answer = HttpResponse(json.dumps(told.model_dump()), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="laboratory"'
    return answer


def told(error: Exception) -> HttpResponse:
    """What an error of the library or of the request is as an answer."""
    match error:
        case Unknown() | AuthenticationError():
            return problem(401, str(error) if isinstance(error, Unknown) else "this needs a token: Authorization: Bearer SECRET")
        case Denied():
            return problem(403, str(error))
        case Missing():
            return problem(404, str(error))
        case Mistaken():
            return problem(422, str(error))
        case Refused():
            return problem(409, str(error))
        case ValidationError():
            return problem(422, "; ".join(f"{_place(each)}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors))
        case HttpError():
            return problem(error.status_code, str(error))
        case RecursionError():
            return problem(422, "the request is nested too deeply")
    raise error


def handle(api: NinjaAPI) -> None:
    """Have an interface answer with these documents."""
    for kind in (Unknown, Refused, ValidationError, HttpError, RecursionError):
        api.add_exception_handler(kind, lambda request, error: told(error))  # type: ignore[arg-type]


def _place(error: dict[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"][2 if error["loc"][0] == "body" and len(error["loc"]) > 2 else 1 :]) or "body"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to a request that it cannot read."""
    return problem(400, "this request cannot be read")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to a request that it does not allow."""
    return problem(403, "this is not allowed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to an address that is not there."""
    return problem(404, "there is nothing at this address; /api/openapi.json lists what there is")


def broken(request: HttpRequest) -> HttpResponse:
    """Django's answer when the site itself fails; what failed is in its log."""
    return problem(500, "the site failed; nothing was written")
