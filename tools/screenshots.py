"""Make docs/images: a demonstration city is loaded in a temporary folder, served, and photographed in Chromium.

make screenshots        (needs Chromium; nothing of the running installation is touched)
python tools/screenshots.py phone        makes that one alone
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parents[1] / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
PASSWORD = "only-for-the-pictures-1"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MINYI_INSTANCE=folder, MINYI_PUBLIC_URL="http://127.0.0.1:8000")
        os.environ.pop("DATABASE_URL", None)
        from werkzeug.serving import make_server

        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        app, places = _city()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _photograph(f"http://127.0.0.1:{server.server_port}", places)
        server.shutdown()


def _city() -> tuple[Any, dict[str, str]]:
    """The application over a demonstration with a trial run, and the addresses of what is photographed."""
    from flask_security import hash_password
    from sqlalchemy import select

    from survey_app import demo
    from survey_app.app import create_app
    from survey_app.database import upgrade
    from survey_app.models import Site, User, db
    from survey_app.people.accounts import create_administrator
    from survey_app.scoring.final_runs import make_run
    from survey_app.values.periods import current_period

    app = create_app()
    app.config["SESSION_COOKIE_SECURE"] = False
    with app.app_context():
        upgrade(db.engine)
        run = demo.load(3000, lambda *_told: None).estimate_run
        trial = make_run("trial", run.survey.city, run, current_period())
        create_administrator("演示员")
        user = db.session.scalars(select(User)).one()
        user.password, user.must_change_password = hash_password(PASSWORD), False
        db.session.commit()
        code = db.session.scalar(select(Site.code).order_by(Site.id))
        places = {
            "site": f"/s/{code}",
            "problem": f"/p/{run.survey.code}",
            "home": "/console/",
            "fieldwork": f"/console/surveys/{run.survey.code}/fieldwork",
            "estimate": f"/console/estimates/{run.id}",
            "values": "/console/values",
            "assessment": "/console/assessment/" + run.survey.city.code,
            "score": f"/console/scores/{run.scoring_runs[0].id}",
            "final": f"/console/final/{trial.id}",
            "tickets": "/console/tickets",
        }
        db.session.remove()
    return app, places


def _photograph(base: str, places: dict[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        phone = browser.new_context(viewport=PHONE).new_page()
        for name, address in (
            ("phone", places["site"]),
            ("phone-large", places["site"] + "?lang=en&size=large"),
            ("phone-problem", places["problem"]),
        ):
            _take(phone, base + address, name)
        desk = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
        desk.goto(f"{base}/console/")
        desk.fill("input[name=username]", "演示员")
        desk.fill("input[name=password]", PASSWORD)
        desk.click("main form button")
        desk.wait_for_url("**/console/**")
        for name in ("home", "fieldwork", "estimate", "values", "assessment", "score", "final", "tickets"):
            _take(desk, base + places[name], name)
        browser.close()


def _take(page: Any, address: str, name: str) -> None:
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        return
    reply = page.goto(address)
    if reply is None or reply.status != 200:
        sys.exit(f"{address} answered {reply.status if reply else 'nothing'}")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
