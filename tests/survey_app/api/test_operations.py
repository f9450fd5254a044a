"""What the API answers: the console's own rows and rights, a page at a time, and nothing that the console withholds."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

from survey_app.api.paging import listed
from survey_app.api.problems import ProblemError
from survey_app.console.permissions import OPERATIONS, ROUTES, may, owner
from survey_app.ground.roles import ROLES
from survey_app.models import Area, AuditEntry, Grant, IndicatorValue, Response, Ticket, db
from tests.support.api import key
from tests.support.city import scored_city, the_survey
from tests.support.people import client_of
from tests.support.stored import begins_with
from tests.support.tickets import dot, ticket_of

pytestmark = begins_with(scored_city)
THERE = {
    "code": "wave1", "version_id": 1, "run_id": 1, "ticket_id": 1, "job_id": 1, "period": "2023", "area": "11", "indicator": "1",
}  # fmt: skip
VALUE = "/api/v1/values/2023/11/1"


def address(template: str) -> str:
    for name, value in THERE.items():
        template = template.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
    return template


def yesterday() -> None:
    """As if all had answered the day before."""
    db.session.execute(update(Response).values(finished_at=datetime.now(UTC) - timedelta(days=1)))
    db.session.commit()


def test_every_operation_has_the_permission_of_a_page_of_the_console(sqlite_app):
    assert len(OPERATIONS) == 24
    for one in OPERATIONS.values():
        assert one.like in ROUTES
    matrix = client_of(sqlite_app, "auditor").get("/console/matrix").get_data(as_text=True)
    assert all(one.address.replace("<", "&lt;").replace(">", "&gt;") in matrix for one in OPERATIONS.values())


def test_every_cell_of_the_matrix_opens_or_refuses_an_operation_as_it_does_the_page(sqlite_app):
    """Role × area × department × operation, through the whole application."""
    ticket_of("甲县", "某局", dot())
    client, places = sqlite_app.test_client(), {area.name: area for area in db.session.scalars(select(Area))}
    whose = [("", ""), ("甲县", ""), ("乙县", ""), ("甲县", "某局")]
    for role, (area, department) in product(ROLES, whose):
        if role == "administrator" or (role == "department" and not department):
            continue  # no key is one
        grant = Grant(role=role, area=places.get(area), department=department or None)
        headers = key(role, area, department, "write")
        for one in OPERATIONS.values():
            if one.address.endswith("submissions"):
                continue  # of a key of its own kind (test_submissions.py)
            opens = may([grant], one.like, *owner(one.like, THERE))
            sent = {} if one.method == "GET" else {"json": {"version": 99}}
            query = "?reason=x" if "responses" in one.address else ""
            got = client.open(address(one.address) + query, method=one.method, headers=headers, **sent)
            assert (got.status_code != 403) is opens, f"{role} {area} {department} {one}: {got.status_code}"
            assert got.status_code < 500


def test_a_key_to_read_changes_nothing_and_a_refusal_is_written_down(sqlite_app):
    headers = key("department", "甲县", "某局")
    got = sqlite_app.test_client().put(VALUE, headers=headers, json={"version": 0, "values": {}})
    assert (got.status_code, got.json["code"]) == (403, "kind_of_token")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.subject) == ("denied", VALUE)
    assert entry.actor.startswith("api:")


def test_what_no_calendar_and_no_depth_holds_is_a_bad_request(sqlite_app):
    client = sqlite_app.test_client()
    got = client.get("/api/v1/audit?since=0001-01-01T00:00:00%2B08:00", headers=key("auditor"))
    assert (got.status_code, got.json["code"]) == (400, "bad_request")
    headers = key("manager", kind="write")
    got = client.post("/api/v1/hotline/cases", headers=headers, data="[" * 50_000, content_type="application/json")
    assert (got.status_code, got.json["code"]) == (400, "bad_request")


def test_a_cursor_whose_line_has_gone_is_refused_and_no_end_of_the_list():
    read = listed([1, 2, 4], lambda line: line)
    assert [read(None, 2), read(2, 2), read(4, 2)] == [[1, 2], [4], []]
    with pytest.raises(ProblemError) as refused:
        read(3, 2)
    assert (refused.value.status, refused.value.said) == (422, "api.cursor_gone")


def test_a_list_comes_in_pages_and_what_is_added_meanwhile_shifts_nothing(sqlite_app):
    client, headers = sqlite_app.test_client(), key("auditor")
    whole = [line["number"] for line in client.get("/api/v1/audit?limit=500", headers=headers).json["items"]]
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/audit?limit=3{cursor and f'&cursor={cursor}'}", headers=headers).json
        found += [line["number"] for line in page["items"]]
        cursor = page["next"]
        if len(found) == 3:
            client_of(sqlite_app, "department", "甲县", "某局").get("/console/audit")  # one entry more, at the end
    assert found == [*whole, whole[-1] + 1]
    sites = client.get("/api/v1/surveys/wave1/sites?limit=2", headers=headers).json
    assert len(sites["items"]) == 2
    again = client.get(f"/api/v1/audit?cursor={sites['next']}", headers=headers)
    assert (again.status_code, again.json["code"]) == (422, "cursor")


def test_what_has_not_changed_is_told_in_a_line(sqlite_app):
    client, headers = sqlite_app.test_client(), key("auditor")
    first = client.get("/api/v1/estimates/1", headers=headers)
    again = client.get("/api/v1/estimates/1", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.json["document"]["satisfied"]["estimate"] > 0


@pytest.mark.parametrize(
    ("method", "at", "sent", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "not_found"), ("GET", "/api/v1/surveys/none", {}, 404, "not_found"),
        ("DELETE", "/api/v1/surveys", {}, 405, "not_allowed"), ("PUT", VALUE, {"data": "x"}, 415, "media_type"),
        ("PUT", VALUE, {"json": {"version": "x"}}, 422, "invalid"), ("GET", "/api/v1/surveys?limit=0", {}, 422, "invalid"),
        ("GET", "/api/v1/surveys?pages=2", {}, 422, "invalid"),
        ("PUT", VALUE, {"data": "{", "content_type": "application/json"}, 422, "invalid"),
    ],
)  # fmt: skip
def test_every_refusal_is_a_problem_with_a_code(sqlite_app, method, at, sent, status, code):
    got = sqlite_app.test_client().open(at, method=method, headers=key("manager", kind="write"), **sent)
    assert (got.status_code, got.content_type, got.json["code"]) == (status, "application/problem+json", code)
    assert got.json["request"] == got.headers["X-Request-ID"]
    if status == 405:
        assert "GET" in got.headers["Allow"]


def test_a_department_saves_its_values_and_is_told_where_somebody_was_faster(sqlite_app):
    client, headers = sqlite_app.test_client(), key("department", "甲县", "某局", "write")
    before = client.get(VALUE, headers=headers).json
    metric = before["metrics"][0]["key"]
    sent = {"version": before["version"], "values": {metric: 0.9}, "note": "来自平台"}
    saved = client.put(VALUE, headers=headers, json=sent)
    assert (saved.status_code, saved.json["values"][metric], saved.json["note"]) == (200, 0.9, "来自平台")
    assert client.put(VALUE, headers=headers, json=sent).status_code == 409
    wrong = client.put(
        VALUE, headers=headers, json={**sent, "version": saved.json["version"], "values": {metric: "much"}}
    )
    assert (wrong.status_code, wrong.json["errors"][0]["at"]) == (422, metric)
    stored = db.session.scalars(select(IndicatorValue).where(IndicatorValue.metric == metric)).all()
    assert 0.9 in [row.value for row in stored]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "value.change")).all()[-1]
    assert entry.actor.startswith("api:")


def test_a_county_and_a_department_get_their_own_rows_alone(sqlite_app):
    client = sqlite_app.test_client()
    ticket_of("甲县", "某局", dot())
    county = key("evaluator", "乙县")
    cards = client.get("/api/v1/scorecards", headers=county).json["items"]
    assert {card["area_name"] for card in cards} == {"乙县"}
    assert client.get("/api/v1/tickets", headers=county).json["items"] == []
    mine = client.get("/api/v1/tickets", headers=key("department", "甲县", "某局")).json["items"]
    assert [line["id"] for line in mine] == [db.session.scalars(select(Ticket.id)).one()]
    listed = client.get("/api/v1/values?limit=500", headers=key("department", "甲县", "某局")).json["items"]
    assert {(line["area"], line["indicator"]) for line in listed} == {("11", "1")}


def test_small_cells_are_hidden_from_every_key(sqlite_app):
    the_survey().least_cell = 20
    db.session.commit()
    document = sqlite_app.test_client().get("/api/v1/estimates/1", headers=key("evaluator")).json["document"]
    hidden = [row["level"] for row in document["domains"]["home_county"] if row["n"] is None]
    assert "乙县" in hidden
    assert document["suppressed"]["least"] == 20


@pytest.mark.parametrize("ending", ["ndjson", "parquet"])
def test_answers_leave_as_the_analysis_export_has_them_and_each_file_is_recorded(sqlite_app, ending):
    yesterday()
    at = f"/api/v1/surveys/wave1/responses.{ending}"
    client, headers = sqlite_app.test_client(), key("evaluator")
    assert client.get(at, headers=headers).status_code == 422  # without saying what for
    got = client.get(f"{at}?reason=平台月报", headers=headers)
    if ending == "ndjson":
        rows = [json.loads(line) for line in got.get_data(as_text=True).splitlines()]
    else:
        rows = pq.read_table(io.BytesIO(got.data)).to_pylist()
    assert len(rows) == 42
    assert {"day", "psu", "base_weight", "measure", "services_bus"} <= set(rows[0])
    assert not {"receipt", "finished_at", "site_id", "id"} & set(rows[0])
    assert "ETag" not in got.headers
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.file")).all()[-1]
    assert (entry.reason, entry.after) == ("平台月报", {"responses": 42})


def test_an_answer_of_today_is_in_no_file_so_that_asking_again_tells_no_ones_minute(sqlite_app):
    got = sqlite_app.test_client().get("/api/v1/surveys/wave1/responses.ndjson?reason=x", headers=key("evaluator"))
    assert got.get_data(as_text=True) == ""


def test_the_document_and_its_page_are_there_for_everybody_in_both_languages(sqlite_app):
    client = sqlite_app.test_client()
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    named = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert named == set(OPERATIONS)
    assert document["paths"]["/api/v1/surveys"]["get"]["summary"] == "查看调查"
    chinese, english = (client.get(f"/api/v1/?lang={lang}") for lang in ("zh", "en"))
    assert "接口说明" in chinese.get_data(as_text=True)
    assert "API documentation" in english.get_data(as_text=True)
    for page in (chinese, english):
        text = page.get_data(as_text=True)
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert "<script" not in text
        assert not [part for part in text.split('"') if part.startswith(("http:", "https:", "//"))]
