"""After the close of an official survey: what is waited for, what came too late, and the word that all paper is keyed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import own
from survey_app.ground.official import naming_of
from survey_app.ground.transaction import transaction
from survey_app.models import OfficialSurvey, Survey
from survey_app.surveys.frozen import late_answers
from survey_app.surveys.settling import Waiting, say_all_keyed, waiting


@dataclass(frozen=True)
class Settling:
    """How the settling of a closed official survey stands. waits: None once it has ended."""

    naming: OfficialSurvey
    waits: Waiting | None
    late: int


@bp.app_template_global()
def settling_of(survey: Survey) -> Settling | None:
    """None where the survey is not its period's official one, or not closed yet."""
    naming = naming_of(survey)
    if naming is None or naming.closed_at is None:
        return None
    return Settling(naming, waiting(naming) if naming.settled_at is None else None, late_answers(survey))


@bp.action("/surveys/<code>/fieldwork/keyed", "声明纸质问卷已全部录入", own("manager"))
def all_keyed(code: str) -> BaseResponse:
    """Every paper form is keyed: the settling need not wait for more."""
    survey = survey_of(code)
    naming = naming_of(survey)
    if naming is None or naming.closed_at is None or naming.settled_at is not None or naming.forms_keyed_by:
        flash(_("现在没有要声明的。"), "error")
    else:
        with transaction():
            say_all_keyed(naming)
        flash(_("已记下：纸质问卷全部录入。"), "ok")
    return redirect(url_for("console.fieldwork_page", code=code))
