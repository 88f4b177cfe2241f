"""Analyses consume what they say, of whoever has the sample, in decimal digits as measured; publications name their samples by a DOI."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Denied, Mistaken, Refused, writing
from farside.curation.models import Analysis, Citation, Loan, Publication, Sample
from farside.curation.verbs.science import doi_name
from farside.curation.verify import verify
from laboratory import on

SIMS = {"method": "SIMS U-Pb", "laboratory": "The Open University"}
DAY = "2040-04-02"


def refused(words: str, verb: Callable[..., Any], act: Act, kind: type[Refused] = Refused, /, **arguments: Any) -> None:
    with pytest.raises(kind, match=words):
        verb(act, **arguments)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("10.1126/science.ADT1093", "10.1126/science.adt1093"),
        ("https://doi.org/10.1038/s41586-024-08526-2", "10.1038/s41586-024-08526-2"),
        ("doi: 10.1016/S0012-821X(98)00184-8", "10.1016/s0012-821x(98)00184-8"),
        ("http://dx.doi.org/10.1000.10/123", "10.1000.10/123"),
        ("", ""),
    ],
)
def test_a_doi_is_kept_as_its_name(written: str, name: str) -> None:
    """Forms of the DOI handbook: a registrant of four digits or more, with subdivisions; capitals do not matter."""
    assert doi_name(written) == name


@pytest.mark.parametrize(
    "written", ["10.1126", "11.1126/x", "10.12/x", "10.1126/", "10.1126/a b", "https://example.org/10.1126/x", "x", 10.5]
)
def test_what_is_no_doi_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match="DOI"):
        doi_name(written)


def test_an_analysis_keeps_the_digits_that_were_measured(lent: str) -> None:
    values = [
        {"name": "age", "value": "2807", "uncertainty": "3", "unit": "Ma"},
        {"name": "mu", "value": "300.0", "uncertainty": "50", "unit": ""},
        {"name": "delta O-18", "value": "-5.60e0", "unit": "permil"},
    ]
    event = v.analyse(on(DAY, "smith"), sample="CE6-P.1", values=values, doi="10.1126/science.ADT1093", **SIMS)
    analysis = Analysis.objects.get(pk=json.loads(event.text)["data"]["analysis"])
    assert json.loads(analysis.values)[1] == {"name": "mu", "value": "300.0", "uncertainty": "50", "unit": ""}
    assert (analysis.code, analysis.doi, analysis.consumed_ug) == ("CE6-P.1-A1", "10.1126/science.adt1093", 0)
    for wrong, words in ((2.13, 'as a text, "2.13"'), ("2,13", "match pattern"), ("1e9999", "match pattern"), ("0x1F", "match pattern")):
        refused(words, v.analyse, on(DAY, "smith"), Mistaken, sample="CE6-P.1", values=[{"name": "x", "value": wrong}], **SIMS)
    refused("match pattern", v.analyse, on(DAY, "smith"), Mistaken, sample="CE6-P.1", values=[{"name": "x", "value": 1, "uncertainty": -1}],
            **SIMS)  # fmt: skip
    assert verify().sound


def test_a_destructive_analysis_on_loan_is_told_on_the_loan(lent: str) -> None:
    v.analyse(on(DAY, "smith"), sample="CE6-P.1", destructive=True, consumed="2 mg", **SIMS)
    assert Sample.objects.get(pk="CE6-P.1").mass_ug == 1_498_000
    assert Loan.objects.get(pk="L2040-1").consumed_ug == 2_000
    told = {"sample": "CE6-P.1", "destructive": True, **SIMS}
    refused("CE6-P.1 is out to smith, who tells what is consumed", v.analyse, on(DAY), Denied, consumed=1, **told)
    refused("1498001 ug of CE6-P.1, of which 1498000 ug are free", v.analyse, on(DAY, "smith"), consumed=1_498_001, **told)
    v.return_loan(on("2040-05-01"), loan="L2040-1", mass="1.498 g")
    v.analyse(on("2040-05-02", "smith"), sample="CE6-P.1", **SIMS)  # measured before, told after the return
    refused("not out to you any more", v.analyse, on("2040-05-02", "smith"), Denied, consumed=1, **told)
    v.analyse(on("2040-05-02"), sample="CE6-P.1", destructive=True, consumed="498 mg", **SIMS)
    assert Sample.objects.get(pk="CE6-P.1").mass_ug == 1_000_000
    assert verify().sound


def test_an_analysis_is_by_whoever_has_the_sample_and_takes_what_is_free(lent: str) -> None:
    destructive = {"destructive": True, **SIMS}
    refused("CE6-P: not lent to you; lent to you: CE6-P.1", v.analyse, on(DAY, "smith"), Denied, sample="CE6-P", **SIMS)
    refused("CE6-X: not lent to you; lent to you: nothing", v.analyse, on(DAY, "ito"), Denied, sample="CE6-X", **SIMS)
    refused("there is no sample 'CE6-X'", v.analyse, on(DAY), sample="CE6-X", **SIMS)
    refused("a destructive analysis consumes a mass", v.analyse, on(DAY), sample="CE6-P", **destructive)
    refused("a destructive analysis consumes a mass", v.analyse, on(DAY), sample="CE6-P", consumed=1, **SIMS)
    refused("CE6-K is sealed and is not consumed", v.analyse, on(DAY), sample="CE6-K", consumed=1, **destructive)
    refused("1 ug of CE6-F, of which 0 ug are free", v.analyse, on(DAY), sample="CE6-F", consumed=1, **destructive)


@pytest.mark.parametrize("consumed_ug", [999, 1_001])
def test_the_database_holds_an_analysis_to_what_it_consumes(lent: str, consumed_ug: int) -> None:
    with pytest.raises(Refused, match="what an analysis consumes is taken from its sample"), writing(on(DAY), "analyse") as entry:
        entry.change(entry.get(Sample, "CE6-P"))
        entry.move("CE6-P", "consumed:change6", 1_000)
        entry.add(Analysis(code="X", sample_id="CE6-P", method="m", laboratory="l", destructive=True, consumed_ug=consumed_ug))


def test_a_publication_names_its_samples_once(lent: str) -> None:
    told = {"title": "A far-side basalt", "authors": "Smith J., Li W."}
    event = v.publish(on(DAY, "smith"), doi="10.1126/science.adt1093", samples=["CE6-P.1", "CE6-P.1"], **told)
    assert json.loads(event.text)["data"]["publication"] == "PUB-1"
    assert list(Citation.objects.values_list("code", "sample_id")) == [("PUB-1-1", "CE6-P.1")]
    refused("is here already, as PUB-1", v.publish, on(DAY), doi="https://doi.org/10.1126/SCIENCE.adt1093", samples=["CE6-P"], **told)
    refused("CE6-P: not lent to you", v.publish, on(DAY, "smith"), Denied, doi="10.1000/x", samples=["CE6-P"], **told)
    refused("name the DOI and the samples", v.publish, on(DAY), doi="", samples=["CE6-P"], **told)
    refused("name the DOI and the samples", v.publish, on(DAY), doi="10.1000/x", samples=[], **told)
    refused("is no DOI; one is like", v.publish, on(DAY), Mistaken, doi="science.adt1093", samples=["CE6-P"], **told)
    with pytest.raises(Refused, match="publication doi is one"), writing(on(DAY), "publish") as entry:
        entry.add(Publication(code="X", title="t", authors="a", doi="see our web page"))
    assert verify().sound
