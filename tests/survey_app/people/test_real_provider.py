"""Signing in at a provider that others wrote: npm's oidc-provider, with its own pages, keys and refusals."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from survey_app.models import db
from survey_app.people import accounts
from survey_app.people.elsewhere import providers
from tests.support.people import client_of, csrf, post
from tests.support.provider import begun, kept

PACKAGE, VERSION, LEAST_NODE = "oidc-provider", "9.13.3", 20
BACK = "http://localhost/console/sign-in/back"
AFTER = "http://localhost/console/sign-in"
SCRIPT = Path(__file__).parents[2] / "support" / "oidc_provider.mjs"


@pytest.fixture
def issuer():
    """Its address, while the test lasts."""
    node, folder = shutil.which("node"), Path(os.environ.get("TEST_MINYI_OIDC_PROVIDER", "/nonexistent"))
    here = folder / "node_modules" / PACKAGE / "package.json"
    if node is None or not here.is_file():
        pytest.skip(
            f"TEST_MINYI_OIDC_PROVIDER names no folder with `npm install {PACKAGE}@{VERSION}`, or node is missing"
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < LEAST_NODE:
        pytest.skip(f"{PACKAGE} {VERSION} needs Node {LEAST_NODE}; here is {version.strip()}")
    assert json.loads(here.read_text())["version"] == VERSION
    running = subprocess.Popen([node, SCRIPT, folder, BACK, AFTER], stdout=subprocess.PIPE, text=True)
    try:
        yield running.stdout.readline().strip()
    finally:
        running.terminate()
        running.wait(10)
        running.stdout.close()


def its_browser() -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    return made


def through_its_pages(address: str, name: str, browser: requests.Session | None = None) -> dict[str, str]:
    """What a person brings back who signs in as `name` and agrees."""
    browser = browser or its_browser()
    reply = browser.get(address, allow_redirects=False)
    for _ in range(12):
        if reply.is_redirect:
            place = urljoin(reply.url, reply.headers["Location"])
            if place.startswith(BACK):
                return {key: values[0] for key, values in parse_qs(urlsplit(place).query).items()}
            reply = browser.get(place, allow_redirects=False)
            continue
        form = urljoin(reply.url, re.search(r'<form[^>]*action="([^"]+)"', reply.text)[1])
        prompt = re.search(r'name="prompt" value="([^"]+)"', reply.text)[1]
        reply = browser.post(form, data={"prompt": prompt, "login": name, "password": "x"}, allow_redirects=False)
    raise AssertionError(reply.text)


def test_a_real_provider_signs_people_in_once_for_each_code(sqlite_app, issuer):
    made = kept(issuer, first="mapped")
    providers.add_rule(made, "groups", "survey", "evaluator", "", "")
    db.session.commit()
    client = sqlite_app.test_client()
    back = through_its_pages(begun(client, made, next="/console/me"), "wang")
    assert back["iss"] == issuer  # RFC 9207
    assert client.get("/console/sign-in/back", query_string=back).location == "/console/me"
    assert client.get("/console/me").status_code == 200
    assert [grant.role for grant in accounts.find("wang").grants] == ["evaluator"]
    other = sqlite_app.test_client()
    state = parse_qs(urlsplit(begun(other, made)).query)["state"][0]
    other.get("/console/sign-in/back", query_string={**back, "state": state})  # the same code once more
    assert "已经用过" in other.get("/console/sign-in").get_data(as_text=True)
    assert other.get("/console/me").status_code == 302


def test_who_signs_out_here_is_signed_out_at_a_real_provider_and_comes_back(sqlite_app, issuer):
    made = kept(issuer, first="mapped")
    providers.add_rule(made, "groups", "survey", "evaluator", "", "")
    db.session.commit()
    client, browser = sqlite_app.test_client(), its_browser()
    client.get("/console/sign-in/back", query_string=through_its_pages(begun(client, made), "wang", browser))
    page = client.get("/console/me").get_data(as_text=True)
    left = client.post("/console/sign-out", data={"csrf_token": csrf(page)})
    there = browser.get(left.headers["Refresh"].partition("url=")[2], allow_redirects=False)
    form = re.search(r'<form[^>]*action="([^"]+)"', there.text)[1]
    secret = re.search(r'name="xsrf" value="([^"]+)"', there.text)[1]
    back = browser.post(urljoin(there.url, form), data={"xsrf": secret, "logout": "yes"}, allow_redirects=False)
    assert back.headers["Location"] == AFTER
    asked = browser.get(begun(client, made), allow_redirects=True)
    assert 'name="login"' in asked.text, "who comes again signs in again"


def test_a_real_provider_refuses_a_wrong_secret_and_the_page_says_so(sqlite_app, issuer):
    made = kept(issuer, client_secret="another")
    client = sqlite_app.test_client()
    client.get("/console/sign-in/back", query_string=through_its_pages(begun(client, made), "wang"))
    assert "客户端编号或密钥" in client.get("/console/sign-in").get_data(as_text=True)
    office, page = client_of(sqlite_app, "administrator"), f"/console/sign-in-providers/{made.id}"
    post(office, f"{page}/check", page)
    assert "可以开始登录" in office.get(page).get_data(as_text=True)
