"""Reading written answers one after another, and putting them under codes; each page that is read is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.archives.at_hand import response_numbered
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import all_of
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.ground import audit
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import Response, Survey
from survey_app.responses.labels import number_of
from survey_app.surveys.small_cells import least_cell, sees_all
from survey_app.voices.coding import CodingError, frame_of, give_codes
from survey_app.voices.pages.forms import GiveForm
from survey_app.voices.reading import (
    CODED,
    COUNTED_TO,
    SIDES,
    UNCODED,
    OpenQuestion,
    TooFewError,
    VoicePage,
    Wanted,
    looked_through,
    may_ask_side,
    open_questions,
    text_of,
    voices,
)


@bp.page("/surveys/<code>/voices", "阅读开放题回答", all_of("manager", "evaluator", "auditor"))
def voices_page(code: str) -> str | tuple[str, int]:
    """The answers to one question, twenty a page."""
    survey = survey_of(code)
    return _page(survey)


@bp.action("/surveys/<code>/voices", "给开放题回答编码", all_of("manager", "evaluator"))
def code_voice(code: str) -> BaseResponse | tuple[str, int]:
    """Put one answer under codes, or under none."""
    survey, form = survey_of(code), GiveForm()
    try:
        if not form.validate():
            raise CodingError("voices.no_such_code")
        response = answer_of(survey, form.label.data or "", form.question.data or "")
        with transaction():
            give_codes(survey, response, form.question.data, form.codes.data, current_user.username)
    except CodingError as error:
        flash(str(error), "error")
        answer = _page(survey)
        return (answer, 422) if isinstance(answer, str) else answer
    return redirect(
        f"{url_for('console.voices_page', code=code)}?{request.query_string.decode('ascii', 'ignore')}#v-{form.label.data}"
    )


def answer_of(survey: Survey, label: str, question: str) -> Response:
    """The response behind a label, at a site that the person may see, with an answer to the question. Raises CodingError."""
    response = response_numbered(number_of(label))
    known = question in {one.key for one in open_questions(survey, language())}
    if response is None or response.survey_id != survey.id or not known or not text_of(response, question):
        raise CodingError("voices.no_such_answer")
    if response.site_id not in {site.id for site in own_sites(survey)}:
        abort(403)
    return response


def least_for_reader(survey: Survey) -> int:
    """Answers that must share what narrows a list, for the signed-in person."""
    return 1 if sees_all(current_user.grants) else least_cell(survey)


def question_asked(survey: Survey) -> tuple[list[OpenQuestion], OpenQuestion | None]:
    """The survey's written questions, and the one that the address names, else the first."""
    found = open_questions(survey, language())
    return found, next((one for one in found if one.key == request.args.get("question")), found[0] if found else None)


def _page(survey: Survey) -> str | tuple[str, int]:
    questions, question = question_asked(survey)
    if question is None:
        return render_template("voices/none.html", survey=survey, demo=survey.demo)
    sites = own_sites(survey)
    counties = list(dict.fromkeys(site.area.name for site in sites))
    codes = frame_of(survey, question.key)
    wanted = _wanted(survey, question, counties, [code.id for code in codes])
    number = request.args.get("page", "1")
    found, wrong = VoicePage((), 0, 1, False), ""
    try:
        found = voices(
            survey, [site.id for site in sites], wanted, current_user.username, least_for_reader(survey),
            int(number) if number.isdecimal() and len(number) < 7 else 1,
        )  # fmt: skip
    except TooFewError as error:
        wrong = str(error)
    with transaction():
        audit.record(
            "voice.read", f"survey:{survey.code}", after={"question": question.key, "count": len(found.voices)}
        )
    asked = {name: value for name, value in vars(wanted).items() if value}
    page = render_template(
        "voices/voices.html", survey=survey, questions=questions, question=question, wanted=wanted, page=found, wrong=wrong,
        counties=counties, codes=codes, sides=may_ask_side(survey), chosen=asked, most=looked_through(survey),
        counted_to=COUNTED_TO, demo=survey.demo,
    )  # fmt: skip
    return (page, 422) if wrong else page


def _wanted(survey: Survey, question: OpenQuestion, counties: list[str], codes: list[int]) -> Wanted:
    """What the address asks for, as far as it is known."""

    def known(name: str, choices: Any) -> str:
        value = request.args.get(name, "")
        return value if value in choices else ""

    under = known("under", {str(code) for code in codes})
    wanted = Wanted(
        question.key, request.args.get("search", "").strip()[:100], known("county", counties), known("side", SIDES),
        int(under) if under else None, known("mine", (UNCODED, CODED)),
    )  # fmt: skip
    return wanted if may_ask_side(survey) else replace(wanted, side="")
