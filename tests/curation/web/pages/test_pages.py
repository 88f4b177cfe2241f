"""What pages lead to, count and name: codes, who may leave, passwords, labels, the bench, files; rounds and cabinets in few queries."""

from __future__ import annotations

import io
from typing import Any

import pytest

from farside.curation import verbs
from farside.curation.ledger import Act
from farside.curation.models import Event, Sample
from laboratory_site import signed_in


def test_a_scanned_code_leads_to_what_its_reader_may_see(client: Any) -> None:
    def goes(person: str | None, code: str) -> Any:
        client.logout() if person is None else signed_in(client, person)
        answer = client.get("/go", {"code": code})
        return answer.headers["Location"] if answer.status_code == 302 else answer.status_code

    assert goes("ito", "L3") == goes("ito", "l3") == "/loans/L3"
    assert goes("smith", "L3") == 404, "another's loan"
    assert goes("ito", "R1-P2") == "/rounds/proposals/R1-P2"
    assert goes("smith", "R2") == "/rounds/R2"
    assert goes("li.wei", "http://127.0.0.1/go/N1-01") == "/vaults/slots/N1-01"
    assert goes("audit", "ce6-s-per") == "/samples/at/CE6-S-PER"
    assert goes(None, "ce6-s-res") == goes("zhao.min", "CE6-S-RES") == "/catalogue/CE6-S-RES"
    assert goes(None, "CE6-S-PER") == goes("ito", "N1") == 404
    for odd in ("", "a\nb", "a b", "..", "/", "x" * 81, "²"):
        assert goes("li.wei", odd) == goes(None, odd) == 404, odd


def test_of_codes_that_differ_in_case_none_is_guessed(client: Any) -> None:
    verbs.split(Act(by="li.wei"), sample="CE6-S", parts=[{"mass": "1 mg", "code": code} for code in ("CE6-x", "CE6-X")])
    signed_in(client, "li.wei")
    assert client.get("/go?code=CE6-x").headers["Location"] == "/samples/at/CE6-x"
    assert client.get("/go?code=CE6-X").headers["Location"] == "/samples/at/CE6-X"
    assert client.get("/go?code=ce6-x").status_code == 404


def test_whoever_may_not_act_any_more_can_leave(client: Any) -> None:
    signed_in(client, "ito")
    verbs.enrol(Act(by="li.wei"), person="ito", name="Ken Ito", institution="University D", roles=["applicant"], active=False)
    answer = client.get("/loans", follow=True)
    assert answer.redirect_chain == [("/sign-in?next=%2Floans", 302)]
    page = answer.content.decode()
    assert "You are signed in as ito, who may not act here any more" in page
    assert page.count('action="/sign-out"') == 1
    assert client.post("/sign-out", follow=True).status_code == 200
    assert "You are signed in" not in client.get("/sign-in").content.decode()
    signed_in(client, "smith")
    assert client.get("/sign-in?next=/loans").headers["Location"] == "/loans"
    assert client.get("/sign-in?next=/sign-in").status_code == 200


