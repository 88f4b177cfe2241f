"""The story of the news by HTTP, on a server of its own: from the door to the publications, everybody with a token of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from farside.curation import tokens
from farside.curation import verbs as v
from farside.curation.ledger import Act
from laboratory import TOTAL_UG

TODAY = datetime.now(UTC).date()
DRILLED_UG = 554_000_000
SCOOPED_UG = TOTAL_UG - DRILLED_UG


class Laboratory:
    """The interface of a server, asked with people's tokens."""

    def __init__(self, address: str, secrets: dict[str, str]) -> None:
        self.address, self.secrets = address, secrets

    def ask(self, path: str, by: str | None = None, body: Any = None, second: str | None = None) -> tuple[int, Any]:
        """Status and document."""
        request = urllib.request.Request(f"{self.address}/api/{path}", None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if by is not None:
            request.add_header("Authorization", f"Bearer {self.secrets[by]}")
        if second is not None:
            request.add_header("X-Second-Token", self.secrets[second])
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path: str, by: str | None = "li") -> Any:
        """What is there."""
        status, document = self.ask(path, by)
        assert status == 200, document
        return document

    def do(self, verb: str, by: str = "li", second: str | None = None, why: str = "", **arguments: Any) -> Any:
        """A verb that has to be done."""
        reason = f"?reason={urllib.request.quote(why)}" if why else ""  # type: ignore[attr-defined]
        status, document = self.ask(f"verbs/{verb}{reason}", by, arguments, second)
        assert status == 201, (verb, arguments, document)
        return document

    def refused(self, verb: str, by: str = "li", **arguments: Any) -> tuple[int, str]:
        """A verb that has to be refused: the status and the words."""
        status, document = self.ask(f"verbs/{verb}", by, arguments)
        assert status >= 400, (verb, arguments, document)
        return status, document["detail"]


@pytest.fixture
def laboratory(ledger: str, tmp_path: Path) -> Iterator[Laboratory]:
    """A server on 127.0.0.1 whose ledger has its founder and people, and nothing else."""
    v.found(Act(by="li"), name="Li Wei", institution="NAOC", site="BJ", site_name="Beijing", country="China")
    people = {
        "wang": ("Wang Fang", "NAOC", "second_curator"), "chen": ("Chen Xi", "NAOC", "curator"),
        "zhao": ("Zhao Min", "Peking University", "reviewer"),
        "smith": ("Jo Smith", "The Open University", "applicant"), "ito": ("Ken Ito", "Osaka University", "applicant"),
        "audit": ("Chen Yu", "Audit Office", "auditor"),
    }  # fmt: skip
    for code, (name, institution, role) in people.items():
        v.enrol(Act(by="li"), person=code, name=name, institution=institution, roles=[role])
    secrets = {person: tokens.issue(person) for person in ("li", *people)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = {**os.environ, "FARSIDE_LAB": ledger, "DJANGO_SETTINGS_MODULE": "farside.web.settings"}
    log = (tmp_path / "server.log").open("wb")
    words = [sys.executable, "-m", "gunicorn", "--bind", address, "--workers", "1", "--threads", "2", "farside.web.wsgi"]
    server = subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://{address}/api/head", server, tmp_path / "server.log")
        yield Laboratory(f"http://{address}", secrets)
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=30).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server does not answer:\n{log.read_text()}")


def test_the_story_of_the_news(on_both: None, laboratory: Laboratory, papers: dict[str, Any]) -> None:
    lab = laboratory
    the_door(lab, papers)
    the_bench(lab)
    a_round(lab, "R1", {"smith": "CE6-R", "ito": "CE6-F"})
    the_loans_abroad(lab)
    a_round(lab, "R2", {"ito": "CE6-R"})
    the_publications(lab)
    verified = lab.get("verify", "audit")
    assert verified["sound"], verified["findings"]
    assert verified["head"] == lab.get("head", None)["hash"]


def the_door(lab: Laboratory, papers: dict[str, Any]) -> None:
    """A second site, cabinets, a balance; the container is received, its gas drawn, unsealed, and its content separated."""
    lab.do("add_site", site="SS", name="Shaoshan", kind="backup")
    for cabinet, site in (("BJ-V1", "BJ"), ("SS-V1", "SS")):
        lab.do("add_cabinet", cabinet=cabinet, site=site, name=cabinet, slots=[f"{cabinet}-{i}" for i in range(1, 6)])
    due = (TODAY + timedelta(days=300)).isoformat()
    lab.do("add_balance", balance="XPR", name="balance", resolution="1 ug", tolerance="50 mg", certificate="c-1", calibration_due=due)
    lab.do("receive", document=papers, prefix="CE6")
    lab.do("sample_gas", sample="CE6", volume_mm3=1000, pressure_pa=12, method="needle valve")
    lab.do("unseal", sample="CE6")
    lab.do("extract", sample="CE6")
    parts = [{"tool": "drill", "mass": DRILLED_UG, "code": "CE6-D"}, {"tool": "scoop", "mass": SCOOPED_UG, "code": "CE6-S"}]
    lab.do("separate", sample="CE6.2", parts=parts)
    lab.do("weigh", sample="CE6-S", balance="XPR", gross=SCOOPED_UG + 2_000_000, tare=2_000_000)
    assert {portion["tool"] for portion in lab.get("origin/CE6-D")} == {"drill"}


