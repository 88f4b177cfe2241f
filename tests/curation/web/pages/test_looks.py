"""Every page in a real browser at the widths of a telephone, a laptop and a wall: nothing overflows, nothing shuts anybody out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from farside.curation import verbs
from farside.curation.ledger import Act
from laboratory_site import Site

WIDTHS = {"telephone": 390, "laptop": 1280, "wall": 2560}
PAGES = {
    None: ("/sign-in", "/catalogue", "/catalogue/CE6-S-RES", "/catalogue/policy"),
    "li.wei": (
        "/bench", "/samples", "/samples/at/CE6-S-RES", "/samples/core/CE6-D", "/samples/proof/CE6-S-RES", "/vaults", "/vaults/N1",
        "/rounds",
        "/rounds/R1", "/rounds/proposals/R1-P1", "/loans", "/loans/L1", "/audit", "/audit/20", "/labels?code=CE6-D",
        "/do/split?sample=CE6-S-RES",
        "/do/weigh?sample=CE6-S-RES", "/do/receive", "/do/take_stock?cabinet=N1", "/flights/change6/drill-001", "/go?code=nothing",
        "/password",
    ),
    "smith": ("/rounds", "/rounds/R2", "/rounds/proposals/R1-P1", "/loans", "/loans/L2", "/do/apply?call=R2"),
    "zhao.min": ("/rounds/R2", "/rounds/proposals/R2-P1", "/do/review?proposal=R2-P1"),
    "audit": ("/audit", "/samples/at/CE6-D-04"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_every_page_fits(site: Site, width: int) -> None:
    """Screenshots are kept where SCREENSHOTS names a folder."""
    kept = os.environ.get("SCREENSHOTS")
    for person, pages in PAGES.items():
        page = site.open(person, viewport={"width": width, "height": 900})
        for address in pages:
            answer = page.goto(address)
            assert answer.status == (404 if "nothing" in address else 200), address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} is wider than {width}"
            small = page.evaluate(SMALL_TARGETS)
            assert not small, f"{address}: too small for gloves: {small}"
            if kept:
                name = f"{address.strip('/').replace('/', '_').split('?')[0] or 'home'}-{person or 'public'}-{width}.png"
                page.screenshot(path=str(Path(kept) / name), full_page=True)
    assert not site.complaints


SMALL_TARGETS = """() => [...document.querySelectorAll('button, a.button, input:not([type=hidden]):not([type=checkbox]), select, nav a')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(site: Site, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe").Axe()
    for person, pages in PAGES.items():
        page = site.open(person, color_scheme=scheme)
        for address in pages:
            page.goto(address)
            found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
            assert not [_told(address, each) for each in found if each["impact"] in ("serious", "critical")]


def _told(address: str, violation: dict[str, Any]) -> str:
    return f"{address}: {violation['id']}: {violation['nodes'][0]['html'][:160]}"


def test_pages_are_read_and_filled_in_without_script(site: Site) -> None:
    page = site.open("li.wei", java_script_enabled=False)
    page.goto("/do/split?sample=CE6-S-RES")
    page.fill("[name=parts-0-mass]", "2 mg")
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    assert "Done" in page.inner_text(".note.success")
    page.goto("/samples/core/CE6-D")
    assert "CE6-D-01" in page.inner_text("main")


def test_chinese(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/samples/at/CE6-S-RES")
    page.click("text=中文")
    page.goto("/samples/at/CE6-S-RES")
    assert page.get_attribute("html", "lang") == "zh-hans"
    assert "谱系" in page.inner_text("main")
    assert "年" in page.locator("time").first.inner_text()


def test_slash_goes_to_the_scan_box_and_a_code_opens_its_card(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/bench")
    page.keyboard.press("/")
    page.keyboard.type("ce6-d-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**/samples/at/CE6-D-01")


def test_the_bench_follows_what_others_do(site: Site) -> None:
    """As every minute; not while somebody is in the list, and when the session has ended the page asks to sign in."""
    page = site.open("li.wei")
    page.goto("/bench")
    verbs.take_stock(Act(by="wang.fang"), cabinet="V1", scanned=[])
    assert "discrepancies" not in page.inner_text("#waits")
    page.focus("#waits a")
    page.evaluate("htmx.trigger('#waits', 'afresh')")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("htmx.trigger('#waits', 'afresh')")
    page.wait_for_selector("#waits >> text=V1: 2 discrepancies of stock")
    page.wait_for_selector("#waits >> text=Take back a loan")
    page.context.clear_cookies()
    page.evaluate("htmx.trigger('#waits', 'afresh')")
    page.wait_for_url(lambda address: address.endswith("/sign-in?next=%2Fbench"))


def test_a_scanner_opens_a_card_from_anywhere(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/vaults")
    page.keyboard.type("CE6-D-02")
    page.keyboard.press("Enter")
    page.wait_for_url("**/samples/at/CE6-D-02")


def test_an_inventory_lists_the_loans_that_are_out(site: Site) -> None:
    page = site.open("ito")
    page.goto("/do/inventory")
    assert page.input_value("[name=loans-0-loan]") == "L3"
    assert page.is_checked("[name=loans-0-there]")
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator(".note.success").wait_for()


def test_the_balance_closes_as_one_types(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/do/dissect?sample=CE6-D-02")
    box = page.locator(".balance")
    assert "left to account for" in box.inner_text()
    whole = int(box.get_attribute("data-balance"))
    page.fill("[name=intervals-0-mass]", f"{whole - 5} ug")
    page.fill("[name=lost]", "5 ug")
    assert "closes" in box.inner_text()
    page.fill("[name=lost]", "0.3 ug")
    assert "cannot be read" in box.inner_text()
