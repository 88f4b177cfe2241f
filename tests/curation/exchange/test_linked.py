"""Linked data in and out: every field of every sample comes back, and what is wrong is said at once."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
import rdflib

from farside.curation import database
from farside.curation.exchange.linked import CONTEXT, DATACITE, NAMES, import_linked, write_linked
from farside.curation.exchange.records import Broken, records
from farside.curation.ledger import Act, head
from farside.curation.verbs import found, take_over
from farside.curation.verify import verify
from laboratory import TOTAL_UG

LI = Act(by="li")


def test_samples_come_back_as_they_were(stocked: str, store: Any) -> None:
    take_over(LI, sample="R1", mission="Apollo11", mass="213 g", rock_type="Basalt", rock_subtype="Ilmenite", pristine_bp=6556)
    before = records()
    written = write_linked(before)
    core = next(node for node in json.loads(written)["@graph"] if node["identifier"] == "CE6-D")
    assert core["resourceTypeGeneral"] == "PhysicalObject"
    assert core["size"] == "554 g"
    assert core["IsDerivedFrom"] == "urn:farside:sample:CE6.2"
    assert core["Collected"] == ["2024-06-02T03:11:35.835Z"]
    assert core["geoLocationPlace"] == ["landing"]
    store.template("empty", None)
    database.use(store.copy("empty"))
    found(LI, name="Li Wei", institution="NAOC", site="BJ", site_name="Beijing")
    import_linked(written.encode("utf-8"), LI)
    assert records() == before
    assert verify().sound
    database.use(stocked)


def flat(told: dict[str, Any]) -> list[tuple[str, Any]]:
    """Fields and values, one by one: linked data has no order."""
    return [(name, value) for name, values in told.items() for value in (values if isinstance(values, list) else [values])]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # RDFLib's own reader uses it
def test_another_reader_reads_it_without_the_network(stocked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By RDFLib: the context is in the file, and no term of a record falls through it."""

    def offline(*_: Any) -> Any:
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    monkeypatch.setattr(socket.socket, "connect", offline)
    told = records()
    graph = rdflib.Graph().parse(data=write_linked(told), format="json-ld")
    datacite, own = rdflib.Namespace(DATACITE), rdflib.Namespace("urn:farside:term:")
    assert {str(code) for code in graph.objects(None, datacite.identifier)} == {each["sample"] for each in told}
    core = rdflib.URIRef(f"{NAMES}CE6-D")
    assert (core, rdflib.RDF.type, datacite.Resource) in graph
    assert graph.value(core, datacite.IsDerivedFrom) == rdflib.URIRef(f"{NAMES}CE6.2")
    assert graph.value(core, datacite.resourceTypeGeneral) == rdflib.Literal("PhysicalObject")
    assert [str(epoch) for epoch in graph.objects(core, datacite.Collected)] == ["2024-06-02T03:11:35.835Z"]
    for each in told:
        sample = rdflib.URIRef(NAMES + each["sample"])
        read = [(str(term).removeprefix(str(own)), value.toPython()) for term, value in graph.predicate_objects(sample) if term in own]
        assert sorted(read, key=str) == sorted(flat(each), key=str)
    assert sum(mass.toPython() for mass in graph.objects(None, own.mass)) == TOTAL_UG


def test_what_is_wrong_is_said_at_once(stocked: str) -> None:
    before = head().number
    good = {"@id": "urn:farside:sample:A", "farside:sample": "A", "farside:mission": "x", "farside:mass": 1, "farside:form": "powder"}
    bad: list[Any] = [good | {"farside:mass": -1}, good | {"farside:colour": "red"}, 7]
    bad += [good | {"@id": "urn:farside:sample:B"}, good | {"farside:mass": 1.5}]
    with pytest.raises(Broken) as broken:
        import_linked(json.dumps({"@context": CONTEXT, "@graph": bad}).encode(), LI)
    found = {(problem.line, problem.where) for problem in broken.value.problems}
    assert found >= {(1, "farside:mass"), (2, "colour"), (3, ""), (4, "@id"), (5, "farside:mass"), (2, "farside:sample")}
    for content in (b"{", b"\xff", b"[]", b'{"@graph": []}'):
        with pytest.raises(Broken):
            import_linked(content, LI)
    assert head().number == before
