"""The report in a browser: nothing is fetched, nothing overflows a telephone, the views in three dimensions move."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {"telephone": 390, "laptop": 1280}
LOADED = "document.getElementById('scene-open').hidden || document.getElementById('scene-state').textContent.startsWith('This')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless browser of this machine."""
    found = os.environ.get("FARSIDE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs a browser: {', '.join(BROWSERS)}, or its path in FARSIDE_BROWSER")
    with playwright.sync_playwright() as driver:
        words = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # WebGL without a graphics card
        opened = driver.chromium.launch(executable_path=found, args=words)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


class Seen:
    """A page that was opened, what it asked for, and what it complained of."""

    def __init__(self, browser: Any, file: Path, **how: Any) -> None:
        self.page = browser.new_page(**how)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.goto(file.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_it_fits_and_is_legible(browser: Any, file: Path, width: int, scheme: str) -> None:
    fits(browser, file, width, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_the_report_of_an_entry_fits_too(browser: Any, entry_page: str, tmp_path: Path, width: int, scheme: str) -> None:
    (tmp_path / "report.html").write_text(entry_page, encoding="utf-8")
    fits(browser, tmp_path / "report.html", width, scheme)


def fits(browser: Any, file: Path, width: int, scheme: str) -> None:
    """Nothing overflows, nothing is asked for, colours are the reader's, type can be read, no label leaves its picture."""
    seen = Seen(browser, file, viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.asked == [file.as_uri()]
    assert not seen.errors
    dark = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(int(part) for part in dark.removeprefix("rgb(").removesuffix(")").split(",")) < 100) == (scheme == "dark")
    sizes = seen.page.evaluate(
        "[...document.querySelectorAll('figure > svg text')].map(t => { const m = t.getScreenCTM();"
        " return parseFloat(getComputedStyle(t).fontSize) * Math.hypot(m.a, m.b) })"
    )
    assert min(sizes) >= 8.5, "type of a picture, in pixels"
    outside = seen.page.evaluate(
        "[...document.querySelectorAll('figure > svg')].flatMap(s => { const b = s.getBoundingClientRect();"
        " return [...s.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();"
        " return r.left < b.left - 6 || r.right > b.right + 6 || r.top < b.top - 6 || r.bottom > b.bottom + 6 }).map(t => t.textContent) })"
    )
    assert not outside, "labels beyond the edge of their picture"
    seen.page.close()


@pytest.mark.slow
def test_the_views_open_and_move(browser: Any, file: Path) -> None:
    seen = Seen(browser, file, viewport={"width": 390, "height": 844})
    if seen.page.query_selector("#three-d") is None:
        assert "scene-data" not in file.read_text(encoding="utf-8")
        return
    seen.page.click("#scene-open")
    seen.page.wait_for_function(LOADED, timeout=120_000)
    assert not seen.page.text_content("#scene-state"), seen.page.text_content("#scene-state")
    for slider, said in zip(seen.page.query_selector_all(".slider input"), seen.page.query_selector_all("#scenes output"), strict=True):
        before = said.text_content()
        slider.evaluate("e => { e.value = e.max; e.dispatchEvent(new Event('input')) }")
        seen.page.wait_for_timeout(500)
        assert said.text_content() > before  # a later UTC
    assert seen.page.query_selector_all(".scene canvas")
    assert seen.asked == [file.as_uri()]
    assert not seen.errors
    seen.page.close()


def test_it_prints(browser: Any, file: Path, tmp_path: Path) -> None:
    seen = Seen(browser, file, color_scheme="dark")
    paper = seen.page.pdf(path=str(tmp_path / "report.pdf"), format="A4")
    assert paper.startswith(b"%PDF")
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"  # ink on white, whatever the reader's scheme
    shown = "getComputedStyle(document.querySelector('{}')).display"
    assert seen.page.evaluate(shown.format("nav")) == "none"
    seen.page.close()