def test_a_password_that_is_refused_makes_no_user(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.models import User
    from django.core.management import CommandError, call_command

    verbs.enrol(Act(by="li.wei"), person="new", name="New", institution="here", roles=["applicant"])
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("password", "new")
    assert not User.objects.filter(username="new").exists()
    for word in ("regolith-under-ice", "regolith-over-ice"):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{word}\n"))
        call_command("password", "new", stdout=io.StringIO())
        assert User.objects.get(username="new").check_password(word)


def test_labels_are_made_of_the_first_codes_and_say_so(contexts: None, client: Any) -> None:
    signed_in(client, "li.wei")
    known = list(Sample.objects.values_list("code", flat=True)[:2])
    page = client.get("/labels", {"code": "\n".join([*known, known[0], *(f"X{i}" for i in range(250))])})
    assert [each["code"] for each in page.context["sheet"]] == known
    assert page.context["missing"] == [f"X{i}" for i in range(198)]
    assert "Only the first 200 codes are on this sheet; print it, then ask for the other 52." in page.content.decode()
    assert "Only the first" not in client.get("/labels", {"code": known[0]}).content.decode()


def test_the_bench_counts_all_that_lies_nowhere(contexts: None, client: Any) -> None:
    parts = [{"mass": "1 ug", "code": f"CE6-N{i}"} for i in range(154)]
    before = Sample.objects.filter(status="held", slot__isnull=True, mass_ug__gt=0).count()
    verbs.split(Act(by="li.wei"), sample="CE6-S", parts=parts)
    groups = signed_in(client, "li.wei").get("/bench").context["groups"]
    (loose,) = (group for group in groups if any("CE6-N" in row.address or "in hand" in row.words for row in group["rows"]))
    assert (len(loose["rows"]), loose["more"]) == (12, before + 154 - 12)
    assert all(row.words for row in loose["rows"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("样品.txt", "attachment; filename*=utf-8''%E6%A0%B7%E5%93%81.txt"),
        ('a "b".txt', 'attachment; filename="a \\"b\\".txt"'),
        ("a\u202etxt.exe", 'attachment; filename="a_txt.exe"'),
        ("..\\x\r\ny", 'attachment; filename=".._x__y"'),
    ],
)
def test_a_file_has_its_own_name_in_any_script(name: str, told: str, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from farside.curation import contents
    from farside.curation.models import Attachment
    from farside.web.inert import inert

    monkeypatch.setattr(contents, "read", lambda sha256: b"x")
    answer = inert(Attachment(name=name, media_type="text/plain", sha256="0" * 64))
    assert answer.headers["Content-Disposition"] == told


def questions(client: Any, address: str) -> int:
    """How many queries a page takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("person", ["li.wei", "zhao.min"])
def test_a_round_asks_no_more_for_more_proposals(contexts: None, client: Any, person: str) -> None:
    signed_in(client, person)
    before = questions(client, "/rounds/R2"), questions(client, "/rounds/proposals/R2-P1")
    for i, applicant in enumerate(("smith", "ito", "smith")):
        asked = [{"sample": "CE6-S-RES", "mass": f"{i + 1} mg"}]
        verbs.apply(Act(by=applicant), call="R2", proposal=f"R2-X{i}", title="t", abstract="a", samples=asked)
        verbs.review(Act(by="zhao.min"), proposal=f"R2-X{i}", score=i + 1, words="w")
    verbs.review(Act(by="weber"), proposal="R2-P1", score=2, words="w")
    assert (questions(client, "/rounds/R2"), questions(client, "/rounds/proposals/R2-P1")) == before
    page = client.get("/rounds/R2")
    rows = {row["seen"]["code"]: row for row in page.context["proposals"]}
    assert [rows[f"R2-X{i}"]["asked_ug"] for i in range(3)] == [1_000, 2_000, 3_000]
    assert ("Jo Smith, University C" in page.content.decode()) == (person == "li.wei")
    own = [row["own"].score if row["own"] else None for row in rows.values()]
    assert own == ([3, 1, 2, 3] if person == "zhao.min" else [None] * 4)


def told_of_all(code: str, of_it: Any) -> list[Any]:
    """What a cabinet's page tells, from all that ever happened to it: history, states of its air, stock-takings."""
    history = of_it("cabinet", code)
    shown = [step for step in history if step.event.verb != "read_environment" or step.event.told["data"]["alarm"]]
    read = [step.event.told for step in history if step.event.verb == "read_environment"]
    names = ("oxygen_ppb", "water_ppb", "temperature_mk", "pressure_pa")
    states = [told["states"]["cabinet"][0] | {name: told["data"].get(name) for name in names} for told in read]
    return [shown[:30], states[::-1], [step.event.number for step in history if step.event.verb == "take_stock"][:3]]


def test_a_cabinet_tells_the_same_without_reading_all_its_events(
    on_both: None, contexts: None, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from farside.web.pages import vaults
    from farside.web.pages.sample import events_of

    verbs.read_environment(Act(by="li.wei"), cabinet="N1", oxygen_ppb=20_000)
    verbs.read_environment(Act(by="li.wei"), cabinet="N1", oxygen_ppb=2_000)  # no alarm, and still frozen
    for _ in range(4):
        verbs.take_stock(Act(by="li.wei", reason='"alarm":""'), cabinet="N1", scanned=[{"sample": '"alarm":""'}])
    signed_in(client, "li.wei")
    for code in ("N1", "V1", "B1", "A1"):
        history, states, stocks = told_of_all(code, events_of)
        page = client.get(f"/vaults/{code}").context
        assert page["history"] == history
        assert [each["event"].number for each in page["stock"]] == stocks
        assert vaults._readings(code) == states
    monkeypatch.setattr(vaults, "SHOWN_READINGS", 5)
    assert vaults._readings("N1") == told_of_all("N1", events_of)[1][-5:]
    asked = questions(client, "/vaults/N1")
    verbs.read_environment(Act(by="li.wei"), cabinet="N1", oxygen_ppb=30_000)
    assert questions(client, "/vaults/N1") == asked
    assert Event.objects.filter(verb="read_environment").count() > 50
