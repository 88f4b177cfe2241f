"""The first event of the chain: who made this ledger does not matter, when and as which does."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import migrations

from farside.curation.text import now_utc, sealed_text


def make_genesis(apps: Any, schema_editor: Any) -> None:
    Event = apps.get_model("curation", "Event")
    told = {"number": 0, "prev": None, "verb": "genesis", "at_utc": now_utc(), "actor": None, "second": None, "reason": "", "key": None}
    text, digest = sealed_text({**told, "data": {"ledger": str(uuid.uuid4())}, "postings": [], "states": {}})
    Event.objects.using(schema_editor.connection.alias).create(
        number=0, hash=digest, verb="genesis", at_utc=told["at_utc"], reason="", text=text
    )


class Migration(migrations.Migration):
    dependencies = (("curation", "0001_initial"),)
    operations = (migrations.RunPython(make_genesis, migrations.RunPython.noop),)