def the_bench(lab: Laboratory) -> None:
    """The permanent stock is stored sealed here, the backup at the second site by the second curator; the rest is for research."""
    permanent, backup = TOTAL_UG // 10, TOTAL_UG // 10
    parts = [
        {"mass": permanent, "code": "CE6-K"}, {"mass": backup, "code": "CE6-B"}, {"mass": "3 g", "code": "CE6-R", "form": "powder"},
        {"mass": "1.5 g", "code": "CE6-F", "form": "fragment"},
    ]  # fmt: skip
    lab.do("split", sample="CE6-S", parts=parts)
    for sample, purpose in (("CE6-K", "permanent"), ("CE6-B", "backup")):
        lab.do("seal", sample=sample, vessel=f"vessel of {sample}")
        lab.do("assign_purpose", sample=sample, purpose=purpose)
    for sample in ("CE6-R", "CE6-F", "CE6-S", "CE6-D"):
        lab.do("assign_purpose", sample=sample, purpose="research")
    lab.do("close_allocation", mission="change6")
    assert lab.refused("store", sample="CE6-K", slot="SS-V1-1")[0] == 409
    lab.do("store", sample="CE6-K", slot="BJ-V1-1")
    lab.do("hand_over", sample="CE6-B", to="wang")
    lab.do("back_up", by="wang", sample="CE6-B", slot="SS-V1-1")
    assert lab.refused("unseal", sample="CE6-K")[0] == 409  # it takes two, and a reason
    assert {row["code"] for row in lab.get("catalogue", None)["items"]} == {"CE6-R", "CE6-F", "CE6-S", "CE6-D"}


def a_round(lab: Laboratory, call: str, wanted: dict[str, str]) -> None:
    """A call, proposals that others do not see, a blind vote, a decision, an agreement, a loan for half a year."""
    lab.do("call", call=call, title=f"call {call}", opens=TODAY.isoformat(), closes=(TODAY + timedelta(days=30)).isoformat())
    lab.do("offer", call=call, samples=[{"sample": "CE6-R", "mass": "1 g"}, *([{"sample": "CE6-F"}] if "CE6-F" in wanted.values() else [])])
    for person, sample in wanted.items():
        proposal = f"{call}-{person}"
        lab.do("apply", by=person, call=call, title="Ages", abstract="Ages of basalt.", samples=[{"sample": sample}], proposal=proposal)
        (seen,) = (row for row in lab.get("proposals", "zhao")["items"] if row["code"] == proposal)
        assert "applicant" not in seen
        lab.do("review", by="zhao", proposal=proposal, score=4, words="Sound.")
        lab.do("decide", proposal=proposal, decision="approve", samples=[{"sample": sample}])
        stranger = "ito" if person == "smith" else "smith"
        assert lab.ask(f"proposals/{proposal}", stranger)[0] == 404
        assert lab.refused("sign", by=stranger, proposal=proposal)[0] == 404
        assert lab.refused("lend", proposal=proposal, sample=sample, due=_in(180))[0] == 409
        lab.do("sign", by=person, proposal=proposal)
        lab.do("lend", proposal=proposal, sample=sample, due=_in(180), loan=f"{proposal}-L")


def _in(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def the_loans_abroad(lab: Laboratory) -> None:
    """Smith uses some and returns the rest to another curator; Ito loses some, and tells of it in the inventory."""
    lab.do("consume_on_loan", by="smith", loan="R1-smith-L", mass="200 mg", words="dissolved")
    assert lab.refused("lose_on_loan", by="ito", loan="R1-smith-L", mass=1, words="?")[0] == 404
    assert lab.refused("return_loan", loan="R1-smith-L", mass="900 mg")[0] == 409
    lab.do("return_loan", by="chen", loan="R1-smith-L", mass="799 mg", lost="1 mg", words="on the tweezers")
    lab.do("lose_on_loan", by="ito", loan="R1-ito-L", mass="5 mg", words="a corner broke off")
    lab.do("inventory", by="ito", loans=[{"loan": "R1-ito-L", "there": True}])
    loan = lab.get("loans/R1-smith-L", "smith")
    assert (loan["returned_ug"], loan["consumed_ug"], loan["lost_ug"], loan["is_open"]) == (799_000, 200_000, 1_000, False)
    assert lab.get(f"samples/{loan['sample']}")["returned"]


def the_publications(lab: Laboratory) -> None:
    """What was measured and published is in the public's sight; where the mass is adds up to what came in."""
    sample = lab.get("loans/R1-ito-L", "ito")["sample"]
    age = {"name": "age", "value": "2807", "uncertainty": "3", "unit": "Ma"}
    lab.do("analyse", by="ito", sample=sample, method="Pb-Pb isochron", laboratory="Osaka", values=[age], doi="10.1000/ages")
    lab.do("publish", by="ito", doi="10.1000/ages", title="Ages of basalt", authors="Ito, K.", samples=[sample])
    assert [row["title"] for row in lab.get("publications", None)["items"]] == ["Ages of basalt"]
    assert [row["sample"] for row in lab.get("citations", None)["items"]] == [sample]
    held = sum(row["mass_ug"] for row in lab.get("samples?limit=500")["items"])
    assert held == TOTAL_UG - 200_000 - 1_000 - 5_000
    assert date.fromisoformat(lab.get("people/ito", "ito")["inventory_due"]) > TODAY
