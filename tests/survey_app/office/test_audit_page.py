"""The audit trail in the console: read in words, by page and filter, taken away, checked on demand."""

from __future__ import annotations

import ast
import io
import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from survey_app.ground import audit
from survey_app.models import Area, User, db
from survey_app.office.pages import audit_words
from tests.support.application import change
from tests.support.people import enter, person

SOURCE = Path(__file__).parents[3] / "survey_app"


@pytest.fixture
def auditor(sqlite_app):
    """An auditor, and three entries to read."""
    audit.record("account.create", "account:anna", after={"role": "administrator", "area": None})
    audit.record("survey.state", "survey:wave1", {"state": "open"}, {"state": "closed"}, "名额已满")
    audit.record("account.describe", "account:bob", {"full_name": "=1+1"}, {"full_name": "鲍勃"})
    db.session.commit()
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    change(sqlite_app, jobs="inline")
    return enter(sqlite_app.test_client(), person("auditor", "", "").user)


def test_entries_are_read_in_words_with_what_changed(auditor):
    page = auditor.get("/console/audit").get_data(as_text=True)
    for said in ("账号 · 新建", "账号 anna", "调查 · 改状态", "<del>进行中</del> → <ins>已结束</ins>", "名额已满"):
        assert said in page
    auditor.get("/console/language/en")
    page = auditor.get("/console/audit").get_data(as_text=True)
    assert "Account · created" in page
    assert re.search("[\u4e00-\u9fff]", re.sub(r"(?s)<head>.*?</head>|中文|名额已满|鲍勃|民意", "", page)) is None


def test_a_filter_narrows_the_page_and_the_files(auditor):
    page = auditor.get("/console/audit?subject=survey:").get_data(as_text=True)
    assert ("survey" in page, "anna" in page, "(行数 1)" in page) == (True, False, True)
    lines = auditor.get("/console/audit.jsonl?action=survey.state").get_data(as_text=True).splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["survey:wave1"]
    assert "2026-03-05" in auditor.get("/console/audit?since=gestern").get_data(as_text=True)
    assert auditor.get("/console/audit.csv?since=gestern").status_code == 400
    assert auditor.get("/console/audit.doc").status_code == 404


def test_the_files_hold_every_entry_and_run_no_formula(auditor):
    sheet = load_workbook(io.BytesIO(auditor.get("/console/audit.xlsx").data)).active
    assert [row[0].value for row in sheet][:4] == ["#", 1, 2, 3]
    text = auditor.get("/console/audit.csv").get_data(as_text=True)
    assert text.startswith("\ufeff#,时间,操作人,")
    assert len(text.splitlines()) == 4


def test_the_json_lines_let_somebody_else_check_the_chain(auditor):
    import hashlib

    previous = ""
    for line in auditor.get("/console/audit.jsonl").get_data(as_text=True).splitlines():
        entry = json.loads(line)
        digest = entry.pop("digest")
        assert entry["previous"] == previous
        assert digest == hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        previous = digest
    assert previous == audit.head().digest


def test_a_check_is_made_on_demand_and_told_on_the_page(auditor):
    assert "还没有" in auditor.get("/console/audit").get_data(as_text=True)
    auditor.post("/console/audit/check", data={"what": "new"})
    audit.record("test", "thing:1")
    db.session.commit()
    page = auditor.get("/console/audit").get_data(as_text=True)
    assert "<dt>尚未核对</dt><dd>1</dd>" in page
    reply = auditor.post("/console/audit/check", data={"what": "all"})
    assert reply.location == "/console/audit"  # done at once where jobs run inline
    assert "没有改动、删除或乱序" in auditor.get("/console/audit").get_data(as_text=True)


def test_every_action_that_is_recorded_has_its_words():
    """A new audit.record("noun.verb", …) needs its noun and verb in console/audit_words.py."""
    lacking = []
    for file in SOURCE.rglob("*.py"):
        for code in re.findall(r'audit\.record\(\s*"([a-z_.]+)"', file.read_text(encoding="utf-8")):
            noun, _dot, verb = code.partition(".")
            known = code in audit_words.WHOLE or (noun in audit_words.NOUNS and verb in audit_words.VERBS)
            lacking += [] if known else [f"{file.name}: {code}"]
    assert lacking == []


def test_every_key_that_is_recorded_has_its_words():
    """What an entry holds before and after is read in words: literal keys at `audit.record` and in what it is given."""
    lacking = set()
    for file in SOURCE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            calls = [node for node in ast.walk(function) if ast.unparse(getattr(node, "func", node)) == "audit.record"]
            given = {name.id for call in calls for name in ast.walk(call) if isinstance(name, ast.Name)}
            told = [node.value for node in ast.walk(function) if isinstance(node, ast.Assign) and _names(node) & given]
            said = [function] if function.name in ("_said", "said_of") and "audit" in ast.unparse(tree) else []
            for part in (*calls, *told, *said):
                keys = (key for node in ast.walk(part) if isinstance(node, ast.Dict) for key in node.keys)
                found = {key.value for key in keys if isinstance(key, ast.Constant)}
                lacking |= {f"{file.name}: {key}" for key in found - set(audit_words.KEYS)}
    assert lacking == set()


def _names(assigned: ast.Assign) -> set[str]:
    return {target.id for target in assigned.targets if isinstance(target, ast.Name)}


def test_the_trail_names_people_places_and_surveys(auditor):
    city = Area(code="1", name="甲市", kind="city")
    db.session.add_all([city, User(email="a@b", username="anna", password="!", fs_uniquifier="x", full_name="安娜")])
    db.session.flush()
    audit.record("areas.import", "file:x.csv", {"1": {"name": "旧"}}, {"1": {"name": "甲市"}})
    db.session.commit()
    page = auditor.get("/console/audit").get_data(as_text=True)
    assert "账号 安娜" in page
    assert "甲市 · 名称" in page
    assert "{" not in re.sub(r"(?s)<head>.*?</head>", "", page)
