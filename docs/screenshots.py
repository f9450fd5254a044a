"""Make docs/images from a running demonstration: python docs/screenshots.py ADDRESS USER PASSWORD."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main(base: str, user: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        desk = browser.new_context(viewport={"width": 1100, "height": 900}).new_page()
        desk.goto(f"{base}/console/")
        desk.fill("input[name=username]", user)
        desk.fill("input[name=password]", password)
        desk.click("main button")
        desk.click(".cards a >> nth=0")
        desk.screenshot(path=IMAGES / "estimate.png")
        desk.goto(f"{base}/console/")
        desk.click(".cards a >> nth=1")
        desk.screenshot(path=IMAGES / "score.png")
        desk.goto(f"{base}/console/surveys/jining-demo")
        code = desk.locator("details table tbody th").first.text_content()
        phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
        phone.goto(f"{base}/s/{code}")
        phone.screenshot(path=IMAGES / "phone.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
