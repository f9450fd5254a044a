"""What is kept a while: for its holder alone, sealed, until it is taken or its time is over."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from survey_app.ground import keeping
from survey_app.ground.settings import in_force
from survey_app.models import Kept, db
from tests.support.city import small_city
from tests.support.people import person


def count() -> int:
    return db.session.scalar(select(func.count(Kept.id))) or 0


def test_only_the_holder_of_the_key_finds_it_and_only_for_its_purpose(app):
    anna, bert = person("auditor").user, person("auditor").user
    key = keeping.keep(keeping.FORM, {"a": "秘密"}, user_id=anna.id)
    kept = db.session.scalars(select(Kept)).one()
    assert "秘密".encode() not in kept.body
    assert key not in (kept.token, str(kept.note))
    assert keeping.look(keeping.FORM, key, user_id=bert.id) is None
    assert keeping.look(keeping.PASSWORDS, key, user_id=anna.id) is None
    assert keeping.look(keeping.FORM, key, user_id=anna.id) == {"a": "秘密"}
    assert keeping.take(keeping.FORM, key, user_id=anna.id) == {"a": "秘密"}
    assert (keeping.take(keeping.FORM, key, user_id=anna.id), count()) == (None, 0)


def test_what_another_key_of_the_installation_sealed_is_not_there(app, monkeypatch):
    key = keeping.keep(keeping.FORM, {"a": 1})
    other = replace(in_force(), text_key="other")
    monkeypatch.setattr("survey_app.ground.sealing.in_force", lambda: other)
    assert keeping.look(keeping.FORM, key) is None


def test_what_is_over_is_not_found_and_goes_with_the_next_thing_that_is_kept(app):
    key = keeping.keep(keeping.INTERVIEWS, b"answers")
    db.session.scalars(select(Kept)).one().expires_at = datetime.now(UTC) - timedelta(seconds=1)
    db.session.flush()
    assert keeping.look(keeping.INTERVIEWS, key) is None
    assert keeping.old() == {keeping.INTERVIEWS: 1}
    keeping.keep(keeping.INTERVIEWS, b"others")
    assert (keeping.old(), count()) == ({}, 1)


def test_what_stands_under_a_key_is_replaced_also_by_two_at_once(app):
    site = small_city().sites[0].id
    barrier = threading.Barrier(3)

    def save(number: int) -> None:
        with app.app_context():
            barrier.wait()
            keeping.keep(keeping.DRAFT, {"answers": number}, "phone", site_id=site)
            db.session.commit()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count() == 1
    assert keeping.look(keeping.DRAFT, "phone", site_id=site)["answers"] in (0, 1, 2)
