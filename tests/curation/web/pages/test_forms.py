"""Forms of verbs: done once, whole, and telling nobody what they may not see."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from django.test import override_settings

from farside.curation import verbs as v
from farside.curation.ledger import Act, head
from farside.curation.models import Allocation, Event, Mission, Sample
from laboratory_site import signed_in

LI = Act(by="li.wei")
SPLIT = {"sample": "CE6-S", "parts-0-mass": "1 mg", "back": "/bench"}


def page(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_a_form_without_a_key_is_done_each_time(client: Any) -> None:
    signed_in(client, "li.wei")
    before = head().number
    assert [client.post("/do/split", SPLIT).status_code for _ in range(2)] == [302, 302]
    assert head().number == before + 2


def test_a_key_marks_what_was_asked_and_not_something_else(client: Any) -> None:
    signed_in(client, "li.wei")
    assert client.post("/do/split", SPLIT | {"key": "k"}).status_code == 302
    number = head().number
    assert client.post("/do/split", SPLIT | {"key": "k"}).status_code == 302
    assert head().number == number
    other = client.post("/do/split", SPLIT | {"key": "k", "parts-0-mass": "77 mg"})
    assert other.status_code == 409
    assert "marks another request" in other.content.decode()
    assert head().number == number


def test_no_row_that_was_sent_is_left_out(client: Any) -> None:
    signed_in(client, "li.wei")
    rows = {f"parts-{i}-mass": "1 ug" for i in range(60)}
    assert client.post("/do/split", {"sample": "CE6-S", **rows}).status_code == 302
    assert len(head().told["states"]["sample"]) == 61
    again = client.post("/do/split", {"sample": "CE6-S", "more": "parts", **rows}).content.decode()
    assert again.count('name="parts-') == 4 * 63  # three empty ones more


def test_a_form_asks_for_what_its_verb_may_need(client: Any) -> None:
    signed_in(client, "li.wei")
    for address in ("/do/extend?loan=L3", "/do/release?proposal=R1-P2"):
        asked = page(client, address)
        assert 'name="reason"' in asked
        assert 'name="second"' not in asked
    for address in ("/do/set_limits?cabinet=N1", "/do/assign_purpose?sample=CE6-S", "/do/hand_over?sample=CE6-S"):
        asked = page(client, address)
        assert 'name="reason"' in asked
        assert 'name="second"' in asked
    assert 'name="reason"' not in page(client, "/do/split?sample=CE6-S")


def test_the_balance_of_a_weighing_knows_its_tolerance(client: Any) -> None:
    signed_in(client, "li.wei")
    assert 'data-tolerances="{&quot;BAL1&quot;: 20000}"' in page(client, "/do/weigh?sample=CE6-S")


def test_an_address_fills_in_no_rows(client: Any) -> None:
    signed_in(client, "li.wei")
    for address in ("/do/split?sample=CE6-S&parts=x", "/do/analyse?sample=CE6-S&values=x", "/do/take_stock?cabinet=N1&scanned=x"):
        page(client, address)


@pytest.mark.parametrize("number", ["--5", "+-3", "²", "9" * 5000, "x"])
def test_what_is_no_whole_number_is_told_beside_its_field(number: str, client: Any) -> None:
    signed_in(client, "li.wei")
    sent = {"cabinet": "N1", "oxygen_ppb": number}
    assert client.post("/do/read_environment", sent).status_code == 422


@pytest.mark.parametrize("back", ["javascript:alert(1)", "https://elsewhere.example/", "//elsewhere.example/"])
def test_not_now_stays_here(back: str, client: Any) -> None:
    signed_in(client, "li.wei")
    assert "Not now" not in page(client, f"/do/split?sample=CE6-S&back={back}")
    assert 'href="/bench">Not now' in page(client, "/do/split?sample=CE6-S&back=/bench")


def test_a_paper_nested_too_deep_is_a_mistake(client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    signed_in(client, "li.wei")
    deep = SimpleUploadedFile("delivery.json", b"[" * 100_000, content_type="application/json")
    assert client.post("/do/receive", {"prefix": "X", "document": deep}).status_code == 422


def test_an_applicant_sees_nobody_elses_loans_in_a_form(client: Any) -> None:
    signed_in(client, "smith")
    assert "L3" not in page(client, "/do/inventory?borrower=ito").partition("<main")[2]
    signed_in(client, "ito")
    assert "L3" in page(client, "/do/inventory").partition("<main")[2]


def test_a_form_tells_no_mass_that_its_reader_may_not_know(client: Any) -> None:
    signed_in(client, "ito")
    assert "data-balance" not in page(client, "/do/analyse?sample=CE6-S-PER")
    signed_in(client, "li.wei")
    assert "data-balance" in page(client, "/do/analyse?sample=CE6-S-PER")


def test_what_is_refused_tells_of_nobody_else(client: Any) -> None:
    signed_in(client, "ito")
    told = client.post("/do/inventory", {"borrower": "l"})
    assert told.status_code in (403, 409)
    assert "li.wei" not in told.content.decode().partition("<main")[2]
    signed_in(client, "zhao.min")
    for proposal in ("R", "R1-P2"):
        told = client.post("/do/review", {"proposal": proposal, "score": "4", "words": "w"})
        main = told.content.decode().partition("<main")[2]
        assert f"there is no proposal &#x27;{proposal}&#x27;" in main
        assert "R1-P1" not in main
        assert "approved" not in main


def test_who_rejects_grants_nothing_of_what_the_form_filled_in(client: Any) -> None:
    signed_in(client, "li.wei")
    rows = dict(re.findall(r'name="(samples-\d+-\w+)" value="([^"]*)"', page(client, "/do/decide?proposal=R2-P1")))
    assert rows["samples-0-sample"] == "CE6-S-RES"
    sent = {"proposal": "R2-P1", "decision": "reject", "words": "Too much.", **rows}
    assert client.post("/do/decide", sent).status_code == 302
    assert set(Allocation.objects.filter(proposal="R2-P1").values_list("status", flat=True)) == {"released"}


def test_what_is_wrong_with_what_a_form_does_not_show_is_told(client: Any) -> None:
    signed_in(client, "li.wei")
    told = client.post("/do/split", {"sample": "no code", "parts-0-mass": "1 mg"})
    assert told.status_code == 422
    assert "Sample: String should match" in told.content.decode()


def test_undo_is_offered_where_it_will_be_done(client: Any) -> None:
    signed_in(client, "li.wei")
    v.split(LI, sample="CE6-S", parts=[{"mass": "1 mg", "code": "X"}])
    assert "/do/correct?event=" in page(client, f"/audit/{head().number}")
    lent = Event.objects.filter(verb="lend").order_by("-number")[0].number
    told = page(client, f"/audit/{lent}")
    assert "/do/correct?event=" not in told
    assert "only what was done to samples alone is undone" in told
    signed_in(client, "audit")
    assert "/do/correct?event=" not in page(client, f"/audit/{head().number}")


def test_buttons_lead_to_what_one_may_do(client: Any) -> None:
    for person in ("wang.fang", "audit"):
        signed_in(client, person)
        for address in ("/loans/L3", "/loans", "/vaults/N1"):
            for verb in re.findall(r'href="/do/(\w+)', page(client, address)):
                assert client.get(f"/do/{verb}").status_code == 200, f"{person} {address} {verb}"


def test_a_code_in_other_letters_leads_to_its_own_address(client: Any) -> None:
    answer = client.get("/catalogue/ce6-d-01")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/catalogue/CE6-D-01")
    v.split(LI, sample="CE6-S", parts=[{"mass": "1 mg", "code": "QQ-A"}, {"mass": "2 mg", "code": "QQ-a"}])
    assert "1 mg" in page(client, "/catalogue/QQ-A").replace("\u202f", " ")
    assert "2 mg" in page(client, "/catalogue/QQ-a").replace("\u202f", " ")
    assert client.get("/catalogue/qq-a").status_code == 404


def test_the_public_reads_what_is_published_and_no_more(client: Any) -> None:
    said = {"method": "m-secret", "laboratory": "l"}
    v.analyse(LI, sample="CE6-D-01", **said)
    v.analyse(LI, sample="CE6-D-01", method="m-open", laboratory="l", doi="10.5555/x")
    told = page(client, "/catalogue/CE6-D-01")
    assert "m-open" in told
    assert "m-secret" not in told
    linked = page(client, "/catalogue/jsonld/CE6-D-01")
    assert 'farside:parent": ' not in linked.partition('"@graph"')[2]
    assert '"farside:mass": 5' in linked


def test_a_photograph_of_a_released_sample_is_in_the_catalogue(client: Any) -> None:
    v.attach(LI, of="CE6-D-01", content=b"\x89PNG\r\n\x1a\n" + b"0" * 20, name="core.png")
    v.attach(LI, of="CE6-D-01", content=b"internal note", name="note.txt")
    told = page(client, "/catalogue/CE6-D-01")
    assert told.count("/attachments/") == 2  # the picture, and the link to it
    assert client.get(re.findall(r'src="(/attachments/[^"]+)"', told)[0]).status_code == 200


def test_nothing_of_a_history_is_left_out(client: Any) -> None:
    signed_in(client, "li.wei")
    v.analyse(LI, sample="CE6-D-02", method="m", laboratory="l")
    v.attach(LI, of="CE6-D-02", content=b"words", name="n.txt")
    told = page(client, "/samples/at/CE6-D-02").partition("What happened")[2]
    assert "Note an analysis" in told
    assert "Attach a file" in told
    assert Sample.objects.filter(pk="CE6-D-02").exists()


def test_who_has_nothing_out_owes_no_inventory(client: Any) -> None:
    signed_in(client, "li.wei")
    told = page(client, "/loans").partition("Yearly inventories")[2].partition("Closed")[0]
    assert "Ken Ito" in told
    assert "Jo Smith" not in told
    assert "Jo Smith: yearly inventory" not in page(client, "/bench")


def test_what_a_verb_names_anew_is_written_not_chosen(client: Any) -> None:
    signed_in(client, "li.wei")
    for verb, field in (("add_site", "site"), ("add_cabinet", "cabinet"), ("add_balance", "balance")):
        assert f'<input id="{field}"' in page(client, f"/do/{verb}")
        assert f'<select id="{field}"' not in page(client, f"/do/{verb}")
    assert '<select id="site"' in page(client, "/do/add_cabinet")
    assert client.post("/do/add_site", {"site": "NEW", "name": "n", "kind": "backup"}).status_code == 302


def test_an_application_asks_for_what_was_written_and_no_more(client: Any) -> None:
    signed_in(client, "smith")
    assert "CE6-S-PUB" not in re.findall(r'name="samples-\d+-sample" value="([^"]+)"', page(client, "/do/apply?call=R2"))


def test_a_weighing_beyond_tolerance_is_seen(client: Any) -> None:
    signed_in(client, "li.wei")
    sent = {"sample": "CE6-S", "balance": "BAL1", "gross": "200 g", "tare": "0"}
    told = client.post("/do/weigh", sent | {"back": "/bench"}, follow=True).content.decode()
    assert "Alarm: 121.499529" in told
    assert "CE6-S was weighed 121.499529" in page(client, "/bench")
    assert "121" in page(client, f"/audit/{head().number}").partition("Told with it")[2]
    exact = Sample.objects.get(pk="CE6-S").mass_ug
    v.weigh(LI, sample="CE6-S", balance="BAL1", gross=10 * (exact // 10), tare=0)
    assert "was weighed" not in page(client, "/bench")


def test_what_stock_taking_did_not_find_waits_on_the_bench(client: Any) -> None:
    signed_in(client, "li.wei")
    v.take_stock(LI, cabinet="V1", scanned=[])
    assert "V1: 2 discrepancies of stock" in page(client, "/bench")


def test_the_return_of_a_loan_has_to_account_for_what_is_out(client: Any) -> None:
    signed_in(client, "li.wei")
    told = page(client, "/do/return_loan?loan=L3")
    assert 'data-balance="198200"' in told
    assert "*" not in told.partition("Weighed")[2].partition("</fieldset>")[0]


def test_what_is_out_is_not_available(client: Any) -> None:
    table = b"".join(client.get("/catalogue.csv").streaming_content).decode()
    available = {row["code"]: row["available_ug"] for row in csv.DictReader(io.StringIO(table))}
    assert (available["CE6-L3"], available["CE6-D-02"]) == ("0", "55396425")


def test_the_portion_of_a_sample_leads_to_the_event_of_its_flight(client: Any, tmp_path: Any) -> None:
    at = "2024-06-02T03:11:35.832Z"
    told = {"event": "drilling", "phase": "surface", "craft": "lander", "epoch_utc": at, "latitude_deg": -41.6, "longitude_deg": 206.0}
    (tmp_path / "events.json").write_text(json.dumps([told | {"data": {"depth_mm": 2000}}]))
    (tmp_path / "flight.json").write_text(json.dumps({"digest": "m", "flight_digest": Mission.objects.get(pk="change6").flight_digest}))
    signed_in(client, "li.wei")
    with override_settings(FLIGHT=str(tmp_path)):
        assert "depth_mm" in page(client, "/flights/change6/drill-003")
    with override_settings(FLIGHT=str(tmp_path.parent)):
        assert "The files of this flight are not here" in page(client, "/flights/change6/drill-003")


def test_the_words_of_a_decision_reach_the_applicant_and_not_the_reviewers(client: Any) -> None:
    v.decide(LI, proposal="R2-P1", decision="reject", words="The mass is too large.")
    for person, sees in (("ito", True), ("li.wei", True), ("audit", True)):
        signed_in(client, person)
        assert ("The mass is too large." in page(client, "/rounds/proposals/R2-P1")) is sees
    signed_in(client, "zhao.min")
    assert client.get("/rounds/proposals/R2-P1").status_code == 404  # decided, it is no reviewer's any more


def test_a_reading_of_one_thing_is_no_point_on_the_curve_of_another(client: Any) -> None:
    signed_in(client, "li.wei")
    before = page(client, "/vaults/N1")
    v.read_environment(LI, cabinet="N1", temperature_mk=295_000)
    after = page(client, "/vaults/N1")
    counted = [[len(line.split()) for line in re.findall(r'points="([^"]+)"', each)] for each in (before, after)]
    oxygen, water, temperature, pressure = zip(*counted, strict=True)
    assert [b - a for a, b in (oxygen, water, temperature, pressure)] == [0, 0, 1, 0]


def test_a_form_explains_itself_in_chinese(client: Any) -> None:
    signed_in(client, "li.wei")
    told = client.get("/do/seal?sample=CE6-S", headers={"accept-language": "zh-hans"}).content.decode()
    assert "将样品封入容器并作标记。" in told
    assert "Close a sample in a vessel" not in told


def test_one_sample_is_no_samples(client: Any) -> None:
    assert "<caption>1 sample</caption>" in page(client, "/catalogue?q=CE6-D-01")
    assert " samples</caption>" in page(client, "/catalogue")
