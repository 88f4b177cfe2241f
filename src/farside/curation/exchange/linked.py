"""Samples as linked data: JSON-LD with the names of DataCite 4.5, as IGSN registers physical objects.

*Model and limits*: the context stands in the file, so that no reader asks the network. Everything of a record stands under `farside`
terms, exactly; the DataCite names tell the same to readers who know only those. Collection dates and places come from the papers of the
flight and are not read back, since the papers come with `receive`. Files of others are refused: their records do not say all that is
needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from farside.curation.exchange.records import Broken, Problem, Record, take_in
from farside.curation.exchange.tables import grams
from farside.curation.ledger import Act
from farside.curation.models import Event, Sample
from farside.curation.samples import origin

NAMES = "urn:farside:sample:"
DATACITE = "http://datacite.org/schema/kernel-4#"
OWN = ("sample", "mission", "mass", "form", "parent", "title", "tool", "portions", "depth_top_mm", "depth_bottom_mm", "grain_most_um",
       "rock_type", "rock_subtype", "pristine_bp", "purpose", "sealed", "air_exposed", "returned")  # fmt: skip
CONTEXT: dict[str, Any] = {
    "@vocab": DATACITE,
    "farside": "urn:farside:term:",
    "IsDerivedFrom": {"@id": f"{DATACITE}IsDerivedFrom", "@type": "@id"},
    **{f"farside:{name}": {"@id": f"urn:farside:term:{name}"} for name in OWN},
}


def write_linked(records: Iterable[Record]) -> str:
    """Records as JSON-LD."""
    return json.dumps({"@context": CONTEXT, "@graph": [_node(told) for told in records]}, indent=1, ensure_ascii=False) + "\n"


def import_linked(content: bytes, act: Act) -> list[Event]:
    """Such a file into the ledger, whole or not at all; `Broken` says everything that is wrong, by the number of the record."""
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_float=str)
    except UnicodeDecodeError:
        raise Broken([Problem(0, "", "this is not UTF-8")]) from None
    except ValueError as error:
        raise Broken([Problem(getattr(error, "lineno", 0), "", f"this is no JSON: {error}")]) from None
    nodes = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(nodes, list) or document.get("@context") != CONTEXT:
        raise Broken([Problem(0, "", "this is no JSON-LD that `farside lab export` wrote; samples of others come in as a table")])
    lines, problems = [], []
    for number, node in enumerate(nodes, 1):
        if not isinstance(node, dict):
            problems.append(Problem(number, "", f"{node!r} is no record"))
            continue
        own = {key.removeprefix("farside:"): value for key, value in node.items() if key.startswith("farside:")}
        if node.get("@id") != f"{NAMES}{own.get('sample')}":
            problems.append(Problem(number, "@id", f"{node.get('@id')!r} is not that of the sample {own.get('sample')!r}"))
        lines.append((number, own))
    return take_in(lines, act, {name: f"farside:{name}" for name in OWN}, problems)


def _node(told: Record) -> dict[str, Any]:
    """One sample."""
    code = told["sample"]
    node: dict[str, Any] = {"@id": f"{NAMES}{code}", "@type": "Resource", "identifier": code, "identifierType": "Other"}
    node |= {"title": told.get("title") or code, "resourceTypeGeneral": "PhysicalObject", "resourceType": told["form"]}
    node["size"] = f"{grams(told['mass'])} g"
    material = " ".join(filter(None, (told.get("rock_type"), told.get("rock_subtype"))))
    if material:
        node["subject"] = material
    if "parent" in told:
        node["IsDerivedFrom"] = f"{NAMES}{told['parent']}"
    portions = origin(Sample.objects.get(pk=code)) if told.get("portions") else []
    if portions:
        node["Collected"] = sorted({portion["collected_utc"] for portion in portions})
        node["geoLocationPlace"] = sorted({portion["site"] for portion in portions})
    return node | {f"farside:{name}": told[name] for name in OWN if name in told}
