"""The running API does what its OpenAPI document says: asked by schemathesis, with a fixed seed, by valid and wrong requests."""

from __future__ import annotations

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from survey_app.models import db
from tests.support.api import key, served
from tests.support.city import scored_city
from tests.support.stored import begins_with
from tests.support.tickets import dot, ticket_of

pytestmark = begins_with(scored_city)
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
THERE = {
    "code": "wave1", "version_id": 1, "run_id": 1, "ticket_id": 1, "job_id": 1, "period": "2023", "area": "11", "indicator": "1",
}  # fmt: skip


@pytest.mark.parametrize("examples", [4, pytest.param(400, marks=pytest.mark.release)])
def test_every_operation_answers_as_described_whatever_it_is_asked(sqlite_app, tmp_path, proves, examples):
    ticket_of("甲县", "某局", dot())
    keys = [key("auditor"), key("evaluator"), key("manager", kind="write"), key("department", "甲县", "某局", "write")]
    db.session.commit()
    asked: dict[int, int] = {}
    with served(sqlite_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path) as base, requests.Session() as session:
        schema = schemathesis.openapi.from_url(f"{base}/api/v1/openapi.json?lang=en")
        schema.config.update(base_url=base)
        for found in schema.get_all_operations():
            for mode in GenerationMode:
                _ask_for(found.ok(), mode, examples, keys, session, asked)
    assert asked.keys() >= {200, 403, 404, 422}
    assert not [status for status in asked if status >= 500]
    proves(
        f"{sum(asked.values())} requests to the API got what its OpenAPI document says: {dict(sorted(asked.items()))}"
    )


def _ask_for(operation, mode, examples, keys, session, asked) -> None:
    @seed(20261129)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        case=operation.as_strategy(generation_mode=mode), known=st.sampled_from([True, True, False]),
        headers=st.sampled_from(keys),
    )  # fmt: skip
    def one(case, known, headers) -> None:
        if known:
            case.path_parameters = {name: THERE[name] for name in case.path_parameters or ()}
        answer = case.call(session=session, headers=headers)
        if answer.status_code == 414:  # the server's own limit of an address, before any application
            return
        asked[answer.status_code] = asked.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS, headers=headers)
        if mode is GenerationMode.NEGATIVE and not known:
            case.validate_response(answer, checks=[negative_data_rejection], headers=headers)

    one()
