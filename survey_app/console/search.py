"""One box that looks through what the signed-in person may open; each subject adds the finder of its own things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import render_template, request, url_for
from flask_babel import gettext as _

from definitions.names import clean
from survey_app.console.frame import bp
from survey_app.console.navigation import menu_groups
from survey_app.console.permissions import EVERYONE

MOST = 20  # of a kind on the page
LONGEST = 80  # signs of what is looked for


@dataclass(frozen=True)
class Found:
    """A thing, where it is opened, and what tells it from others of its name."""

    label: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind. more: whether there is more than is shown; note: why it could not be looked for."""

    words: str
    found: Sequence[Found] = field(default_factory=tuple)
    note: str = ""

    @property
    def shown(self) -> Sequence[Found]:
        return self.found[:MOST]

    @property
    def more(self) -> bool:
        return len(self.found) > MOST


Finder = Callable[[str], Group]
_FINDERS: list[tuple[int, Finder]] = []


def finder(order: int) -> Callable[[Finder], Finder]:
    """Register a function that gives, for a text without blanks around it, at most MOST + 1 things that its reader may open."""

    def register(function: Finder) -> Finder:
        _FINDERS.append((order, function))
        return function

    return register


@bp.page("/search", "搜索", EVERYONE)
def search_page() -> str:
    """Nothing is stored or recorded of a search; what it leads to asks for its own permission again."""
    text = clean(request.args.get("q", ""))[:LONGEST]
    finders = [find for _order, find in sorted(_FINDERS, key=lambda pair: pair[0])] if text else []
    groups = [group for find in finders if (group := find(text)).found or group.note]
    return render_template("console/search.html", text=text, groups=groups, demo=False)


@finder(order=100)
def pages(text: str) -> Group:
    """Lines of the menu."""
    lines = [entry for _heading, inside in menu_groups() for entry in inside]
    found = [
        Found(entry.label, url_for(entry.endpoint)) for entry in lines if text.casefold() in entry.label.casefold()
    ]
    return Group(_("页面"), found)
