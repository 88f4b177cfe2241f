"""The interface: who is asking, what is answered, what is refused, and that a request sent twice is done once."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from farside.curation import contents, tokens, verbs
from farside.curation.ledger import Act, head
from farside.curation.models import Event, Sample
from farside.curation.verbs import VERBS

LI = Act(by="li")
SEAL = {"sample": "CE6-S", "vessel": "v-1"}


def test_a_verb_answers_with_the_sealed_event(on_both: None, stocked: str, ask: Any) -> None:
    answer = ask("post", "verbs/seal?reason=to%20keep", SEAL, by="li")
    last = head()
    assert answer.status == 201
    assert (answer.body["number"], answer.body["hash"], answer.body["prev"]) == (last.number, last.hash, last.prev_id)
    assert answer.body["touched"] == [{"kind": "sample", "code": "CE6-S"}]
    assert (last.actor_id, last.reason) == ("li", "to keep")


def test_every_verb_but_the_founding_has_an_address(stocked: str, ask: Any) -> None:
    paths = ask("get", "openapi.json").body["paths"]
    assert {p.removeprefix("/api/verbs/") for p in paths if p.startswith("/api/verbs/")} == VERBS.keys() - {"found"}


def test_no_problem_is_answered_without_words(stocked: str, ask: Any) -> None:
    before = head().number
    for answer, status, words in (
        (ask("post", "verbs/seal", SEAL), 401, "this needs a token"),
        (ask("post", "verbs/seal", SEAL, token="farside_lab_no"), 401, "this token is not good"),
        (ask("get", "head", token="farside_lab_no"), 401, "this token is not good"),
        (ask("post", "verbs/seal", SEAL, by="smith"), 403, "seal: this is for curator"),
        (ask("post", "verbs/seal", "{", by="li"), 400, "Cannot parse request body"),
        (ask("post", "verbs/seal", {"sample": "CE6-S"}, by="li"), 422, "vessel: Field required"),
        (ask("post", "verbs/seal", {**SEAL, "why": 1}, by="li"), 422, "why: Extra inputs are not permitted"),
        (ask("post", "verbs/seal", {**SEAL, "sample": "CE7"}, by="li"), 404, "there is no sample 'CE7'"),
        (ask("post", "verbs/unseal", {"sample": "CE6-S"}, by="li"), 409, "unseal: CE6-S is open already"),
        (ask("get", "nothing"), 404, "there is nothing at this address"),
        (ask("put", "head"), 405, "this address takes GET"),
        (ask("get", "samples/CE7", by="li"), 404, "there is no sample 'CE7'"),
        (ask("get", "samples?limit=0", by="li"), 422, "limit: Input should be greater than or equal to 1"),
        (ask("get", "people"), 401, "person: this is not for the public"),
        (ask("get", "reviews", by="smith"), 403, "review: no role of yours reads this"),
        (ask("get", "events", by="zhao"), 403, "event: no role of yours reads this"),
    ):
        assert (answer.status, answer.body["status"]) == (status, status), answer
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert words in answer.body["detail"]
    assert head().number == before


def test_the_same_request_sent_twice_is_done_once(stocked: str, ask: Any) -> None:
    first = ask("post", "verbs/seal", SEAL, by="li", key="k-1")
    number = head().number
    again = ask("post", "verbs/seal", SEAL, by="li", key="k-1")
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    for other in (
        ask("post", "verbs/seal", {**SEAL, "vessel": "v-2"}, by="li", key="k-1"),
        ask("post", "verbs/unseal", {"sample": "CE6-S"}, by="li", key="k-1"),
        ask("post", "verbs/seal?reason=else", SEAL, by="li", key="k-1"),
        ask("post", "verbs/seal", SEAL, by="li", second="wang", key="k-1"),
    ):
        assert other.status == 409
        assert "marks another request" in other.body["detail"]
    assert head().number == number


def test_requests_with_one_key_at_the_same_moment_are_done_once(on_both: None, stocked: str, ask: Any) -> None:
    from django.db import connection

    ask("get", "head", by="li")  # issues the token
    before, answers, barrier = head().number, [], threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        answers.append(ask("post", "verbs/seal", SEAL, by="li", key="k-2"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
    assert len({answer.body["hash"] for answer in answers}) == 1
    assert head().number == before + 1


def test_the_second_person_is_proved_by_their_own_token(stocked: str, ask: Any) -> None:
    weighed = {"sample": "CE6-S", "balance": "XPR", "gross": "900 g", "tare": 0, "accept": True}
    for second, status in ((None, 409), ("li", 403), ("smith", 403), ("audit", 403)):
        assert ask("post", "verbs/weigh?reason=spilt", weighed, by="li", second=second).status == status
    answer = ask("post", "verbs/weigh?reason=spilt", weighed, by="li", second="wang")
    assert answer.status == 201
    assert Event.objects.get(pk=answer.body["number"]).second_id == "wang"
    assert Sample.objects.get(pk="CE6-S").mass_ug == 900_000_000
    (token,) = tokens.listed("wang")
    tokens.revoke(token.name)
    refused = ask("post", "verbs/weigh?reason=spilt", weighed, by="li", second="wang")
    assert refused.status == 401
    assert "the second person's token" in refused.body["detail"]


def test_samples_are_found_and_paged(stocked: str, ask: Any) -> None:
    def codes(query: str) -> list[str]:
        return [row["code"] for row in ask("get", f"samples?{query}", by="audit").body["items"]]

    assert codes("") == ["CE6", "CE6-D", "CE6-S", "CE6.1", "CE6.2"]
    assert codes("tool=drill") == ["CE6-D"]
    assert codes("form=gas&custodian=li") == ["CE6.1"]
    assert codes("words=HEAD-space") == ["CE6.1"]
    assert codes("parent=CE6.2&mission=change6&status=held") == ["CE6-D", "CE6-S"]
    assert codes("purpose=research") == codes("depth_mm=10") == []
    page = ask("get", "samples?limit=2", by="audit").body
    assert (len(page["items"]), page["next"]) == (2, "CE6-D")
    rest = ask("get", f"samples?after={page['next']}", by="audit").body
    assert ([row["code"] for row in rest["items"]], rest["next"]) == (["CE6-S", "CE6.1", "CE6.2"], None)


def test_family_origin_and_history_of_a_sample(stocked: str, ask: Any) -> None:
    family = ask("get", "family/CE6-D", by="li").body
    assert [row["code"] for row in family["ancestors"]] == ["CE6.2", "CE6"]
    assert [row["code"] for row in ask("get", "family/CE6", by="li").body["descendants"]] == ["CE6.1", "CE6.2", "CE6-D", "CE6-S"]
    portions = ask("get", "origin/CE6-D", by="li").body
    assert {portion["tool"] for portion in portions} == {"drill"}
    assert sum(portion["mass_ug"] for portion in portions) > 0
    ask("post", "verbs/seal", SEAL, by="li")
    assert [event["verb"] for event in ask("get", "history/CE6-S", by="audit").body["items"]] == ["separate", "seal"]


def test_the_journal_is_read_and_the_ledger_worked_out_again(stocked: str, ask: Any) -> None:
    journal = ask("get", "events?limit=500", by="audit").body
    assert [event["number"] for event in journal["items"]] == list(range(head().number + 1))
    assert [event["verb"] for event in ask("get", "events?verb=receive", by="li").body["items"]] == ["receive"]
    whole = ask("get", f"events/{head().number}", by="audit").body
    assert sum(mass_ug for _, mass_ug in whole["postings"]) == 0
    assert [state["code"] for state in whole["states"]["sample"]] == ["CE6-D", "CE6-S", "CE6.2"]
    assert ask("get", "events/10000", by="audit").status == 404
    verified = ask("get", "verify", by="audit").body
    assert verified == {
        "sound": True, "events": head().number + 1, "postings": 7, "entities": verified["entities"], "head": head().hash, "findings": [],
    }  # fmt: skip
    assert ask("get", "head").body["hash"] == head().hash


def test_the_catalogue_is_the_same_whoever_asks_and_shows_nothing_internal(stocked: str, ask: Any) -> None:
    from farside.curation.ledger import writing
    from farside.curation.samples import child

    with writing(LI, "prepare") as entry:
        bulk = entry.get(Sample, "CE6-S")
        child(entry, bulk, form="powder", mass_ug=1000, code="CE6-P", purpose="research")
        child(entry, bulk, form="powder", mass_ug=1000, code="CE6-K", purpose="permanent", sealed=True)
    for by in (None, "smith", "li"):
        (row,) = ask("get", "catalogue", by=by).body["items"]
        assert (row["code"], row["mass_ug"], row["purpose"]) == ("CE6-P", 1000, "research")
        assert not {"slot", "custodian", "offered_to", "parent", "reserved_ug"} & row.keys()
        assert ask("get", "catalogue/CE6-P", by=by).body == row
        assert ask("get", "catalogue/CE6-K", by=by).status == 404
    assert ask("get", "samples?custodian=li").body["items"] == []  # nor is it found by what it does not show
    assert ask("get", "samples/CE6-K").status == ask("get", "samples/CE7").status == 404


def test_what_was_attached_is_given_back_to_those_who_may_see_it(stocked: str, ask: Any) -> None:
    verbs.attach(LI, of="CE6-S", content=b"<script>alert(1)</script>", name="note.txt")
    (row,) = ask("get", "attachments", by="li").body["items"]
    answer = ask("get", f"contents/{row['code']}", by="li")
    assert (answer.status, answer.raw) == (200, b"<script>alert(1)</script>")
    assert hashlib.sha256(answer.raw).hexdigest() == row["sha256"]
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="note.txt"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert ask("get", f"contents/{row['code']}").status == 401
    assert {ask("get", f"contents/{row['code']}", by="smith").status, ask("get", "contents/D9", by="smith").status} == {404}
    contents.path_of(row["sha256"]).unlink()
    lost = ask("get", f"contents/{row['code']}", by="li")
    assert lost.status == 409
    assert "put back the one of a backup" in lost.body["detail"]


def test_a_request_that_is_too_large_is_refused(stocked: str, ask: Any) -> None:
    answer = ask("post", "verbs/seal", " " * (37 * 2**20), by="li")
    assert (answer.status, answer.body["title"]) == (413, "Request Entity Too Large")


def test_answers_are_not_kept_and_not_run(stocked: str, ask: Any) -> None:
    headers = ask("get", "head").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ask("post", "verbs/seal", SEAL).headers["WWW-Authenticate"].startswith("Bearer")


def test_texts_that_no_database_keeps_are_mistakes(on_both: None, stocked: str, ask: Any) -> None:
    for country in ("\\u0000", "\\ud800", "a" * 300):
        body = '{"person": "x", "name": "x", "institution": "x", "roles": [], "country": "' + country + '"}'
        answer = ask("post", "verbs/enrol", body, by="li")
        assert answer.status == 422, answer


def test_an_argument_that_is_left_out_is_left_to_the_verb(stocked: str, ask: Any) -> None:
    verbs.take_over(LI, sample="R", mission="change6", mass="1 g", rock_type="Basalt", form="fragment")
    answer = ask("post", "verbs/split", {"sample": "R", "parts": [{"mass": "1 mg"}]}, by="li")
    assert answer.status == 201, answer
    papers = {"sample": "CE6-S", "method": "m", "laboratory": "l"}  # no doi, which is no empty one
    assert ask("post", "verbs/analyse", papers, by="li").status == 201
