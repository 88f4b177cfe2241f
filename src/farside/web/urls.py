"""Which address is what."""

from __future__ import annotations

from django.urls import path

from farside.web import problems
from farside.web.api import api

urlpatterns = [path("api/", api.urls)]
handler400 = problems.bad_request
handler403 = problems.forbidden
handler404 = problems.not_found
handler500 = problems.broken
