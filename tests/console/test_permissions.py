"""Every role, at home and elsewhere, against every route of the console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.console.permissions import PERMISSIONS
from survey_app.models import Area, AuditEntry, EstimateRun, Job, ScoringRun, db
from survey_app.services.accounts import ROLES, AccountError, create_account, give, take
from tests.console.test_console import city, csrf, sign_in  # noqa: F401  # the fixture

PUBLIC = {"console.static", "console.switch_language"}
AREAS = ("", "甲县", "乙县")  # the whole city, the county that is asked for, another county
OF_A_COUNTY = {"console.score_page", "console.ahead_page"}
PASSWORD = "a-longer-password-1"


@pytest.fixture
def runs(sqlite_app, city):  # noqa: F811
    """One estimate with its scorecards, made by an administrator."""
    client = signed_in(sqlite_app.test_client(), create_account("admin", "administrator"), "admin")
    page = client.get("/console/surveys/wave1").get_data(as_text=True)
    client.post("/console/surveys/wave1/runs", data={"csrf_token": csrf(page)})
    return client


def signed_in(client: FlaskClient, password: str, name: str) -> FlaskClient:
    page = client.get("/console/sign-in").get_data(as_text=True)
    client.post("/console/sign-in", data={"csrf_token": csrf(page), "username": name, "password": password})
    page = client.get("/console/password").get_data(as_text=True)
    data = {
        "csrf_token": csrf(page), "password": password, "new_password": PASSWORD, "new_password_confirm": PASSWORD,
    }  # fmt: skip
    client.post("/console/password", data=data)
    return client


def routes() -> dict[str, tuple[str, Callable[[], str]]]:
    """Endpoint -> method and the address of one thing in 甲县, or of the whole city."""

    def score() -> str:
        county = db.session.scalar(select(Area.id).where(Area.name == "甲县"))
        return f"/console/scores/{db.session.scalar(select(ScoringRun.id).where(ScoringRun.area_id == county))}"

    def batch() -> str:
        return f"/console/scores/batch/{db.session.scalar(select(ScoringRun.batch))}"

    def estimate() -> str:
        return f"/console/estimates/{db.session.scalar(select(EstimateRun.id))}"

    def job() -> str:
        return f"/console/jobs/{db.session.scalar(select(Job.id))}"

    return {
        "console.job_page": ("GET", job),
        "console.job_state": ("GET", lambda: f"{job()}/state"),
        "console.cancel_job": ("POST", lambda: f"{job()}/cancel"),
        "console.home": ("GET", lambda: "/console/"),
        "console.survey_page": ("GET", lambda: "/console/surveys/wave1"),
        "console.set_state": ("POST", lambda: "/console/surveys/wave1/state"),
        "console.new_run": ("POST", lambda: "/console/surveys/wave1/runs"),
        "console.posters": ("GET", lambda: "/console/surveys/wave1/posters?site=aaa2222"),
        "console.site_qr": ("GET", lambda: "/console/sites/aaa2222/qr.svg"),
        "console.posters_zip": ("GET", lambda: "/console/surveys/wave1/posters.zip"),
        "console.site_poster": ("GET", lambda: "/console/sites/aaa2222/poster.svg"),
        "console.ahead_page": ("GET", lambda: f"{score()}/ahead"),
        "console.estimate_page": ("GET", estimate),
        "console.score_page": ("GET", score),
        "console.batch_page": ("GET", batch),
        "console.audit_page": ("GET", lambda: "/console/audit"),
        "console.audit_csv": ("GET", lambda: "/console/audit.csv"),
    }


def test_every_route_of_the_console_has_its_line_in_the_matrix_and_its_test(sqlite_app):
    endpoints = {rule.endpoint for rule in sqlite_app.url_map.iter_rules() if rule.endpoint.startswith("console.")}
    assert endpoints - PUBLIC == set(PERMISSIONS)
    assert set(routes()) == set(PERMISSIONS)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_matrix_says_and_nothing_else(sqlite_app, runs, role, area):
    password = create_account("person", role, area, "某局" if role == "department" else "")
    client = signed_in(sqlite_app.test_client(), password, "person")
    token = csrf(client.get("/console/password").get_data(as_text=True))
    for endpoint, (method, address) in routes().items():
        scope = PERMISSIONS[endpoint].get(role)
        theirs = area == "" or (area == "甲县" and endpoint in OF_A_COUNTY)
        opens = scope == "all" or (scope == "own" and theirs)
        data = {"csrf_token": token, "state": "nonsense"} if method == "POST" else None
        status = client.open(address(), method=method, data=data).status_code
        assert (status == 403) is not opens, f"{role} {area} {endpoint}: {status}"
        assert status < 500


def test_a_refused_address_is_written_down(sqlite_app, runs):
    client = signed_in(sqlite_app.test_client(), create_account("dept", "department", "甲县", "交通局"), "dept")
    assert client.get("/console/audit").status_code == 403
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.actor, entry.action, entry.subject) == ("dept", "denied", "/console/audit")


def test_a_county_account_sees_only_its_county(sqlite_app, runs):
    client = signed_in(sqlite_app.test_client(), create_account("jia", "evaluator", "甲县"), "jia")
    page = client.get("/console/").get_data(as_text=True)
    assert "甲县" in page
    assert "乙县" not in page


def test_grants_are_given_and_taken_and_the_last_administrator_stays(sqlite_app, city):  # noqa: F811
    create_account("admin", "administrator")
    create_account("two", "auditor")
    with pytest.raises(AccountError, match="last administrator"):
        take("admin", "administrator")
    give("two", "administrator")
    take("admin", "administrator")
    for arguments, said in (
        (("two", "king"), "no role"),
        (("two", "evaluator", "丙县"), "no area"),
        (("two", "department"), "names its department"),
        (("nobody", "auditor"), "no account"),
    ):
        with pytest.raises(AccountError, match=said):
            give(*arguments)
