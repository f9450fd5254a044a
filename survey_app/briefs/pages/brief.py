"""The brief of a run: one page on the office's letterhead, as Word and PDF."""

from __future__ import annotations

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.documents.estimate import EstimateDocument
from survey_app.briefs.pages.parts import county_table, trend_figure
from survey_app.briefs.summary import counties, over_periods, period_of
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.console.report_parts import between, draft_mark, grid_of, picture_of, told
from survey_app.console.sent_reports import head, sent_report
from survey_app.documents.content import Block, Heading, Paragraph, Report, Say, share_text
from survey_app.estimates.figure_notes import notes_of
from survey_app.estimates.figure_notes import told as note_told
from survey_app.estimates.pages.estimates import run_of
from survey_app.estimates.pages.words import outcome_name
from survey_app.estimates.review import subject
from survey_app.estimates.suppression import shown_result
from survey_app.ground.clock import local_day
from survey_app.ground.language import LOCALES, language
from survey_app.ground.sign_off import standing
from survey_app.ground.verdicts import together, verdict_of
from survey_app.models import EstimateRun
from survey_app.surveys.columns import COUNTY_VARIABLE
from wording import reading


@bp.page(
    "/estimates/<int:run_id>/brief.<any(docx, pdf):ending>",
    "下载简报",
    own("manager", "evaluator", "scorer", "auditor"),
)
def brief_file(run_id: int, ending: str) -> BaseResponse:
    run = run_of(run_id)
    report = brief(run, shown_result(run, current_user.grants), language())
    return sent_report(report, ending, url_for("console.estimate_page", run_id=run_id))


def brief(run: EstimateRun, result: EstimateDocument, chosen: str) -> Report:
    """One page. result: what of the run the reader may see."""
    say = Say(chosen)
    with force_locale(LOCALES[chosen]), reading(chosen):
        blocks = [*_figure(result, say), *_trend(run, result), *_counties(run, result), *_notes(run)]
        return Report(
            title=say(f"{run.survey.city.name}公众满意度简报", f"{run.survey.city.name_en or run.survey.city.name}: how satisfied residents are"),
            subtitle=run.survey.title,
            language=chosen,
            name=f"brief-{run.id}",
            facts=((say("周期", "Period"), f"{period_of(run.survey)} · {local_day(run.created_at)} · {say('估计', 'estimate')} #{run.id}"),),
            blocks=tuple(blocks),
            demo=run.demo,
            draft=draft_mark(standing(subject(run.id)).state, say),
            head=head(chosen),
            one_page=True,
        )  # fmt: skip


def _figure(result: EstimateDocument, say: Say) -> list[Block]:
    share = result["satisfied"]
    if share["estimate"] is None:
        return [Paragraph(_("未达可发布样本量"), "lead")]
    verdict = verdict_of(result)
    size = say(f"有效回答{result['n']:,}份", f"{result['n']:,} answers")
    return [
        Paragraph(f"{share_text(share['estimate'])}   {outcome_name(result['decision'])}", "lead"),
        Paragraph(f"{str(verdict) if verdict else between(share)} {size}{say('。', '.')}"),
    ]


def _trend(run: EstimateRun, result: EstimateDocument) -> list[Block]:
    points = over_periods(run, result)
    figure = trend_figure(points, result)
    if figure is None:
        return []
    sources = [Paragraph(f"{one.period}{_('：')}{one.source}", "note") for one in points if one.source]
    return [picture_of(figure, told(figure.table, "period", ("share",))), *sources]


def _counties(run: EstimateRun, result: EstimateDocument) -> list[Block]:
    found = counties(run, result)
    if not found:
        return []
    many = together(result, COUNTY_VARIABLE)
    return [grid_of(county_table(found, run, links=False)), *([Paragraph(many, "note")] if many else [])]


def _notes(run: EstimateRun) -> list[Block]:
    said = [Paragraph(note_told(note)) for note in notes_of(run)]
    return [Heading(1, _("批注")), *said] if said else []
