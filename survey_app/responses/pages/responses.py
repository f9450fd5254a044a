"""What single people answered: a list by day, and a page of each that says neither minute nor site. Each opening is recorded."""

from __future__ import annotations

from datetime import date

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from survey_app.archives.at_hand import response_numbered
from survey_app.console.frame import bp, mode_names, survey_of
from survey_app.console.permissions import Arguments, Owner, all_of, own
from survey_app.console.tables import Column, Table
from survey_app.fieldwork.pages.progress import own_sites
from survey_app.ground import audit
from survey_app.ground.clock import survey_time
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import Site, Survey, db
from survey_app.responses.answers import AnswerPage, WantedAnswers, days, of_day, read_out, shown_where
from survey_app.responses.labels import number_of
from survey_app.responses.process import MODES
from survey_app.surveys.small_cells import least_cell


def owner_of_answers(arguments: Arguments) -> Owner | None:
    return owner_of_response(number_of(str(arguments["label"])))


def owner_of_response(number: int | None) -> Owner | None:
    """Whose a response is: its site's area."""
    response = response_numbered(number)
    site = db.session.get(Site, response.site_id) if response else None
    return (site.area, None) if site is not None and site.area.kind != "city" else None


@bp.page("/surveys/<code>/responses", "查看应答", all_of("manager", "evaluator", "auditor"))
def responses_page(code: str) -> str:
    """The complete answers of one day, the newest where none is asked for."""
    survey = survey_of(code)
    sites = own_sites(survey)
    numbers, counties = [site.id for site in sites], dict.fromkeys(site.area.name for site in sites)
    known = days(survey)
    asked = request.args.get("day", "")
    day = next((each for each in known if str(each) == asked), known[0] if known else None)
    county, mode = request.args.get("county", ""), request.args.get("mode", "")
    wanted = WantedAnswers(county if county in counties else "", mode if mode in MODES else "")
    page = of_day(survey, numbers, day, wanted, request.args.get("after", "")) if day else AnswerPage((), "")
    table = _table(page, day)
    return render_template(
        "responses/responses.html", survey=survey, table=table, page=page, wanted=wanted, counties=counties, days=known,
        day=day, modes=MODES, least=least_cell(survey), demo=survey.demo,
        chosen={name: value for name, value in (("day", day), *vars(wanted).items()) if value},
    )  # fmt: skip


@bp.page("/responses/<label>", "查看一份应答", own("manager", "evaluator", "auditor"), of=owner_of_answers)
def response_page(label: str) -> str:
    """What was asked and answered, of which day."""
    response = response_numbered(number_of(label)) or abort(404)
    survey = db.session.get_one(Survey, response.survey_id)
    with transaction():
        audit.record("response.open", f"survey:{survey.code}", after={"response": label})
    county, mode = shown_where(response, survey)
    return render_template(
        "responses/response.html", survey=survey, response=response, label=label, county=county,
        mode=mode_names().get(mode, mode) if mode else None, day=survey_time(response.finished_at, survey, "%Y-%m-%d"),
        said=read_out(response, survey, language()), demo=response.demo,
    )  # fmt: skip


def _table(page: AnswerPage, day: date | None) -> Table:
    columns = [
        Column("label", _("应答"), link="address"),
        Column("day", _("完成日期")),
        Column("county", _("所在单元")),
        Column("mode", _("作答方式")),
    ]
    rows = [
        {
            "label": line.label,
            "address": url_for("console.response_page", label=line.label),
            "day": str(day),
            "county": line.county,
            "mode": mode_names().get(line.mode, line.mode) if line.mode else None,
        }
        for line in page.lines
    ]
    return Table("responses", _("本页应答"), columns, rows)
