"""The site served to real browsers: a ledger with a history, a server in this process, people with passwords."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from farside.curation import database
from laboratory_site import HASHERS, Site, demonstration, give_passwords

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WORDS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless browser of this machine."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = os.environ.get("FARSIDE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs a browser: {', '.join(BROWSERS)}, or its path in FARSIDE_BROWSER")
    with playwright.sync_playwright() as driver, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the driver's loop runs in this thread, and nothing in it asks the database
        opened = driver.chromium.launch(executable_path=found, args=WORDS)
        yield opened
        opened.close()


def _received() -> None:
    from laboratory import receive

    receive()
    give_passwords()


def _served(store: Any, name: str, fill: Callable[[], None], browser: Any) -> Iterator[Site]:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.test import override_settings

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with override_settings(PASSWORD_HASHERS=HASHERS, ALLOWED_HOSTS=["127.0.0.1"]):
        store.template(name, fill, None)
        database.use(store.copy(name))
        server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        server.daemon_threads = True
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        site = Site(f"http://127.0.0.1:{server.server_port}", browser)
        try:
            yield site
        finally:
            for context in site.contexts:
                context.close()
            server.shutdown()
            server.server_close()
            thread.join()
            from django.db import connection

            connection.close()


@pytest.fixture
def site(store: Any, browser: Any) -> Iterator[Site]:
    """The demonstration, served."""
    yield from _served(store, "demonstration", demonstration, browser)


@pytest.fixture
def received(store: Any, browser: Any) -> Iterator[Site]:
    """A laboratory whose container has just come in, sealed, served."""
    yield from _served(store, "received", _received, browser)


@pytest.fixture
def demonstrated(store: Any) -> Iterator[str]:
    """The demonstration's ledger."""
    from django.test import override_settings

    store.template("demonstration", demonstration, None)
    database.use(store.copy("demonstration"))
    with override_settings(PASSWORD_HASHERS=HASHERS, ALLOWED_HOSTS=["testserver"]):
        yield ""
    from django.db import connection

    connection.close()


@pytest.fixture
def client(demonstrated: str) -> Any:
    """Asks the demonstration's site without a browser."""
    from django.test import Client

    return Client()


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers have the `context` of their page."""
    from django.template.base import Template
    from django.test.utils import instrumented_test_render

    monkeypatch.setattr(Template, "_render", instrumented_test_render)
