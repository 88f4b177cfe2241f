"""Which address is what: the interface for programs under `/api/`, pages for people everywhere else."""

from __future__ import annotations

from django.urls import include, path

from farside.web.api import api
from farside.web.pages import errors

urlpatterns = [path("api/", api.urls), path("", include("farside.web.pages.urls"))]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
