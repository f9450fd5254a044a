"""A real browser against the real application, for the journeys of the console: served in this process, on SQLite."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_security import hash_password
from werkzeug.serving import make_server

from survey_app.app import create_app
from survey_app.models import User, db
from survey_app.people.accounts import create_account
from tests.support.application import SETTINGS, absent, change
from tests.support.people import PASSWORD
from tests.support.stored import Fill, this_run

SHELL = Path("/usr/lib/chromium/chromium-headless-shell")  # the same engine without windows: a third less to compute
CHROMIUM = str(SHELL) if SHELL.exists() else "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
MOST_PAGES = 30
FOUND = """asked => axe.run(document, asked).then(
    told => told.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"""  # not all that it passed


@dataclass(frozen=True)
class Desk:
    """The running application and the browser. Names and roles of accounts: see `account`."""

    base: str
    app: Flask
    browser: Any

    def account(self, name: str, role: str, area: str = "", department: str = "") -> None:
        """Make an account that needs no first change of its password, which is PASSWORD."""
        with self.app.app_context():
            create_account(name, role, area, department)
            user = db.session.query(User).filter_by(username=name).one()
            user.password, user.must_change_password = hash_password(PASSWORD), False
            db.session.commit()

    def page(self, name: str = "", language: str = "zh", size: dict[str, int] | None = None) -> Any:
        """A page of its own context, signed in as `name`. It fails on any request to the network outside."""
        context = self.browser.new_context(viewport=size or WIDE, locale="zh-CN")
        page = context.new_page()
        page.on("request", lambda request: _stay(request.url, self.base))
        if language == "en":
            page.goto(f"{self.base}/console/language/en")
        if name:
            page.goto(f"{self.base}/console/sign-in")
            page.fill("input[name=username]", name)
            page.fill("input[name=password]", PASSWORD)
            page.click("main form button")
            page.wait_for_url("**/console/**")
        return page


def turn_to(page: Any, selector: str) -> None:
    """Turn a citizen's form to the page where `selector` stands: forward, and from the last page once from the start."""
    if page.locator("#next").is_hidden():
        while page.locator("#back").is_visible() and not page.locator(selector).first.is_visible():
            turn(page, "#back")
    for _ in range(MOST_PAGES):
        if page.locator(selector).first.is_visible():
            return
        turn(page, "#next")
    raise AssertionError(f"no page shows {selector}: {page.locator('.error').all_inner_texts()}")


def turn(page: Any, button: str) -> None:
    """Press a button that turns the form, and wait until another page stands: without script it comes from the server."""
    from playwright.sync_api import expect

    stood = page.locator("#pages").inner_text()
    page.click(button)
    expect(page.locator("#pages")).not_to_have_text(stood)
    expect(page.locator("form.turning")).to_have_count(0)  # rows below the screen come after the first frame


def send(page: Any) -> None:
    """Turn to the last page of the form and send it."""
    turn_to(page, "#send")
    page.click("#send")


def fill(page: Any) -> None:
    """Answer what the library's questionnaire asks for, page by page."""
    page.select_option("select[name=home]", index=1)
    for name, value in (("age", "30-44"), ("overall", "4"), ("sex", "female")):
        turn_to(page, f"input[name={name}]")
        page.check(f"input[name={name}][value='{value}']")


@contextmanager
def desk(folder: Path, fill: Fill) -> Iterator[Desk]:
    """Serve an application on a copy of the database that `fill` has filled, with Chromium beside it."""
    browser = shared_chromium()
    url = this_run().on_sqlite(fill, folder / "desk.sqlite3")
    app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    change(app, public_url=base)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Desk(base, app, browser)
    server.shutdown()


@cache
def shared_chromium() -> Any:
    """One Chromium for all tests of this process; each takes contexts of its own."""
    if not Path(CHROMIUM).exists():
        absent("Chromium")
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    atexit.register(playwright.stop)
    atexit.register(browser.close)  # runs first
    return browser


def axe_script() -> str:
    """axe-core itself, for `add_init_script` where every page that is opened will be looked at."""
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script


def violations(page: Any, words: bool = False) -> list[str]:
    """What axe-core finds on the page, each with its first element. words: of what differs by language, so not the colours."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_script())
    asked = {"resultTypes": ["violations"]}
    if words:
        asked |= {"rules": {"color-contrast": {"enabled": False}}, "preload": False}
    return page.evaluate(FOUND, asked)


def _stay(url: str, base: str) -> None:
    assert url.startswith((base, "data:", "blob:")), f"a page asked the network outside: {url}"
