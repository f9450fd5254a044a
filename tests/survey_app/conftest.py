"""Fixtures for tests of the application: the survey of the city a test is marked with, and somebody at the console."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from survey_app.models import Survey
from tests.support.city import the_survey
from tests.support.people import client_of


@pytest.fixture
def survey(request: pytest.FixtureRequest) -> Survey:
    """The survey of the test's city: on both engines where the test asks for `app`, else on SQLite."""
    request.getfixturevalue("app" if "app" in request.fixturenames else "sqlite_app")
    return the_survey()


@pytest.fixture
def desk(sqlite_app) -> FlaskClient:
    """The browser of an administrator who has signed in."""
    return client_of(sqlite_app, "administrator")
