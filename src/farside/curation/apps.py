"""The laboratory as Django knows it: its rules are taken away before every migration and put back after it."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class CurationConfig(AppConfig):
    name = "farside.curation"
    label = "curation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from farside.curation import database, rules

        connection_created.connect(database.prepare, dispatch_uid="curation.prepare")
        pre_migrate.connect(rules.uninstall_before, sender=self, dispatch_uid="curation.uninstall")
        post_migrate.connect(rules.install_after, sender=self, dispatch_uid="curation.install")
