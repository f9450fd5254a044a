"""Whatever is sent to any address, of citizens and of the console, in any way: no answer is 5xx."""

from __future__ import annotations

import json
import os
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_app.console.permissions import ROUTES
from survey_app.respondents import respondents_app
from tests.support.application import change
from tests.support.city import scored_city
from tests.support.people import enter, person
from tests.support.stored import begins_with
from tests.survey_app.console.test_permissions import NOTHING_THERE, routes

pytestmark = pytest.mark.longer
INPUTS = int(os.environ.get("TEST_MINYI_FUZZ_INPUTS", "40"))  # `make release` sends 10,000
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
TEXT = st.text(max_size=40) | st.sampled_from(
    ["", "0", "-1", "1e400", "NaN", "\x00", "４", "2" * 5000, "'; drop table response; --", "{{7*7}}", "../../etc/passwd", "<svg/onload=1>", "2026-02-30T25:61", "💥" * 30, "[]", "null"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["reason", "state", "code", "title", "version", "file", "plan", "value", "q", "token", "page", "table", "format", "lang", "size", "new", "number", "csrf_token", "_kept", "next", "rows-1", "area", "period"]
) | st.text(max_size=10)  # fmt: skip
FORMS = st.dictionaries(NAMES, TEXT, max_size=6)
SENT = st.sampled_from(["form", "query", "json", "bytes"])
METHODS = st.sampled_from(["GET", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
MARKS = {"int": "0", "default": "x"}


def addresses_of_citizens(app) -> list[str]:
    """Every rule of theirs, its variable parts for what is sent to fill."""
    return sorted({rule.rule for rule in respondents_app(dict(app.config)).url_map.iter_rules()})


def filled(rule: str, part: str) -> str:
    """The address with `part` in the place of each variable."""
    return "/".join(
        quote(part, safe="") + (".txt" if step.endswith(".txt") else "") if "<" in step else step
        for step in rule.split("/")
    )


def ask(client, method: str, address: str, sent: str, form: dict[str, str], body: bytes):
    """One request in one of four ways."""
    ways = {
        "form": {"data": form},
        "query": {"query_string": form},
        "json": {"data": json.dumps(form), "content_type": "application/json"},
        "bytes": {"data": body, "content_type": "multipart/form-data; boundary=x"},
    }
    return client.open(address, method=method, **ways[sent])


@begins_with(scored_city)
def test_no_request_to_any_address_of_citizens_makes_the_server_fail(sqlite_app, proves):
    rates = dict.fromkeys(("rate_address", "rate_site", "rate_tickets"), "100000000 per minute")
    change(sqlite_app, metrics_token="only-for-tests", **rates)
    known, client = addresses_of_citizens(sqlite_app), sqlite_app.test_client()
    places = TEXT | st.sampled_from(["aaa2222", "bbb3333", "1"])

    @settings(max_examples=INPUTS, deadline=None, suppress_health_check=QUIET)
    @given(
        rule=st.sampled_from(known), part=places, method=METHODS, sent=SENT, form=FORMS, body=st.binary(max_size=200)
    )
    def send(rule, part, method, sent, form, body):
        try:
            reply = ask(client, method, filled(rule, part), sent, form, body)
        except UnicodeError:  # what no client can send
            return
        assert reply.status_code < 500 or rule in ("/readyz", "/healthz"), (rule, part)

    send()
    proves(f"{INPUTS} requests to {len(known)} addresses of citizens: none answered 5xx")


@begins_with(scored_city)
def test_no_request_to_any_page_of_the_console_makes_the_server_fail(sqlite_app, proves):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    known = {
        entry[1] if isinstance(entry[1], str) else entry[1]()
        for endpoint, entry in routes().items()
        if endpoint in ROUTES and endpoint not in NOTHING_THERE
    }
    addresses, user = sorted({address.partition("?")[0] for address in known}), person("administrator", "", "").user
    client = enter(sqlite_app.test_client(), user)

    @settings(max_examples=INPUTS, deadline=None, suppress_health_check=QUIET)
    @given(address=st.sampled_from(addresses), method=METHODS, sent=SENT, form=FORMS, body=st.binary(max_size=200))
    def send(address, method, sent, form, body):
        reply = ask(client, method, address, sent, form, body)
        assert reply.status_code < 500, address

    for address in addresses:  # what draws find now and then: nothing at all is sent
        for sent in ("form", "json", "bytes"):
            send.hypothesis.inner_test(address, "POST", sent, {}, b"")
    send()
    proves(f"{INPUTS} requests to {len(addresses)} addresses of the console as administrator: none answered 5xx")
