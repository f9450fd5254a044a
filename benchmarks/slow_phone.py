"""The questionnaire on a slow phone and a slow network, with Chromium's own throttling and tracing.

Bytes and requests of a first load; time to the first paint on a simulated 2G and until it can be used on slow 3G (a click on
the first answer registers after the script has run); and how long the phone takes from a tap or a key to the next frame,
six times slower, over all pages. Medians of five loads with an empty cache.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

from tests.support.browser import CHROMIUM, FLAGS, PHONE, turn_to
from tests.support.killing import MINYI, _free_port, _start

LOADS = 5
FAST, SLOW = "30-44", "2"  # an age in the sample; an overall that asks what should be improved


@dataclass(frozen=True)
class Line:
    """A simulated network. latency in ms, rate in kbit/s."""

    latency: int
    rate: int


SECOND_G, SLOW_THIRD_G = Line(800, 250), Line(400, 400)


def main() -> None:
    """Print the figures beside their aims."""
    folder = tempfile.mkdtemp()
    environment = {**os.environ, "MINYI_INSTANCE": folder}
    environment.pop("DATABASE_URL", None)
    quiet = {"env": environment, "check": True, "capture_output": True}
    subprocess.run([*MINYI, "demo", "--no-serve", "--responses", "400"], **quiet)
    code = json.loads(subprocess.run([*MINYI, "sites", "--json"], **quiet).stdout)[0]["code"]
    port = _free_port()
    server = _start(environment, port)
    address = f"http://127.0.0.1:{port}/s/{code}"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            size, heads, requests = first_load(browser, address)
            print(f"first load: {size:,} bytes in {requests} requests (aim 20,000 in 3), and {heads:,} of heads")
            _print("2G, first paint", [on_line(browser, address, SECOND_G, 6, first_paint) for _ in range(LOADS)], 3.0)
            _print("slow 3G, usable", [on_line(browser, address, SLOW_THIRD_G, 4, usable) for _ in range(LOADS)], 1.5)
            taps = sorted(taps_of(browser, address))
            print(
                f"six times slower, {len(taps)} taps and keys: half under {statistics.median(taps):.0f} ms, "
                f"slowest {taps[-1]:.0f} ms (aim 100)"
            )
            browser.close()
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _print(what: str, times: list[float], aim: float) -> None:
    spread = f"{min(times):.2f} to {max(times):.2f}"
    print(f"{what}: {statistics.median(times):.2f} s (median of {len(times)}; {spread}; aim {aim})")


def first_load(browser: Browser, address: str) -> tuple[int, int, int]:
    """Compressed bytes of what is fetched, bytes of the heads, and requests."""
    page, _tools = _opened(browser)
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(address, wait_until="networkidle")
    sizes = [request.sizes() for request in asked if not request.url.startswith("data:")]
    page.context.close()
    return sum(s["responseBodySize"] for s in sizes), sum(s["responseHeadersSize"] for s in sizes), len(sizes)


def on_line(browser: Browser, address: str, line: Line, slower: int, measure: Callable[[Page], float]) -> float:
    """What `measure` gives, in seconds, of a load over this line on a phone so many times slower."""
    page, tools = _opened(browser)
    rate = line.rate * 1000 / 8
    limits = {"offline": False, "latency": line.latency, "downloadThroughput": rate, "uploadThroughput": rate}
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", limits)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    began = time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")  # deferred script has run by then
    found = measure(page) or time.perf_counter() - began
    page.context.close()
    return found


def first_paint(page: Page) -> float:
    paint = "performance.getEntriesByName('first-contentful-paint')"
    page.wait_for_function(f"{paint}.length")
    return float(page.evaluate(f"{paint}[0].startTime")) / 1000


def usable(page: Page) -> float:
    """0: the time goes on until the first answer is given."""
    page.check(f"input[name=age][value='{FAST}']")
    return 0.0


def taps_of(browser: Browser, address: str) -> list[float]:
    """Milliseconds from each tap or key to the frame that shows it, by Chromium's trace, while the form is filled in."""
    page, tools = _opened(browser)
    page.goto(address, wait_until="networkidle")
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.fill("#home", "曲阜市")
    page.click("#home-list [role=option]")
    for name, value in (
        ("age", FAST),
        ("overall", SLOW),
        ("services__bus", "4"),
        ("services__safety", "0"),
        ("recommend", "9"),
    ):
        turn_to(page, f"input[name={name}]")
        page.check(f"input[name={name}][value='{value}']")
    page.locator("#comment").press_sequentially("很好very", delay=60)
    turn_to(page, "input[name=sex]")
    page.check("input[name=sex][value=female]")
    page.wait_for_timeout(500)
    trace = json.loads(browser.stop_tracing())
    page.context.close()
    begun: dict[str, tuple[int, float]] = {}
    taps: dict[int, float] = {}  # of the events that make one tap, the slowest
    for event in trace["traceEvents"]:
        if event["name"] != "EventTiming":
            continue
        name = str(event.get("id2", event.get("id")))
        if event["ph"] == "b" and (tap := event["args"].get("data", {}).get("interactionId")):
            begun[name] = (tap, event["ts"])
        elif event["ph"] == "e" and name in begun:
            tap, start = begun.pop(name)
            taps[tap] = max(taps.get(tap, 0.0), (event["ts"] - start) / 1000)
    return list(taps.values())


def _opened(browser: Browser) -> tuple[Page, CDPSession]:
    page = browser.new_context(viewport=PHONE, has_touch=True).new_page()
    return page, page.context.new_cdp_session(page)


if __name__ == "__main__":
    main()
