"""What the pages of an installation without anything in it say: the next step, never a bare 'nothing'."""

from __future__ import annotations

import re

from survey_app.console.permissions import ROUTES
from tests.support.people import enter, person

COMMAND = re.compile(r"\bminyi [a-z]")


def test_every_page_without_content_says_why_and_what_fills_it(sqlite_app):
    client = enter(sqlite_app.test_client(), person("administrator", "", "").user)
    told = {}
    for rule in sqlite_app.url_map.iter_rules():
        if rule.endpoint in ROUTES and "GET" in rule.methods and not rule.arguments:
            reply = client.get(rule.rule)
            if reply.status_code == 200 and reply.mimetype == "text/html":
                told[rule.rule] = reply.get_data(as_text=True)
    assert len(told) > 40
    assert [page for page, text in told.items() if "还没有内容" in text] == []
    assert [page for page, text in told.items() if COMMAND.search(re.sub("<[^>]+>", "", text))] == []
    assert "还没有地区。在本页导入地区表" in told["/console/areas"]
