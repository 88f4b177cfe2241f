"""The first event of the chain. Who made this ledger does not matter; when and as which it tells among its data.

It stands before every other event in time as well, so that a history from before this ledger can be told in it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import migrations

from farside.curation.text import now_utc, sealed_text

BEFORE_ALL = "1969-07-24T00:00:00.000Z"  # when the first lunar samples reached a laboratory


def make_genesis(apps: Any, schema_editor: Any) -> None:
    Event = apps.get_model("curation", "Event")
    told = {"number": 0, "prev": None, "verb": "genesis", "at_utc": BEFORE_ALL, "actor": None, "second": None, "reason": "", "key": None}
    text, digest = sealed_text({**told, "data": {"ledger": str(uuid.uuid4()), "made_utc": now_utc()}, "postings": [], "states": {}})
    Event.objects.using(schema_editor.connection.alias).create(
        number=0, hash=digest, verb="genesis", at_utc=told["at_utc"], reason="", text=text
    )


class Migration(migrations.Migration):
    dependencies = (("curation", "0001_initial"),)
    operations = (migrations.RunPython(make_genesis, migrations.RunPython.noop),)
