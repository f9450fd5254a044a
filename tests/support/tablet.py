"""An interviewer with a tablet, in a browser of its own whose network, clock, storage and life the test holds."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from survey_app.answering.devices import make_device, pin_of, signed
from survey_app.models import Response, Site, db
from tests.support.browser import CHROMIUM, FLAGS, PHONE, Desk, shared_chromium
from tests.support.waiting import until

SERVICE_NAME = "tablet.test"  # leads to this machine and is no localhost, so it needs https
EVERYTHING_HELD = """async at => {
  const base = await new Promise(done => { const asked = indexedDB.open("minyi " + at); asked.onsuccess = () => done(asked.result); });
  const held = await new Promise(done => { const asked = base.transaction("held").objectStore("held").getAll(); asked.onsuccess = () => done(asked.result); });
  base.close();
  return held.map(one => ({ state: one.state, sealed: !!one.sealed, plain: new TextDecoder().decode((one.sealed || {}).body || new Uint8Array()) }));
}"""


FILL_UP = """async at => {
  const base = await new Promise(done => { const asked = indexedDB.open("minyi " + at); asked.onsuccess = () => done(asked.result); });
  let size = 1 << 20, number = 0;
  while (size > 64) {  // until not even a line of text fits
    const work = base.transaction("about", "readwrite"), name = "filling " + number;
    number += 1;
    work.objectStore("about").put(crypto.getRandomValues(new Uint8Array(Math.min(size, 65536))).toString().repeat(Math.max(1, size >> 18)), name);
    if (!await new Promise(done => { work.oncomplete = () => done(true); work.onabort = () => done(false); })) { size = size >> 1; }
  }
  base.close();
}"""


class Tablet:
    """One link at one site, opened in a persistent browser under `folder`."""

    def __init__(self, desk: Desk, folder: Path, code: str = "aaa2222") -> None:
        self.desk, self.folder, self.context = desk, folder, None
        with desk.app.app_context():
            site = db.session.scalars(select(Site).where(Site.code == code)).one()
            device = make_device(site, folder.name[:60], 9, "anna")
            db.session.commit()
            self.number, self.at, self.pin = device.id, f"/t/{signed(device)}", pin_of(device.id)

    def start(self, base: str = "") -> Any:
        """Open the browser and its start; gives the page, before the PIN."""
        self.context = shared_chromium().browser_type.launch_persistent_context(
            self.folder, executable_path=CHROMIUM, viewport=PHONE, locale="zh-CN",
            args=[*FLAGS, f"--host-resolver-rules=MAP {SERVICE_NAME} 127.0.0.1"],
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.page.goto((base or self.desk.base) + self.at)
        self.page.wait_for_selector("#tablet-lock:not([hidden]),#tablet-stop:not([hidden])")
        return self.page

    def unlock(self) -> None:
        """Type the PIN, and wait until the tablet can do without a network."""
        self.page.fill("#tablet-pin", self.pin)
        self.page.click("#tablet-lock button")
        self.page.wait_for_selector("#tablet-list:not([hidden])")
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def fill(self, age: str = "30-44", send: bool = True, who: str = "") -> None:
        """Begin an interview and fill it in; send: press the button and wait until it is stored somewhere."""
        if who:
            self.page.fill("#tablet-who", who)
        self.page.click("#tablet-begin button")
        self.answer(age, send)

    def answer(self, age: str, send: bool) -> None:
        """Fill in the form that is open."""
        self.turn_to("[name=home]").select_option("甲县")
        self.turn_to(f"[name=age][value='{age}']").check()
        self.turn_to("[name=overall][value='4']").check()
        self.turn_to("[name=comment]").fill(f"意见 {age}")
        self.turn_to("[name=sex][value=female]").check()
        if send:
            self.turn_to("#send").click()

    def turn_to(self, selector: str) -> Any:
        """What stands on one of the form's next pages, which are turned until it shows."""
        form = self.page.frame_locator("#tablet-frame")
        form.locator("#answers").wait_for()
        for _ in range(20):
            if form.locator(selector).is_visible():
                break
            form.locator("#next").click()
        return form.locator(selector)

    def storage(self, size: int | None = None) -> None:
        """Give the page room of `size` bytes, or as much as there is."""
        told = {"origin": self.desk.base} | ({"quotaSize": size} if size else {})
        self.context.new_cdp_session(self.page).send("Storage.overrideQuotaForOrigin", told)

    def hand_over(self) -> None:
        """Wait until the interview is stored on the tablet or has its receipt, and go on to the next."""
        shown = self.page.locator("#tablet-done:not([hidden])")
        receipt = self.page.frame_locator("#tablet-frame").locator("[data-receipt]")
        shown.or_(self.page.locator("#tablet-frame:not([hidden])[src*='/done/']")).first.wait_for()
        if shown.is_visible():
            self.page.click("#tablet-next")
        else:
            receipt.wait_for()
            self.page.frame_locator("#tablet-frame").locator(".done a.button").click()
        self.page.wait_for_selector("#tablet-list:not([hidden])")

    def states(self) -> list[str]:
        return sorted(one["state"] for one in self.held())

    def held(self) -> list[dict[str, Any]]:
        """What stands in the browser's storage, read as somebody without the PIN would."""
        return self.page.evaluate(EVERYTHING_HELD, self.at)

    def until_sent(self, number: int) -> None:
        until(lambda: self.states().count("sent") == number, f"{number} interviews sent")

    def stored(self) -> list[Response]:
        """The server's responses of tablets with their own words, oldest first."""
        with self.desk.app.app_context():
            found = db.session.scalars(select(Response).where(Response.mode == "tablet").order_by(Response.id)).all()
            db.session.expunge_all()
            return list(found)

    def kill(self) -> None:
        """End the browser as a flat battery would."""
        session = self.context.browser.new_browser_cdp_session() if self.context.browser else None
        session = session or self.context.new_cdp_session(self.page)
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        os.kill(next(int(one["id"]) for one in processes if one["type"] == "browser"), signal.SIGKILL)
        self.context = None

    def close(self) -> None:
        if self.context is not None:
            self.context.close()


@contextmanager
def tablet_of(desk: Desk, folder: Path) -> Iterator[Tablet]:
    tablet = Tablet(desk, folder)
    try:
        yield tablet
    finally:
        tablet.close()
