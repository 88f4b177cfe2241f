"""What a mission stands on: every number of its file, the models that it uses and no others, works that texts name, BibTeX."""

import re
from pathlib import Path

import bibtexparser
import pytest

import farside as fs
from farside.mission import from_text
from farside.products.citation import citation_bibtex, citation_lines, citation_record, cite
from farside.products.models import MODELS
from farside.products.references import REFERENCES
from landing_text import CHANGE3

CHECKOUT = Path(__file__).parents[2]
SEEN_THROUGH = {("Hemingway", "1981"), ("Wu", "2021"), ("Okabe", "2008")}
"""Named, and not stood on: as cited by Hayne et al., a check, and colours."""
NAMED = re.compile(r"\b([A-Z][A-Za-zø]+)(?:,? [A-Z][A-Za-z]+| & [A-Z][A-Za-z]+|,| et al\.)* \(?((?:19|20)\d\d)\b")
NO_NAMES = {"Ga", "Para", "US", "CGPM", "SI", "The", "U", "IAU", "May", "June", "July", "Standard"}
"""Words before a year that are nobody's."""


@pytest.fixture(scope="module")
def change6():
    return cite(fs.load(CHECKOUT / "missions" / "change6.toml"))


def test_every_number_of_the_file_is_told_with_what_stands_there(change6):
    text = (CHECKOUT / "missions" / "change6.toml").read_text(encoding="utf-8")
    assert len(change6.numbers) == len(re.findall(r"\bsource = ", re.sub(r"^#.*", "", text, flags=re.MULTILINE)))
    assert len(change6.assumed) == sum(number.source.startswith("assumed") for number in change6.numbers)
    told = {number.key: number for number in change6.numbers}
    assert told["sites.landing.latitude"].value == "-41.6385 deg" and not told["sites.landing.latitude"].assumed
    assert told["hand_over.duration"].value == "36 min", "phases by their names"
    lines = citation_lines(change6)
    assert all(any(line == f"    {n.key} = {n.value}" for line in lines) for n in change6.numbers)
    assert lines.index("numbers with a source") < lines.index("assumptions") < lines.index("models") < lines.index("references")


def whats(text):
    return [model.what for model in cite(from_text(text)).models]


def test_models_are_those_that_a_mission_uses():
    page = (CHECKOUT / "docs" / "mission_file.md").read_text(encoding="utf-8")
    smallest = re.search(r'^```toml\n(\[mission\]\nname = "smallest".*?)^```', page, re.DOTALL | re.MULTILINE)
    road, landing = whats(smallest[1]), whats(CHANGE3)
    assert {"motion", "planning of the road"} <= set(road) and "descent guidance" not in road
    assert {"motion", "descent guidance", "ground of the landing"} <= set(landing) and "planning of the road" not in landing
    assert not {"air", "heating", "launch guidance", "sunlight", "parachutes"} & {*road, *landing}
    precise = cite(from_text(CHANGE3.replace('"de421"', '"de440"')))
    assert not {"folkner2009", "archinal2011"} & {work.key for work in precise.references}


def test_the_whole_chain_uses_nearly_all(change6):
    unused = [(model.what, model.how) for model in MODELS if model not in change6.models]
    assert [what for what, _ in unused] == [
        "Earth, Moon, Sun", "figure of the Moon", "sunlight", "axes of the Moon", "air", "wind",
    ]  # fmt: skip
    assert {table.name for table in change6.tables} >= {"change_returner", "conical_ribbon", "ringsail"}
    assert all(table.source for table in change6.tables)


def test_every_work_is_used_and_every_model_follows_known_ones():
    followed = {key for model in MODELS for key in model.after}
    assert followed == set(REFERENCES)
    assert [work.short for work in map(REFERENCES.get, ("park2021", "hairer1993", "clohessy1960", "pines1973"))] == [
        "Park et al. 2021", "Hairer, Nørsett & Wanner 1993", "Clohessy & Wiltshire 1960", "Pines 1973",
    ]  # fmt: skip


def test_every_work_that_a_text_names_is_in_the_table():
    """Names with years in docstrings, comments and docs/model.md; the first author's name and the year say which."""
    known = {(work.authors[0].partition(",")[0].replace("ø", "o"), str(work.year)) for work in REFERENCES.values()}
    pages = [*(CHECKOUT / "src" / "farside").rglob("*.py"), CHECKOUT / "docs" / "model.md"]
    found = {}
    for page in pages:
        for line in page.read_text(encoding="utf-8").splitlines():
            for name, year in NAMED.findall(line):
                if name not in NO_NAMES and page.name != "references.py":
                    found[name, year] = f"{page.name}: {line.strip()[:120]}"
    assert len(found) > 35
    unknown = {named: where for named, where in found.items() if named not in known | SEEN_THROUGH}
    assert not unknown, "not in products/references.py:\n" + "\n".join(f"{named}: {where}" for named, where in unknown.items())


def test_another_reader_reads_the_bibtex(change6):
    library = bibtexparser.parse_string(citation_bibtex(change6))
    assert not library.failed_blocks
    entries = library.entries_dict
    assert set(entries) >= {"farside", *(work.key for work in change6.references)}
    assert len(entries) == len(library.entries), "no key twice"
    park = entries["park2021"].fields_dict
    assert (park["journal"].value, park["volume"].value, park["pages"].value) == ("Astronomical Journal", "161", "105")
    assert park["author"].value.count(" and ") == 3
    assert entries["hayne2017"].fields_dict["author"].value.endswith("and others")
    assert entries["us1976"].fields_dict["author"].value == "{National Oceanic and Atmospheric Administration}"
    notes = " ".join(one.fields_dict["note"].value for key, one in entries.items() if key.startswith("change6"))
    for number in change6.numbers:
        assert number.key.replace("_", r"\_") in notes
    assert entries["change6-assumed"].fields_dict["title"].value == "{assumptions of the mission change6}"


def test_the_record_is_plain(change6):
    record = citation_record(change6)
    assert record["numbers"][0] == {
        "key": "sites.launch.latitude", "value": "19.614 deg", "source": change6.numbers[0].source, "assumed": change6.numbers[0].assumed,
    }  # fmt: skip
    assert set(record["references"]) == {work.key for work in change6.references}
    assert all(key in record["references"] for model in record["models"] for key in model["references"])


def test_files_of_the_users_are_named():
    text = CHANGE3 + '\n[terrain]\nfile = "shelf"\n'
    citation = cite(from_text(text))
    assert citation.files == ("shelf (terrain)",)
    assert "  shelf (terrain)" in citation_lines(citation)
    assert "ground of the landing" not in [model.what for model in citation.models]
