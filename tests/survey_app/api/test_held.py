"""Before the close the API tells the official figure to nobody, whatever a key is called."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from survey_app.console.permissions import OPERATIONS
from survey_app.models import ApiToken, db
from tests.support.api import key
from tests.support.application import application
from tests.support.stored import this_run
from tests.survey_app.api.test_operations import address, yesterday
from tests.survey_app.estimates.test_held import LOOKER, figures, official_city, text_of


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    app = application(this_run().on_sqlite(official_city, tmp_path_factory.mktemp("held") / "test.sqlite3"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("role", ["manager", "evaluator", "scorer", "auditor"])
def test_no_operation_tells_the_held_figure(opened, role):
    yesterday()
    headers, known, client = key(role), figures(), opened.test_client()
    db.session.execute(update(ApiToken).values(label=LOOKER))  # whom the plan names is an account, never a key
    db.session.commit()
    told = {}
    for one in OPERATIONS.values():
        if one.method == "GET":
            query = "?reason=x" if "responses" in one.address else ""
            got = client.get(address(one.address) + query, headers=headers)
            told[one.address] = (got.status_code, text_of(got.data))
    assert not [at for at, (_status, text) in told.items() if any(figure in text for figure in known)]
    if role in ("manager", "evaluator"):
        text = told["/api/v1/surveys/<code>/responses.ndjson"][1]
        assert '"services_bus"' in text
        assert not [name for name in ('"overall"', '"improve_speed"') if name in text]
        assert '"measure": null' in text
    status, text = told["/api/v1/estimates/<int:run_id>"]
    assert (status, '"code":"held"' in text) == (409, True)
