"""The whole chain on the real server: scan, answer in a browser, see the answer in the next run."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

from survey_app.cli import cli
from tests.support.browser import shared_chromium, turn_to
from tests.support.demonstration import MINYI, instance
from tests.support.killing import _free_port
from tests.support.waiting import until


@dataclass(frozen=True)
class Server:
    base: str
    password: str
    environment: dict[str, str]
    printed: str  # what the command told at its start


def minyi(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MINYI, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def answers(base: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return urllib.request.urlopen(f"{base}/healthz", timeout=1).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("city")
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    environment = instance(folder)[0] | {"MINYI_PUBLIC_URL": base}
    log = (folder / "log").open("w+")
    process = subprocess.Popen([*MINYI, "demo", "--port", str(port)], env=environment, stdout=log, stderr=log)
    try:
        until(lambda: answers(base, process, Path(log.name)), "a server that answers")
        password = re.search(r"one-time password\s+(\S+)", Path(log.name).read_text())[1]
        yield Server(base, password, environment, Path(log.name).read_text())
    finally:
        process.terminate()
        process.wait(30)
        log.close()


@pytest.fixture(scope="module")
def browser() -> object:
    return shared_chromium()


@pytest.fixture(scope="module")
def desk(server: Server, browser):
    """The console's page of the administrator, after signing in and choosing a password."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.base}/console/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", server.password)
    page.click("main button")
    page.fill("input[name=password]", server.password)
    page.fill("input[name=new_password]", "chain-of-tests-1")
    page.fill("input[name=new_password_confirm]", "chain-of-tests-1")
    page.click("main button")
    return page


@pytest.fixture(scope="module")
def addresses(server: Server, desk) -> list[str]:
    """Addresses decoded from the rendered poster page: of sampled sites and of open ones."""
    page = desk
    page.goto(f"{server.base}/console/surveys/jining-demo/posters/print")
    found = []
    for number in range(4):
        found.append(scan(page.locator("article").nth(number)))
    return found


def newest_estimate(server: Server) -> dict[str, object]:
    """The stored result of the demonstration's own run."""
    with sqlite3.connect(Path(server.environment["MINYI_INSTANCE"]) / "minyi.sqlite3") as connection:
        return json.loads(connection.execute("SELECT result FROM estimate_run ORDER BY id DESC").fetchone()[0])


def results(server: Server) -> dict[str, object]:
    made = minyi(server.environment, "run", "--json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


@pytest.mark.browser
def test_the_first_day_scan_the_home_pages_code_answer_press_and_the_figures_have_moved(server, browser, desk):
    desk.goto(f"{server.base}/console/")
    desk.wait_for_selector(".first-answer svg")
    scanned = scan(desk.locator(".first-answer .qr"))
    assert scanned in server.printed, "the start printed the same fresh invitation"
    assert f"{server.base}/console/" in server.printed
    assert "演示数据" in desk.inner_text(".ribbon")
    before = newest_estimate(server)
    answer(browser, server.base, scanned, script=True)
    desk.get_by_role("button", name="重新估计并评分").first.click()
    desk.wait_for_url("**/estimates/*", timeout=60_000)
    after = newest_estimate(server)
    assert after["n"] == before["n"] + 1
    assert after["satisfied"]["estimate"] != before["satisfied"]["estimate"]
    assert (after["satisfied"]["lower"], after["satisfied"]["upper"]) != (
        before["satisfied"]["lower"],
        before["satisfied"]["upper"],
    )
    desk.goto(f"{server.base}/console/")
    another = scan(desk.locator(".first-answer .qr"))
    assert another != scanned
    used = browser.new_context().new_page()
    assert used.goto(scanned).status == 410


def scan(picture) -> str:
    """What a phone reads in this part of a page."""
    return zxingcpp.read_barcode(Image.open(io.BytesIO(picture.screenshot()))).text


@pytest.mark.browser
def test_posters_lead_to_stored_answers_with_a_receipt_that_count_as_open_and_invitations_to_the_next_run(
    server, browser, desk, addresses
):
    before = newest_estimate(server)
    ways = ((0, "zh", True), (1, "zh", False), (2, "en", True), (3, "en", False))
    for place, language, script in ways:
        answer(browser, server.base, addresses[place] + ("?lang=en" if language == "en" else ""), script)
    desk.goto(f"{server.base}/console/")
    answer(browser, server.base, scan(desk.locator(".first-answer .qr")) + "?lang=en", script=False)
    after = results(server)
    assert after["estimate"]["n"] == before["n"] + 1
    assert after["scorecards"]["济宁市"]["satisfaction"] == after["estimate"]["decision"]["figure"]


def answer(browser, base: str, address: str, script: bool) -> None:
    """One citizen, with or without script: three requests at most, a receipt that a reload shows again."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=script)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert len(asked) <= 3
    assert all(url.startswith(base) for url in asked)
    if page.locator("select#home").count():  # without script
        page.select_option("#home", "曲阜市")
    else:
        page.fill("#home", page.locator("option[value=曲阜市]").text_content())  # one box: what was typed is taken
    page.check('input[name=age][value="45-59"]')
    turn_to(page, 'input[name=overall][value="2"]')
    page.check('input[name=overall][value="2"]')
    page.check('input[name=improve][value="speed"]')
    turn_to(page, 'input[name=services__bus][value="4"]')
    page.check('input[name=services__bus][value="4"]')
    turn_to(page, 'input[name=sex][value="female"]')
    page.check('input[name=sex][value="female"]')
    page.click("#send")
    page.wait_for_selector("[data-receipt]")
    receipt = page.get_attribute("[data-receipt]", "data-receipt")
    page.reload()
    assert page.get_attribute("[data-receipt]", "data-receipt") == receipt
    context.close()


@pytest.mark.browser
def test_an_unfinished_form_shows_its_errors_on_the_phone(server, browser, addresses):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(addresses[0])
    page.check('input[name=age][value="45-59"]')
    assert not page.is_visible("#q-improve")
    page.click("#next")
    page.wait_for_selector("#summary")
    assert page.is_checked('input[name=age][value="45-59"]')
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_demonstration_runs_without_a_server_twice_and_can_be_cleared(tmp_path, monkeypatch):
    environment, printed = instance(tmp_path)
    document = json.loads(printed)
    assert set(document["scorecards"]) >= {"济宁市", "任城区", "邹城市"}
    assert len(document["scorecards"]) == 12
    assert document["estimate"]["decision"]["outcome"] in ("none", "deduct", "veto")
    monkeypatch.setenv("MINYI_INSTANCE", environment["MINYI_INSTANCE"])
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert len(json.loads(called("sites", "--json"))) == 160
    assert called("demo", "--no-serve", "--json") == printed
    called("demo", "--clear")
    assert "There is no survey yet" in CliRunner().invoke(cli, ["sites"]).stderr
    with sqlite3.connect(tmp_path / "minyi.sqlite3") as connection:
        for table in ("response", "site", "survey", "area", "estimate_run", "scoring_run", "indicator_value"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def called(*arguments: str) -> str:
    """What a command prints, in this process."""
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code == 0, done.stderr
    return done.stdout
