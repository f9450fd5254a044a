"""Time until the questionnaire can be used on simulated slow 3G: 400 ms, 400 kbit/s, processor slowed four times.

Chromium's own throttling; median of five loads with an empty cache. Usable: a click on the first answer registers
after the script has run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time

from playwright.sync_api import sync_playwright

from tests.support.killing import MINYI, _free_port, _start


def main() -> None:
    """Print the table."""
    folder = tempfile.mkdtemp()
    environment = {**os.environ, "MINYI_INSTANCE": folder}
    environment.pop("DATABASE_URL", None)
    quiet = {"env": environment, "check": True, "capture_output": True}
    subprocess.run([*MINYI, "demo", "--no-serve", "--responses", "400"], **quiet)
    code = json.loads(subprocess.run([*MINYI, "sites", "--json"], **quiet).stdout)[0]["code"]
    port = _free_port()
    server = _start(environment, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            times = [_load(browser, f"http://127.0.0.1:{port}/s/{code}") for _ in range(5)]
            browser.close()
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)
    print(f"usable after {statistics.median(times):.2f} s (median of 5; {min(times):.2f} to {max(times):.2f}; aim 1.5)")


def _load(browser, address: str) -> float:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    rate = 400_000 / 8
    limits = {"offline": False, "latency": 400, "downloadThroughput": rate, "uploadThroughput": rate}
    tools.send("Network.emulateNetworkConditions", limits)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    began = time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")  # deferred script has run by then
    page.check("input[name=age][value='30-44']")
    took = time.perf_counter() - began
    context.close()
    return took


if __name__ == "__main__":
    main()
