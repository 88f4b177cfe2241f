"""What the site refuses: strangers, forged forms, guessed codes and passwords, markup, files that could run; and the headers it sends."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from farside.curation import database, verbs
from farside.curation.ledger import Act, head
from farside.curation.models import Sample
from laboratory_site import PASSWORD, signed_in

PAGES = (
    "/bench",
    "/samples",
    "/samples/at/CE6-S-RES",
    "/vaults",
    "/rounds",
    "/loans",
    "/loans/L1",
    "/audit",
    "/audit/3",
    "/labels",
    "/audit/annual",
)
ALLOWED = {
    "audit": {"/samples", "/samples/at/CE6-S-RES", "/vaults", "/rounds", "/loans", "/loans/L1", "/audit", "/audit/3", "/audit/annual"},
    "smith": {"/rounds", "/loans", "/loans/L1"},
    "ito": {"/rounds", "/loans"},
    "zhao.min": {"/rounds"},
    "li.wei": set(PAGES),
    "wang.fang": set(PAGES),
}  # fmt: skip
"""The pages that each may open; loan L1 is Smith's."""


def test_each_opens_what_their_roles_open_and_nothing_else(client: Any) -> None:
    for address in PAGES:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in"), address
    for person, allowed in ALLOWED.items():
        signed_in(client, person)
        opened = {address for address in PAGES if client.get(address).status_code == 200}
        assert opened == allowed, person


def test_a_guessed_code_tells_nothing(client: Any) -> None:
    """What one may not see and what is not there get the same answer."""
    signed_in(client, "ito")
    answers = [client.get(address) for address in ("/loans/L1", "/loans/L999", "/rounds/proposals/R1-P1", "/rounds/proposals/R9-P9")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert answers[0].content.split(b"csrfmiddlewaretoken")[0] == answers[1].content.split(b"csrfmiddlewaretoken")[0]
    client.logout()
    assert client.get("/catalogue/CE6-S-PER").status_code == 404, "preserved samples are not in the catalogue"


def test_a_verb_of_another_role_is_not_there(client: Any) -> None:
    signed_in(client, "smith")
    before = head().number
    assert client.get("/do/split?sample=CE6-S-RES").status_code == 404
    assert client.post("/do/split", {"sample": "CE6-S-RES", "parts-0-mass": "1 g"}).status_code == 404
    assert head().number == before


def test_a_form_from_elsewhere_is_refused(client: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(_user("li.wei"))
    before = head().number
    assert strict.post("/do/retire", {"sample": "CE6"}).status_code == 403
    assert head().number == before


def _user(code: str) -> Any:
    from django.contrib.auth.models import User

    return User.objects.get(username=code)


def test_five_wrong_passwords_close_the_door_for_a_while(client: Any) -> None:
    for _ in range(5):
        answer = client.post("/sign-in", {"username": "li.wei", "password": "guessed"})
    assert answer.status_code == 429
    assert client.post("/sign-in", {"username": "li.wei", "password": PASSWORD}).status_code == 429
    assert signed_in(client, "chen.yu")


def test_markup_is_shown_and_not_run(client: Any) -> None:
    verbs.split(Act(by="li.wei"), sample="CE6-S", parts=[{"mass": "1 mg", "code": "CE6-X", "title": "<script>alert(1)</script><b>bold"}])
    signed_in(client, "li.wei")
    for address in ("/samples/at/CE6-X", "/samples?q=CE6-X", "/catalogue/CE6-X", "/labels?code=CE6-X", "/samples/at/CE6-S"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<b>bold" not in page
    assert "&lt;script&gt;" in client.get("/samples/at/CE6-X").content.decode()


def test_what_is_uploaded_is_served_inert(client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    signed_in(client, "li.wei")
    sent = {"kind": "sample", "of": "CE6-S"}
    page = SimpleUploadedFile("note.html", b"<script>alert(1)</script>", content_type="text/html")
    answer = client.post(
        "/do/attach", {"kind": "sample", "of": "CE6-S", "name": "note", "media_type": "text/html", "content": page, "key": "a"}
    )
    assert answer.status_code == 409, "a page is no type that is kept"
    text = SimpleUploadedFile("note.txt", b"<script>alert(1)</script>", content_type="text/plain")
    answer = client.post("/do/attach", {**sent, "name": "note.txt", "media_type": "text/plain", "content": text, "key": "b"})
    assert answer.status_code == 302
    served = client.get("/attachments/D000001")
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert served.headers["Content-Type"].startswith("text/plain")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    client.logout()
    assert client.get("/attachments/D000001").status_code == 404


def test_headers(client: Any) -> None:
    headers = signed_in(client, "li.wei").get("/bench").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-store", "a page of the laboratory is not left in a cache"
    cookies = client.cookies
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == "Lax"


def test_no_page_holds_script_or_style_of_its_own(client: Any) -> None:
    for template in (Path(database.__file__).parents[1] / "web" / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        assert " style=" not in text, template
        assert "<style" not in text, template
        assert "onclick" not in text, template
        assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:]), template


def test_a_redirect_stays_here(client: Any) -> None:
    signed_in(client, "li.wei")
    sent = {"sample": "CE6-S", "parts-0-mass": "1 mg", "key": "r", "back": "https://elsewhere.example/"}
    answer = client.post("/do/split", sent)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/samples/at/CE6-S"
    assert Sample.objects.filter(parent="CE6-S").exists()


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    told = {"FARSIDE_LAB": str(tmp_path / "lab.sqlite3"), "FARSIDE_LAB_SECRET": secrets.token_urlsafe(64), "FARSIDE_LAB_HTTPS": "1"}
    told |= {"FARSIDE_LAB_HOSTS": "lab.example", "DJANGO_SETTINGS_MODULE": "farside.web.settings"}
    words = [sys.executable, "-m", "farside.web", "check", "--deploy", "--fail-level", "WARNING"]
    here = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(words, env=here | told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_catalogue_gives_its_samples_to_machines_without_what_is_internal(client: Any) -> None:
    table = b"".join(client.get("/catalogue.csv?form=interval").streaming_content).decode().splitlines()
    assert table[0].split(",")[0] == "code"
    assert len(table) > 5
    told = client.get("/catalogue/jsonld/CE6-S-RES").content.decode()
    assert '"farside:sample": "CE6-S-RES"' in told
    for page in (*table, told):
        assert not any(word in page for word in ("li.wei", "N1-01", "custodian", "slot"))
