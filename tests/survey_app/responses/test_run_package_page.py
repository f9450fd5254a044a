"""The package of a run from the console: with its purpose, for who asked, and not before the close."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import select

from survey_app.models import AuditEntry, EstimateRun, Job, Kept, db
from tests.support.city import scored_city
from tests.support.people import client_of, post
from tests.support.stored import begins_with


def address() -> str:
    return f"/console/estimates/{db.session.scalars(select(EstimateRun)).one().id}/package"


@begins_with(scored_city)
def test_an_evaluator_asks_for_it_takes_it_and_the_purpose_is_put_down(app):
    client = client_of(app, "evaluator")
    assert "还没有为您制作的数据包" in client.get(address()).get_data(as_text=True)
    reply = post(client, address(), reason="省里复核", replicates="4", with_text="y")
    page = client.get(reply.location).get_data(as_text=True)
    assert "省里复核" in page
    link = page.split('href="')[1:]
    file = next(part.split('"')[0] for part in link if "/files/" in part.split('"')[0])
    names = zipfile.ZipFile(io.BytesIO(client.get(file).data)).namelist()
    assert "run-1/figure.R" in names
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "response.run_package")).one()
    assert (entry.reason, entry.after["replicates"], entry.after["text"]) == ("省里复核", 4, True)
    assert db.session.scalars(select(Kept).where(Kept.purpose == "package")).one().sealed
    other = client_of(app, "manager")
    assert other.get(file).status_code == 404
    assert client.get(file.replace("/files/", "/files/9")).status_code == 404


@begins_with(scored_city)
def test_two_who_ask_for_the_same_at_once_get_one_each(sqlite_app):
    sqlite_app.extensions["minyi_wake"] = lambda _app, _number: None  # both jobs wait
    for role in ("evaluator", "manager"):
        post(client_of(sqlite_app, role), address(), reason="复核")
    assert len(db.session.scalars(select(Job).where(Job.kind == "run_package")).all()) == 2


@begins_with(scored_city)
def test_wrong_input_is_said_at_its_field_and_nothing_is_made(sqlite_app):
    client = client_of(sqlite_app, "evaluator")
    for sent, said in (
        ({"reason": " "}, "请写明用途"),
        ({"reason": "x", "replicates": "1"}, "2至1000组"),
        ({"reason": "x", "replicates": "很多"}, "aria-invalid"),
    ):
        reply = post(client, address(), **sent)
        assert (reply.status_code, said in reply.get_data(as_text=True)) == (422, True)
    assert not db.session.scalars(select(Job).where(Job.kind == "run_package")).all()
