"""The answers to every question of a run, weighted: read on a page, taken away as CSV, as a workbook and as an annex."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.figures import requested_figure
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.console.report_parts import draft_mark, grid_of, picture_of, told
from survey_app.console.sent_reports import sent_report
from survey_app.console.tables import requested_export
from survey_app.documents.content import Block, Heading, Paragraph, Report, Say
from survey_app.estimates.answers_shown import ShownAnswers, shown_answers
from survey_app.estimates.pages import further
from survey_app.estimates.pages.answer_parts import Part, long_table, parts_of
from survey_app.estimates.pages.named import Named
from survey_app.estimates.pages.report import facts_of
from survey_app.estimates.review import subject
from survey_app.estimates.suppression import shown_result
from survey_app.ground.language import LOCALES, language
from survey_app.ground.plans import plan_of_run
from survey_app.ground.sign_off import standing
from survey_app.models import EstimateRun, db
from wording import reading

READERS = own("manager", "evaluator", "scorer", "auditor")


@bp.page("/estimates/<int:run_id>/answers", "查看各题结果", READERS)
def answers_page(run_id: int) -> str | BaseResponse:
    """Of a held figure nothing is shown; of a run from before questions were kept, that there is nothing."""
    run = _run(run_id)
    found = shown_answers(run, current_user.grants, request.args.get("by", ""))
    named = Named.of(run)
    parts = parts_of(found, named) if found else []
    asked = further.asked(shown_result(run, current_user.grants), named)
    whole = long_table(parts)
    tables = [whole, *(part.table for part in parts), *asked]
    figures = [part.figure for part in parts if part.figure]
    return requested_export(*tables) or requested_figure(*figures) or render_template(
        "estimates/answers.html",
        run=run, found=found, parts=parts, whole=whole, asked=asked, method=_method(run, found), survey=run.survey, demo=run.demo,
        columns=[(name, named.column(name)) for name in found.columns] if found else [],
        others=[(name, named.column(name)) for name in found.others] if found else [],
    )  # fmt: skip


@bp.page("/estimates/<int:run_id>/answers.<any(docx, xlsx, pdf):ending>", "下载各题结果", READERS)
def answers_file(run_id: int, ending: str) -> BaseResponse:
    """The workbook has one sheet a question; Word and PDF are the page as an annex."""
    run, by = _run(run_id), request.args.get("by", "")
    found = shown_answers(run, current_user.grants, by)
    if found is None:
        return redirect(url_for("console.answers_page", run_id=run.id))  # which says why there is nothing
    back = url_for("console.answers_page", run_id=run_id, by=by or None)
    return sent_report(answers_report(run, found, language(), ending == "xlsx"), ending, back)


def answers_report(run: EstimateRun, found: ShownAnswers, spoken: str, every_figure: bool) -> Report:
    """every_figure: all of them in a table for each question; else what a reader on paper can take in."""
    say, stand = Say(spoken), standing(subject(run.id))
    with force_locale(LOCALES[spoken]), reading(spoken):
        result = shown_result(run, current_user.grants)
        blocks: list[Block] = [Paragraph(text, "note") for text in _method(run, found)]
        for part in parts_of(found, Named.of(run)):
            blocks += _blocks(part, every_figure)
        for table in further.asked(result, Named.of(run)):
            blocks.append(grid_of(table))
        facts = facts_of(run, result, stand, say)
    return Report(
        title=say("市民体验调查：各题结果", "Public satisfaction: answers to every question"), subtitle=run.survey.title,
        language=spoken, name=f"answers-{run.id}", facts=facts, blocks=tuple(blocks), demo=run.demo,
        draft=draft_mark(stand.state, say),
    )  # fmt: skip


def _blocks(part: Part, every_figure: bool) -> list[Block]:
    lead = [Paragraph(part.lead, "lead")] if part.lead else []
    notes = [Paragraph(text, "note") for text in (part.size, part.tested) if text]
    if every_figure:
        return [Heading(2, part.title), *lead, *notes, grid_of(part.table)]
    picture = [picture_of(part.figure, told(part.table, "answer", ("estimate",)))] if part.figure else []
    return [Heading(1, part.title), *lead, *picture, *notes, grid_of(part.banner or part.table)]


def _method(run: EstimateRun, found: ShownAnswers | None) -> list[str]:
    """How the figures were made, in two or three sentences."""
    if found is None:
        return []
    interval = plan_of_run(run).interval
    names = {"korn_graubard": "Korn–Graubard", "logit": "logit", "wilson": "Wilson", "wald": "Wald"}
    said = [
        _("比例按本次估计的权数计算，分母是回答了这道题的人；区间为%(level)s %(name)s区间，均值和净推荐值用t区间，分位数用Woodruff区间。",
          level=f"{float(interval.confidence):.0%}", name=names[interval.method]),
    ]  # fmt: skip
    if found.banners:
        said.append(
            _("▲▼：该组与其余各组合起来相比有差别(同一道题内按Holm校正，5%%)；Rao–Scott检验各题之间再按Holm校正。") % ()
        )
    if found.column in found.others:
        said.append(
            _(
                "计划没有把这道题列为分组，所以分组结果按现在还存着的答案算出，不随估计冻结，复算核对也不包括它；估计之后撤回的答案不在其中。"
            )
        )
    return said


def _run(run_id: int) -> EstimateRun:
    return db.session.get(EstimateRun, run_id) or abort(404)
