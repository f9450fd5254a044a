"""Interviews of other collectors, one a call."""

from __future__ import annotations

from flask import g
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError

from questionnaires import Definition
from survey_app.answering.refusal_words import refusal
from survey_app.answering.submission import AnswersRefusedError, InvitationUsedError, Receipt, SurveyNotOpenError
from survey_app.api.frame import operation, survey_of
from survey_app.api.problems import ProblemError, Wrong
from survey_app.api.submissions import DailyFullError, take
from survey_app.api.words import marked
from survey_app.fieldwork.collected import CollectedError, Interview, Place, place_of
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import db

Answer = str | int | float | bool | list[str | int] | dict[str, str | int]


class Submission(BaseModel):
    """One interview."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=80, description=marked("采集方自己的编号；同一编号只存一次"))
    site: str = Field(max_length=16, description=marked("调查点的编码"))
    started_at: AwareDatetime
    finished_at: AwareDatetime = Field(description=marked("完成的时刻，含时区；不能在将来"))
    language: str = Field("zh", pattern="^(zh|en)$")
    answers: dict[str, Answer] = Field(description=marked("题目 → 答案；多选为数组，矩阵题为行 → 答案"))
    invitation: str = Field("", max_length=40, description=marked("未用过的邀请码；没有就不计入样本"))


class Stored(BaseModel):
    """What became of it."""

    receipt: str = Field(description=marked("回执号；erased 时为空"))
    state: str = Field(description=marked("complete、screened_out 或 erased（本人已要求删除，不再存）"))
    repeated: bool = Field(description=marked("这个编号以前已存，本次没有再存"))
    changed: bool = Field(description=marked("以前已存，而本次内容不同；不同的没有存"))


@operation(
    "/surveys/<code>/submissions", "送交其他采集方的应答", "console.store_responses", Stored, method="POST", kind="submit",
    tag="submissions",
)  # fmt: skip
def post_submission(code: str, json: Submission) -> Stored:
    """Store an interview under the same checks and flags as a citizen's own."""
    survey_id = survey_of(code).id
    if g.api_token.survey_id != survey_id:
        raise ProblemError(403, "api.other_survey")
    sent = Interview(**dict(json))
    db.session.rollback()  # nothing was changed: what is read next has a connection of its own
    try:
        place = place_of(survey_id, sent)
        try:
            receipt = _stored(place, sent)
        except IntegrityError:  # the same key, sent at the same moment
            receipt = _stored(place, sent)
    except CollectedError as error:
        raise ProblemError(422, error.said, [Wrong(at=error.at, detail=str(error))] if error.at else []) from error
    except DailyFullError as error:
        raise ProblemError(429, error.said, headers=[("Retry-After", str(error.seconds))]) from error
    except AnswersRefusedError as error:
        raise ProblemError(422, "api.not_stored", _wrong(place.site.definition, error)) from error
    except InvitationUsedError as error:
        raise ProblemError(422, "api.used_invitation") from error
    except SurveyNotOpenError as error:
        raise ProblemError(422, "api.not_open") from error
    return Stored(receipt=receipt.number, state=receipt.state, repeated=receipt.repeated, changed=receipt.changed)


def _stored(place: Place, sent: Interview) -> Receipt:
    with transaction():
        return take(g.api_token, place, sent)


def _wrong(asked: Definition, error: AnswersRefusedError) -> list[Wrong]:
    words = language()
    return [
        Wrong(at=f"answers.{field}", detail=refusal(asked, field, message, words))
        for field, message in error.errors.items()
    ]
