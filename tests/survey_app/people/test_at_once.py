"""Two browsers at once: the second sees what the first has done, and what was sent stands in no error."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from survey_app.ground.transaction import transaction
from survey_app.models import AuditEntry, Grant, Role, Survey, User, db
from survey_app.people.accounts import AccountError, create_account, give
from survey_app.surveys.life import StateError, change_state
from tests.support.city import small_city

TOGETHER = 4


def at_once(app, act: Callable[[], object], refusal: type[Exception]) -> int:
    """How often `act` was done, of four at the same moment; all others are refused in words."""
    gate = Barrier(TOGETHER)

    def one() -> bool:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    act()
            except refusal:
                return False
            return True

    with ThreadPoolExecutor(TOGETHER) as threads:
        return sum(done.result() for done in [threads.submit(one) for _ in range(TOGETHER)])


def test_of_two_equal_accounts_or_grants_at_once_the_second_is_refused(app):
    with transaction():
        create_account("mia", "manager")
    assert at_once(app, lambda: create_account("eva", "evaluator"), AccountError) == 1
    assert at_once(app, lambda: give("eva", "scorer"), AccountError) == 1
    user = db.session.scalars(select(User).where(User.username == "eva")).one()
    assert sorted(db.session.scalars(select(Grant.role).where(Grant.user_id == user.id))) == ["evaluator", "scorer"]


def test_a_survey_changes_its_state_once_however_often_the_button_is_pressed(app):
    small_city()

    def pause() -> None:
        change_state(db.session.scalars(select(Survey)).one(), "paused", "rain")

    assert at_once(app, pause, StateError) == 1
    told = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "survey.state")
    assert db.session.scalar(told) == 1


def test_an_error_of_the_database_does_not_repeat_what_it_was_given(app):
    db.session.add_all([Role(name="so-secret"), Role(name="so-secret")])
    with pytest.raises(IntegrityError) as error:
        db.session.flush()
    assert "[SQL parameters hidden" in str(error.value)
