"""Contents lie beside the database under their hash, are written once, and whoever touches them is found."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from farside.curation import contents
from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head
from farside.curation.models import Attachment
from farside.curation.readings import attachments, history
from farside.curation.verify import verify

LI = Act(by="li")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def test_what_is_attached_is_read_back_and_its_content_is_no_part_of_the_event(bench: str) -> None:
    event = v.attach(LI, of="CE6-D", content=PNG, name="core.png")
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert json.loads(event.text)["data"] == {"attachment": "D000001", "content": sha256, "name": "core.png", "of": "CE6-D"}
    v.attach(LI, of="BJ-N1", kind="cabinet", content=base64.b64encode(PNG).decode(), name="core.png", media_type="image/png")
    v.attach(LI, of="CE6-D", content=b"5ouJ", name="note.txt")
    told = attachments("sample", "CE6-D")
    picture, note = ("D000001", "image/png", len(PNG)), ("D000003", "text/plain", 4)
    assert [(each["code"], each["media_type"], each["size"]) for each in told] == [picture, note]
    assert contents.read(sha256) == PNG
    path = contents.path_of(sha256)
    assert path.stat().st_mode & 0o222 == 0
    assert [file.name for file in contents.folder().rglob("*") if file.is_file() and ".part" in file.name] == []
    assert history("CE6-D")[-1].verb == "attach"
    with pytest.raises(Refused, match=r"sample CE6-D has this content already: D000001, 'core\.png'"):
        v.attach(LI, of="CE6-D", content=PNG, name="again.png")
    with pytest.raises(Refused, match="there is no attachment with the hash"):
        contents.read("0" * 64)


def test_verify_finds_contents_that_were_altered_or_removed(bench: str) -> None:
    v.attach(LI, of="CE6-D", content=PNG, name="core.png")
    v.attach(LI, of="CE6-S", content=b"%PDF-1.7 paper", name="paper.pdf")
    path, paper = contents.path_of(contents.digest(PNG)), contents.path_of(contents.digest(b"%PDF-1.7 paper"))
    path.chmod(0o644)
    path.write_bytes(PNG[:-1] + b"\x00")
    paper.rename(paper.with_suffix(".away"))
    found = [str(finding) for finding in verify().findings]
    assert [words.split(" is not in ")[0] for words in found] == [
        f"attachment D000001: its content {path.name[:16]}... was altered",
        f"attachment D000002: its content {paper.name[:16]}...",
    ]
    with pytest.raises(Refused, match="was altered; put back the one of a backup"):
        contents.read(path.name)
    with pytest.raises(Refused, match="is damaged; put back the one of a backup"):
        v.attach(LI, of="CE6-S", content=PNG, name="core.png")
    path.write_bytes(PNG)
    paper.with_suffix(".away").rename(paper)
    assert verify().sound


def test_contents_lie_beside_the_database(stocked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(contents.ENVIRONMENT, raising=False)
    name = str(connection.settings_dict["NAME"])
    assert str(contents.folder()).endswith(name.removesuffix(".sqlite3") + ".contents")


def test_the_database_refuses_an_attachment_of_nothing(bench: str) -> None:
    number = head().number + 1
    for of, size in (("CE7", 1), ("CE6-D", 0)):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO curation_attachment (code, kind, "of", name, media_type, size, sha256, event)'
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                ["D1", "sample", of, "a", "text/plain", size, "0" * 64, number],
            )
    assert not Attachment.objects.exists()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"of": "CE7"}, "there is no sample 'CE7'"),
    ({"kind": "rock"}, "kind 'rock': there is no such thing; there are person, mission"),
    ({"name": "../core.png"}, "the name of a file without its folders"),
    ({"media_type": "text/html"}, "'text/html': no type that is kept here; there are image/jpeg"),
    ({"media_type": "application/pdf"}, "this is no application/pdf; its first bytes are 89 50 4e 47"),
    ({"content": b""}, "the file is empty"),
    ({"content": b"\x7fELF\x00"}, "this is no image/jpeg or .*; its first bytes are 7f 45 4c 46 00"),
    ({"content": b"\xff\xd8\xff" + bytes(contents.LARGEST_BYTES)}, "25000003 bytes; at most 25000000"),
    ({"content": "no base64!"}, "content: write the content of the file in base64"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_kept_is_refused(bench: str, wrong: dict[str, Any], words: str) -> None:
    before = head().number
    with pytest.raises(Refused, match=words):
        v.attach(LI, **{"of": "CE6-D", "content": PNG, "name": "core.png"} | wrong)
    assert head().number == before
    assert not contents.folder().exists()
