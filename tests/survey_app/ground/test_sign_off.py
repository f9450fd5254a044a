"""Two people settle a result, and files are kept once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from survey_app.files.stored import put, take
from survey_app.ground.sign_off import SignOffError, standing, states, take_step
from survey_app.models import AuditEntry, StoredFile, db

pytestmark = pytest.mark.usefixtures("in_chinese")


def test_who_proposes_never_approves_and_another_person_does_with_a_comment(app):
    take_step("estimate:1", "proposed", "anna", "")
    with pytest.raises(SignOffError, match="不能自己批准"):
        take_step("estimate:1", "approved", "anna", "ok")
    with pytest.raises(SignOffError, match="意见"):
        take_step("estimate:1", "approved", "ben", " ")
    take_step("estimate:1", "approved", "ben", "已核对")
    db.session.commit()
    now = standing("estimate:1")
    assert (now.state, now.proposed_by, len(now.steps)) == ("approved", "anna", 2)
    assert states(["estimate:1", "estimate:2"]) == {"estimate:1": "approved"}
    assert set(db.session.scalars(select(AuditEntry.action))) == {"sign_off.proposed", "sign_off.approved"}


def test_what_was_returned_can_be_proposed_again_and_nothing_is_approved_twice(app):
    with pytest.raises(SignOffError):
        take_step("final:1", "approved", "ben", "x")
    for step, by in (("proposed", "anna"), ("returned", "ben"), ("proposed", "anna"), ("approved", "ben")):
        take_step("final:1", step, by, "x")
    with pytest.raises(SignOffError, match="刷新"):
        take_step("final:1", "approved", "cleo", "x")
    take_step("final:1", "withdrawn", "anna", "有新数据")
    assert standing("final:1").state == "withdrawn"


def test_the_same_file_is_kept_once(app):
    first, second = put(b"%PDF-1.7 x", "application/pdf"), put(b"%PDF-1.7 x", "application/pdf")
    assert first == second
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
    assert take(first).body == b"%PDF-1.7 x"
    assert take("0" * 64) is None
