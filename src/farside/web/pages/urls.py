"""The addresses of the pages; codes may hold slashes, so that they come last."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView, PasswordChangeDoneView, PasswordChangeView
from django.urls import include, path

from farside.web.pages import acting, audit, bench, catalogue, documents, flight, labels, loans, rounds, sample, session, vaults

urlpatterns = [
    path("", session.home, name="home"),
    path("go", session.go, name="go"),
    path("sign-in", session.SignIn.as_view(), name="login"),
    path("sign-out", LogoutView.as_view(next_page="home"), name="logout"),
    path("password", PasswordChangeView.as_view(template_name="web/password.html", success_url="/password/done"), name="password_change"),
    path("password/done", PasswordChangeDoneView.as_view(template_name="web/password_done.html"), name="password_change_done"),
    path("language/", include("django.conf.urls.i18n")),
    path("bench", bench.bench, name="bench"),
    path("do/<slug:verb>", acting.act, name="act"),
    path("samples", sample.samples, name="samples"),
    path("samples/core/<path:code>", sample.core, name="core"),
    path("samples/proof/<path:code>", audit.proof, name="proof"),
    path("samples/at/<path:code>", sample.sample, name="sample"),
    path("attachments/<path:code>", documents.attachment, name="attachment"),
    path("flights/<str:mission>/<str:portion>", flight.collected, name="collected"),
    path("vaults", vaults.vaults, name="vaults"),
    path("vaults/slots/<path:code>", vaults.slot, name="slot"),
    path("vaults/<path:code>", vaults.cabinet, name="cabinet"),
    path("rounds", rounds.rounds, name="rounds"),
    path("rounds/proposals/<path:code>", rounds.proposal, name="proposal"),
    path("rounds/<path:code>", rounds.round_, name="round"),
    path("loans", loans.loans, name="loans"),
    path("loans/paper/<path:code>", loans.paper, name="paper"),
    path("loans/<path:code>", loans.loan, name="loan"),
    path("catalogue", catalogue.catalogue, name="catalogue"),
    path("catalogue.csv", catalogue.catalogue_csv, name="catalogue_csv"),
    path("catalogue/policy", catalogue.policy, name="policy"),
    path("catalogue/jsonld/<path:code>", catalogue.catalogue_jsonld, name="catalogue_jsonld"),
    path("catalogue/<path:code>", catalogue.catalogue_sample, name="catalogue_sample"),
    path("audit", audit.audit, name="audit"),
    path("audit/verify", audit.verify, name="verify"),
    path("audit/annual", loans.annual, name="annual"),
    path("audit/<int:number>", audit.event, name="event"),
    path("labels", labels.labels, name="labels"),
]
