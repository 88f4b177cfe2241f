"""The laboratory's site as browsers see it, for tests: people who sign in, each in a session of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from laboratory import PAPERS

PASSWORD = "regolith-under-glass"
MEANT = ("409", "422", "404", "403", "429", "ERR_INTERNET_DISCONNECTED", "htmx:")
"""What a browser calls an error and a form answers on purpose."""


HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def give_passwords() -> None:
    """A user of the site for everybody in the ledger, with a hash of passwords that costs nothing."""
    from django.contrib.auth.models import User
    from django.test import override_settings

    from farside.curation.models import Person

    with override_settings(PASSWORD_HASHERS=HASHERS):
        for code in Person.objects.values_list("code", flat=True):
            User.objects.create_user(code, password=PASSWORD)


def signed_in(client: Any, person: str) -> Any:
    """Django's test client in the session of a person."""
    client.logout()
    answer = client.post("/sign-in", {"username": person, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def demonstration() -> None:
    """The demonstration, with passwords."""
    from farside.web.demonstration import demonstrate

    demonstrate(json.loads(PAPERS.read_text("utf-8")))
    give_passwords()


@dataclass
class Site:
    """A site that is served; `sign_in` opens a page of its own session."""

    address: str
    browser: Any
    complaints: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(self, person: str | None = None, **how: Any) -> Any:
        """A page in a fresh session, signed in as a person; what the browser complains of is kept."""
        context = self.browser.new_context(base_url=self.address, **{"viewport": {"width": 1280, "height": 900}, **how})
        self.contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said))
        if person is not None:
            page.goto("/sign-in")
            page.fill("#username", person)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def _heard(self, page: Any, said: Any) -> None:
        """Errors, but for the answers that a form gives on purpose."""
        if said.type == "error" and not any(code in said.text for code in MEANT):
            self.complaints.append(f"{page.url}: {said.text}")
