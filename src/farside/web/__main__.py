"""Django's own commands on the site: `python -m farside.web check --deploy`."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farside.web.settings")
execute_from_command_line(sys.argv)
