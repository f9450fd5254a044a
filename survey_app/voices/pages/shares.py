"""Of a run: the weighted share of each code of a written question, by a domain where asked, and how satisfied its people are."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from analysis.errors import AnalysisError
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.console.tables import Column, Table, requested_export
from survey_app.estimates.pages.estimates import run_of
from survey_app.estimates.pages.held import held_page
from survey_app.estimates.pages.words import domain_name, level_name
from survey_app.ground.held import seen
from survey_app.voices.pages.reading import least_for_reader, question_asked
from survey_app.voices.shares import DOMAINS, CodedFigures, figures_of


@bp.page("/estimates/<int:run_id>/voices", "查看开放题各编码的比例", own("manager", "evaluator", "scorer", "auditor"))
def voice_shares(run_id: int) -> str | BaseResponse | tuple[str, int]:
    run = run_of(run_id)
    if not seen(run.survey):
        return held_page(run)
    questions, question = question_asked(run.survey)
    by = request.args.get("by", "")
    if question is None or by not in ("", *DOMAINS):
        abort(404)
    try:
        found, wrong = figures_of(run, question.key, by, least_for_reader(run.survey)), ""
    except AnalysisError as error:
        found, wrong = CodedFigures((), 0, 0, (), ()), str(error)
    tables = [_shares(found, by), _satisfied(found)]
    page = requested_export(*tables) or render_template(
        "voices/shares.html", run=run, survey=run.survey, questions=questions, question=question, found=found, wrong=wrong,
        by=by, domains={name: domain_name(name) for name in DOMAINS}, tables=tables, demo=run.demo,
    )  # fmt: skip
    return (page, 422) if wrong and isinstance(page, str) else page


def _shares(found: CodedFigures, by: str) -> Table:
    names = {code.id: code.name for code in found.codes}
    rows = [
        {"code": names[row.code], "level": level_name(row.level) if row.level else _("全部"), "n": row.n or None, "had": row.had if row.n else None,
         "share": row.share, "se": row.se, "lower": row.lower, "upper": row.upper}
        for row in found.shares
    ]  # fmt: skip
    columns = [
        Column("code", _("编码")),
        *([Column("level", domain_name(by))] if by else []),
        *_figures(_("归入的回答")),
    ]
    return Table("code-shares", _("各编码占已编码回答的加权比例"), columns, rows)


def _satisfied(found: CodedFigures) -> Table:
    names = {code.id: code.name for code in found.codes}
    rows = [
        {"code": names[row.code], "n": row.n or None, "had": row.had if row.n else None, "share": row.share, "se": row.se,
         "lower": row.lower, "upper": row.upper}
        for row in found.satisfied
    ]  # fmt: skip
    return Table(
        "code-satisfied",
        _("写到各编码的市民中满意的加权比例"),
        [Column("code", _("编码")), *_figures(_("其中满意"))],
        rows,
    )


def _figures(had: str) -> list[Column]:
    return [
        Column("n", "n", "number"), Column("had", had, "number"), Column("share", _("加权比例"), "share"),
        Column("se", _("标准误"), "share"), Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"),
    ]  # fmt: skip
