"""A page of the console is declared in one place: its address, what it is for, who may open it, its line in the menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint
from flask_babel import lazy_gettext

from survey_app.console.permissions import ROUTES, FindOwner, Menu, Permission, Route

View = TypeVar("View", bound=Callable[..., Any])


class Console(Blueprint):
    """The console's blueprint; `page`, `action` and `form` declare a route, and the page of permissions lists them.

    rule: the address below /console. words: what the route is for, in Chinese, with their English in the catalogue.
    may: role -> scope. of: who owns what the address names, where it names something. menu: its line there.
    """

    def page(
        self, rule: str, words: str, may: Permission, *, of: FindOwner | None = None, menu: Menu | None = None
    ) -> Callable[[View], View]:
        """A page that is only looked at."""
        return self._declared(rule, ["GET"], Route(lazy_gettext(words), may, of, menu))

    def action(self, rule: str, words: str, may: Permission, *, of: FindOwner | None = None) -> Callable[[View], View]:
        """What a button or a form of another page sends."""
        return self._declared(rule, ["POST"], Route(lazy_gettext(words), may, of))

    def form(
        self, rule: str, words: str, may: Permission, *, of: FindOwner | None = None, menu: Menu | None = None
    ) -> Callable[[View], View]:
        """A page whose form is sent to its own address."""
        return self._declared(rule, ["GET", "POST"], Route(lazy_gettext(words), may, of, menu))

    def _declared(self, rule: str, methods: list[str], route: Route) -> Callable[[View], View]:
        def declare(view: View) -> View:
            endpoint = f"{self.name}.{view.__name__}"
            if endpoint in ROUTES:
                raise ValueError(f"two pages of the console are called {view.__name__}")
            ROUTES[endpoint] = route
            self.add_url_rule(rule, view_func=view, methods=methods)
            return view

        return declare
