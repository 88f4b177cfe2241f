"""The look of pictures: colours that are legible, labels that keep off each other, coast lines that are where the land is."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest

from farside.plots.drawing import AROUND, Labels, _box, _cost, drawn, note, svg_of
from farside.plots.land import lines
from farside.plots.look import COLOURS, colours_of, value
from farside.plots.site_passes import about_site


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("name", sorted(set(COLOURS) - {"card", "faint", "moon", "sun", "earth"}))
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_is_written_is_legible(name: str, dark: bool) -> None:
    one, other = sorted((brightness(COLOURS[name][dark]), brightness(COLOURS["card"][dark])))
    assert (other + 0.05) / (one + 0.05) >= 4.5  # WCAG 2.2, level AA, for type of this size


def test_every_colour_has_a_value_of_its_own() -> None:
    assert len({light for light, _ in COLOURS.values()}) == len(COLOURS)


def test_known_craft_have_their_colours_and_others_differ() -> None:
    found = colours_of(("lander", "returner", "hopper", "rover", "orbiter"), {"capsule": "returner", "frog": "hopper"})
    assert found.name("frog") == found.name("hopper")
    assert found.name("lander") == "lander"
    assert found.name("returner") == found.name("capsule") == "capsule"
    assert found.name("hopper") != found.name("rover")
    assert found.name("nobody") == "soft"


def test_labels_of_neighbours_keep_off_each_other() -> None:
    places = [(0.5, 0.5, "one", "ink"), (0.5, 0.52, "another", "ink"), (0.52, 0.5, "a third", "ink")]
    with drawn(2.0) as (figure, (axes,)):
        axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
        svg_of(figure, "labels", Labels(axes, places))
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 3
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


def test_a_place_that_covers_nothing_costs_nothing() -> None:
    room = (0.0, 0.0, 100.0, 100.0)
    box = _box(50.0, 50.0, "word", AROUND[0])
    assert _cost(box, (), (), room) == 0.0
    assert _cost(box, (box,), (), room) > 0.0
    assert _cost(box, (), (((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),), room) > 0.0
    assert _cost(_box(99.0, 50.0, "word", AROUND[0]), (), (), room) > 0.0


def test_pictures_are_parts_of_a_page() -> None:
    with drawn(1.0, 1.0, shared=True) as (figure, (upper, lower)):
        upper.plot([0, 1], [0, 1], color=value("lander"))
        note(lower, 0.5, 0.5, "here", "bad")
        svg = svg_of(figure, "name")
    assert svg.startswith('<svg viewBox="')
    assert "var(--lander)" in svg
    assert "here" in svg
    assert all(found.startswith("name-") for found in re.findall(r'id="([^"]+)"', svg))
    assert "://" not in svg


def test_coast_lines_are_where_the_land_is() -> None:
    """Cape Agulhas 34.8 S 20.0 E, Hainan's coast near Wenchang 19.6 N 111.0 E; the site in Inner Mongolia is far from any."""
    coast = np.concatenate([places for what, places in lines() if what == "coast"])
    for north, east, near in ((-34.8, 20.0, 0.8), (19.6, 111.0, 0.8)):
        assert np.hypot(coast[:, 1] - north, coast[:, 0] - east).min() < near
    assert np.hypot(coast[:, 1] - 42.3, coast[:, 0] - 111.4).min() > 3.0
    border = np.concatenate([places for what, places in lines() if what == "border"])
    assert np.hypot(border[:, 1] - 42.3, border[:, 0] - 111.4).min() < 2.0  # of China and Mongolia


def test_a_place_east_of_a_site_is_east_of_it() -> None:
    north, away = math.radians(-41.6), math.radians(1.0)
    site = np.array([math.cos(north), 0.0, math.sin(north)])
    east = math.cos(away) * site + math.sin(away) * np.array([0.0, 1.0, 0.0])
    assert about_site(np.array([site, east, -site]), site)[:2] == pytest.approx(np.array([[0.0, 0.0], [30.3231, 0.0]]), abs=1e-3)
