"""Who looks at a page: the person of the ledger behind a session, and what they may enter.

*Model and limits*: a user of the site is a person of the ledger with the same code; whoever is not active there is nobody here. Pages are
closed unless they are opened to roles or to everybody.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from farside.curation.models import ROLES, Person
from farside.curation.verbs import VERBS

STAFF = frozenset({"curator", "second_curator"})
EVERYBODY: frozenset[str] = frozenset({"public"})
View = Callable[..., HttpResponse]


def person_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request its `person`, None for the public."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.person = person_of(request)
        return get_response(request)

    return answer


def person_of(request: HttpRequest) -> Person | None:
    """The active person of the ledger whose session this is."""
    if not request.user.is_authenticated:
        return None
    return Person.objects.filter(pk=request.user.get_username(), active=True).first()


def roles_of(person: Person | None) -> frozenset[str]:
    """The roles of somebody; everybody is the public too."""
    return EVERYBODY if person is None else EVERYBODY | set(person.roles.split())


def may(person: Person | None, verb: str) -> bool:
    """Whether a role of somebody's allows a verb."""
    return bool(VERBS[verb].roles & roles_of(person))


def only(*roles: str) -> Callable[[View], View]:
    """A page for people with one of these roles: others are told so, strangers are sent to sign in."""
    assert set(roles) <= {*ROLES, "public"}, roles

    def opened(view: View) -> View:
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if roles_of(request.person) & set(roles):
                return view(request, *args, **named)
            if request.person is None:
                return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
            return render(request, "web/closed.html", {"roles": " ".join(sorted(roles))}, status=403)

        answer.roles = frozenset(roles)  # type: ignore[attr-defined]
        return answer

    return opened


def second_of(request: HttpRequest) -> tuple[str | None, str]:
    """The second person, proven by their own password; None and what is wrong when they are not."""
    from django.utils.translation import gettext as _

    code, password = request.POST.get("second", "").strip(), request.POST.get("second_password", "")
    if not code:
        return None, ""
    user = None if "\0" in code else authenticate(request, username=code, password=password)  # NUL: PostgreSQL cannot be asked for it
    if user is None:
        return None, _("The second person's code and password do not belong together.")
    return code, ""
