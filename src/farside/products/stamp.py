"""When a file was made, for the headers that want it."""

from __future__ import annotations

import datetime
import os


def created_utc() -> str:
    """Now, for the headers that want it; `SOURCE_DATE_EPOCH` (seconds since 1970) instead, where files must repeat to the byte."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now(datetime.UTC) if seconds is None else datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
    return now.strftime("%Y-%m-%dT%H:%M:%S") + "Z"
