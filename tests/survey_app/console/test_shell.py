"""The console's frame: the menu shows what a person may open, figures leave as files."""

from __future__ import annotations

import re
from pathlib import Path

from survey_app.console.navigation import GROUPS, entries
from survey_app.console.permissions import ROUTES
from tests.support.city import simulated_city
from tests.support.people import client_of
from tests.support.stored import begins_with

pytestmark = begins_with(simulated_city)

SHELL = Path(__file__).parents[3] / "survey_app"
TEMPLATES = SHELL / "console" / "templates" / "console"


def test_the_menu_shows_only_what_the_matrix_opens(sqlite_app, desk):
    assert "/console/audit" in desk.get("/console/").get_data(as_text=True)
    other = client_of(sqlite_app, "evaluator")
    assert "/console/audit" not in other.get("/console/").get_data(as_text=True)


def test_every_place_of_the_menu_opens_for_an_administrator(desk):
    for entry in [entry for group in GROUPS for entry in entries(group)]:
        with desk.application.test_request_context():
            from flask import url_for

            address = url_for(entry.endpoint)
        assert desk.get(address).status_code == 200, address


def test_every_entry_of_the_menu_stands_in_a_known_group():
    menus = [(name, route.menu) for name, route in ROUTES.items() if route.menu]
    assert len(menus) >= 16
    assert [name for name, menu in menus if menu.group not in GROUPS] == []
    assert len({(menu.group, menu.place) for _, menu in menus}) == len(menus)


def test_the_frame_hides_nothing_that_a_page_is_given():
    """What base.html sets has a name that no view gives to its page: a name set there wins over the page's own."""
    own = set(re.findall(r"{% set (\w+) =", (TEMPLATES / "base.html").read_text(encoding="utf-8")))
    views = "".join(path.read_text(encoding="utf-8") for path in SHELL.glob("*/pages/*.py"))
    assert {name for name in own if re.search(rf"\b{name}=", views)} == set()


def test_styles_and_scripts_are_kept_until_their_content_changes(desk):
    found = set(re.findall(r'"(/console/static/[^"]+)"', desk.get("/console/").text))
    assert len(found) >= 5
    for address in found:
        assert "immutable" in desk.get(address).headers["Cache-Control"]
        plain = address.partition("?")[0]
        for other in (plain, f"{plain}?v=000000000000", f"{plain}?v="):
            assert "immutable" not in desk.get(other).headers["Cache-Control"]
    assert "immutable" not in desk.get("/console/static/none.css?v=").headers.get("Cache-Control", "")
