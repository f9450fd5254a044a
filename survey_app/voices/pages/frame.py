"""A question's coding frame with how often each code stands, how far coders agree, and the words that many answers hold."""

from __future__ import annotations

from collections import Counter

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.frequent_words import frequent_words
from survey_app.console.forms import unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import all_of, may, own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.ground.sign_off import APPROVED
from survey_app.models import Code, Survey, db
from survey_app.surveys.small_cells import shown_apart
from survey_app.voices.coding import CodingError, add_code, agreements, change_code, first_codings, frame_of
from survey_app.voices.pages.forms import CodeForm
from survey_app.voices.pages.reading import least_for_reader, question_asked
from survey_app.voices.quotes import quotes
from survey_app.voices.reading import COUNTED, OpenQuestion, looked_through, texts_to_count

LEAST_WORD = 3  # answers that a word must stand in, however small a published cell may be


@bp.page("/surveys/<code>/voices/frame", "查看编码表与常见词", all_of("manager", "evaluator", "auditor"))
def voices_frame(code: str) -> str | BaseResponse:
    return _page(survey_of(code), None)


@bp.action("/surveys/<code>/voices/frame", "维护编码表", own("manager", "evaluator"))
def save_code(code: str) -> str | BaseResponse | tuple[str, int]:
    """A new code, or other words for one, or its end."""
    survey, form = survey_of(code), CodeForm()
    question = question_asked(survey)[1]
    if question is None:
        abort(404)
    with form.storing(CodingError, "name"):
        if not form.validate():
            raise CodingError("voices.no_such_code")
        name, note = form.name.data or "", form.note.data or ""
        if form.code.data:
            change_code(survey, _code(survey, form.code.data), name, note, form.retired.data)
        else:
            add_code(survey, question.key, name, note)
    if form.errors:
        page = _page(survey, form)
        return (page, 422) if isinstance(page, str) else page
    flash(_("编码表已保存"), "ok")
    return redirect(url_for("console.voices_frame", code=code, question=question.key))


def _code(survey: Survey, number: str) -> Code:
    found = db.session.get(Code, int(number)) if number.isdecimal() and len(number) < 10 else None
    if found is None or found.survey_id != survey.id:
        raise CodingError("voices.no_such_code")
    return found


def _page(survey: Survey, form: CodeForm | None) -> str | BaseResponse:
    questions, question = question_asked(survey)
    if question is None:
        return render_template("voices/none.html", survey=survey, demo=survey.demo)
    sites = [site.id for site in own_sites(survey)]
    texts = texts_to_count(survey, sites, question.key)
    tables = [_words(survey, question, texts), _agreement(survey, question)]
    codes, number = frame_of(survey, question.key), Counter[int]()
    for one in first_codings(survey, question.key):
        number.update(one.codes)
    quoted = _quotes(survey, question)
    return requested_export(*tables, quoted) or render_template(
        "voices/frame.html", survey=survey, questions=questions, question=question, codes=codes, tables=tables, quotes=quoted,
        most=looked_through(survey), number=shown_apart({code.id: number[code.id] for code in codes}, current_user.grants, survey),
        counted=len(texts), more=len(texts) == COUNTED, new=form if form and not form.code.data else unsent(CodeForm), changed=form, demo=survey.demo,
        filled=_filled, may_change=may(current_user.grants, "console.save_code", None),
    )  # fmt: skip


def _filled(code: Code) -> CodeForm:
    return unsent(CodeForm, name=code.name, note=code.note, retired=code.retired)


def _words(survey: Survey, question: OpenQuestion, texts: list[str]) -> Table:
    least = max(least_for_reader(survey), LEAST_WORD)
    rows = [
        {
            "word": word.text,
            "answers": word.answers,
            "share": word.answers / len(texts),
            "address": url_for("console.voices_page", code=survey.code, question=question.key, search=word.text),
        }
        for word in frequent_words(texts, least)
    ]
    columns = [
        Column("word", _("词"), link="address"),
        Column("answers", _("写到的回答"), "number"),
        Column("share", _("占回答(未加权)"), "share"),
    ]
    return Table("words", _("常见词"), columns, rows)


def _quotes(survey: Survey, question: OpenQuestion) -> Table:
    """What two persons have confirmed, and is still there."""
    rows = [
        {"code": one.code.name if one.code else None, "text": one.text}
        for one in quotes(survey, question.key, APPROVED)
        if one.text
    ]
    return Table("quotes", _("可以引用的话"), [Column("text", _("引用的话")), Column("code", _("编码"))], rows)


def _agreement(survey: Survey, question: OpenQuestion) -> Table:
    rows = [
        {
            "coders": f"{one.first} · {one.second}", "code": one.code.name, "n": one.agreement.n, "both": one.agreement.both,
            "first": one.agreement.first, "second": one.agreement.second, "kappa": one.agreement.kappa,
        }
        for one in agreements(survey, question.key)
    ]  # fmt: skip
    columns = [
        Column("coders", _("编码员")), Column("code", _("编码")), Column("n", _("都编过的回答"), "number"),
        Column("both", _("都归入"), "number"), Column("first", _("仅前者归入"), "number"),
        Column("second", _("仅后者归入"), "number"), Column("kappa", "Cohen κ", "fine"),
    ]  # fmt: skip
    return Table("agreement", _("编码员的一致性"), columns, rows)
