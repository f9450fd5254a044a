"""A piece of an answer is put forward to be quoted; a second person confirms on the page of what waits for one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, SelectField, TextAreaField

from survey_app.console.forms import Form
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import own
from survey_app.console.two_persons import Shown, shows
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.two_persons import MOST_REASON
from survey_app.models import Statement
from survey_app.voices import quotes
from survey_app.voices.coding import frame_of
from survey_app.voices.pages.reading import answer_of
from survey_app.voices.reading import open_questions, text_of
from wording import Refusal


class QuoteForm(Form):
    """Which words of which answer, under which code, and why."""

    label = HiddenField()
    question = HiddenField()
    words = TextAreaField(
        lazy_gettext("引用的话"), description=lazy_gettext("只能删去前后，不能改动；能认出本人的内容请删去")
    )
    code = SelectField(lazy_gettext("归在编码"), coerce=int, validate_choice=False)
    reason = TextAreaField(lazy_gettext("理由"))


@bp.form("/surveys/<code>/voices/quote", "提请引用开放题回答", own("evaluator"))
def quote_voice(code: str) -> str | BaseResponse | tuple[str, int]:
    survey, form = survey_of(code), QuoteForm()
    if not form.is_submitted():
        form.label.data, form.question.data = request.args.get("label", ""), request.args.get("question", "")
    codes = frame_of(survey, form.question.data or "")
    form.code.choices = [(0, str(_("不归在编码下"))), *((one.id, one.name) for one in codes)]
    try:
        response = answer_of(survey, form.label.data or "", form.question.data or "")
        if form.is_submitted():
            form.validate()
            chosen = form.code.data if form.code.data in {one.id for one in codes} else None
            with transaction():
                made = quotes.state_quote(
                    survey, response, form.question.data or "", form.words.data or "", chosen,
                    (form.reason.data or "")[: MOST_REASON + 1], current_user.username,
                )  # fmt: skip
            flash(_("已提请，等第二人确认后才能引用"), "ok")
            return redirect(url_for("console.statement_page", number=made.id))
        form.words.data = text_of(response, form.question.data or "")
    except Refusal as error:
        if not form.is_submitted():
            abort(404)
        form.refuse(error)
    page = render_template("voices/quote.html", survey=survey, form=form, demo=survey.demo)
    return (page, 422) if form.form_errors else page


def _details(statement: Statement) -> Markup:
    """The words and where they would stand; none of a question that may not be shown now."""
    quote, survey = quotes.quote_of(statement), quotes.survey_of(statement)
    shown = quote.question in {one.key for one in open_questions(survey, language())}
    return Markup(render_template("voices/quote_details.html", quote=quote, survey=survey, shown=shown))


def _place(statement: Statement) -> str:
    survey, question = quotes.survey_of(statement), statement.content["question"]
    return url_for("console.voices_frame", code=survey.code, question=question)


shows(Shown(quotes.KIND, lazy_gettext("引用开放题回答"), _details, _place))
