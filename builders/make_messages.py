"""Write what the laboratory's site says in Chinese: collects the words of templates and code, keeps `django.po`, compiles `django.mo`.

    python builders/make_messages.py            # renew the .po (new words come without a translation) and compile the .mo
    python builders/make_messages.py --missing  # list what has no translation yet

The .po is edited by hand; tests fail when a word has no translation, when one is left over, and when the .mo is not that of the .po.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[1] / "src" / "farside" / "web"
PO = WEB / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)  # so that the .mo is the same whenever it is made

Word = str | tuple[str, ...]


def words() -> Iterator[Word]:
    """Every word that is translated, by file and line; one that counts comes with its plural."""
    from django.utils.translation.template import templatize

    for path in sorted(WEB.rglob("*.py")):
        yield from _of_python(path.read_text("utf-8"))
    for path in sorted((WEB / "templates").rglob("*.html")):
        yield from _of_python(templatize(path.read_text("utf-8")))
    yield from _of_verbs()


def _of_verbs() -> Iterator[Word]:
    """What the forms of verbs explain."""
    from farside.curation import database

    database.set_up()
    from farside.curation.verbs import VERBS
    from farside.web.words import first_paragraph

    yield from (first_paragraph(verb.about) for verb in VERBS.values() if "founder" not in verb.roles)


def _of_python(source: str) -> Iterator[Word]:
    found = extract_python(io.BytesIO(source.encode("utf-8")), list(KEYWORDS), [], {"encoding": "utf-8"})
    for _, function, told, _ in found:
        if function == "ngettext":
            yield tuple(told[:2])
        elif isinstance(told, (str, tuple)) and (word := told if isinstance(told, str) else told[0]):
            yield word  # a call without a text of its own is of words told elsewhere


def catalogue() -> Catalog:
    """The translations that are kept."""
    with PO.open("rb") as file:
        kept = read_po(file, locale="zh_Hans")
    kept.creation_date = kept.revision_date = UNDATED
    return kept


def renewed(kept: Catalog) -> Catalog:
    """The words of today, in their order, with the translations that are kept."""
    fresh = Catalog(locale="zh_Hans", project="farside", charset="utf-8", fuzzy=False)
    for word in words():
        key = word if isinstance(word, str) else word[0]
        before = kept.get(key)
        fresh.add(word, string=before.string if before is not None else None, flags=before.flags if before is not None else ())
    return fresh


def missing(catalog: Catalog) -> list[str]:
    """Words without a translation."""
    return [
        str(message.id)
        for message in catalog
        if message.id and not any(message.string if isinstance(message.string, tuple) else (message.string,))
    ]


def compiled(catalog: Catalog) -> bytes:
    """The .mo of a catalogue."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def po_of(catalog: Catalog) -> bytes:
    """The .po of a catalogue, without dates and places, which would change with every edit."""
    file = io.BytesIO()
    write_po(file, catalog, width=140, no_location=True, omit_header=False, sort_output=False)
    lines = file.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', "#"))]
    return "".join(kept).lstrip("\n").encode("utf-8")


def main() -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    kept = catalogue() if PO.is_file() else Catalog(locale="zh_Hans")
    fresh = renewed(kept)
    if "--missing" in sys.argv:
        print("\n".join(missing(fresh)))
        return
    PO.write_bytes(po_of(fresh))
    PO.with_suffix(".mo").write_bytes(compiled(catalogue()))
    print(f"{PO}: {len(fresh)} words, {len(missing(fresh))} without a translation")


if __name__ == "__main__":
    main()
