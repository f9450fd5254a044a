"""A scorecard looked at ahead: what if, how likely each star, and the least that reaches one. Stores nothing."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring import ValuesError, load_rulebook
from analysis.scoring.outlook import OutlookError
from analysis.scoring.upgrades import UpgradesError
from survey_app.console.permissions import owner_of
from survey_app.console.scores import owner_of_score
from survey_app.console.tables import Column, Table
from survey_app.console.views import bp
from survey_app.models import ScoringRun, db
from survey_app.services import ahead

owner_of("console.ahead_page")(owner_of_score)


@bp.route("/scores/<int:run_id>/ahead", methods=["GET", "POST"])
def ahead_page(run_id: int) -> str | BaseResponse:
    run = db.session.get(ScoringRun, run_id) or abort(404)
    asked = ahead.read_form(run, request.form)
    wrong = list(asked.wrong)
    seen = None
    if not wrong:
        try:
            seen = ahead.look_ahead(run, asked)
        except (ValuesError, OutlookError, UpgradesError) as error:
            wrong = ahead.refusals(error)
    return render_template(
        "console/ahead.html",
        run=run,
        lines=ahead.form_lines(run),
        stars=[star.name for star in load_rulebook(run.rulebook_id).stars],
        form=request.form,
        wrong=wrong,
        seen=seen,
        tables=_tables(seen) if seen else [],
        demo=run.demo,
    )


def _tables(seen: ahead.Ahead) -> list[Table]:
    tables = []
    if seen.moved:
        columns = [
            Column("number", _("序号"), "number"), Column("name", _("三级指标")), Column("before", _("现在"), "number"),
            Column("after", _("改变后"), "number"),
        ]  # fmt: skip
        rows = [dict(zip(("number", "name", "before", "after"), row, strict=True)) for row in seen.moved]
        tables.append(Table("moved", _("得分改变的指标"), columns, rows))
    if seen.outlook:
        columns = [Column("star", _("评级")), Column("chance", _("概率"), "share")]
        rows = [{"star": name, "chance": chance} for name, chance in seen.outlook.probability.items()]
        tables.append(Table("stars", _("各评级的概率"), columns, rows))
        columns = [
            Column("label", _("不确定的数值")), Column("first", _("单独的影响"), "share"),
            Column("total", _("连同交互的影响"), "share"),
        ]  # fmt: skip
        rows = [
            {"label": row.label, "first": max(row.first_order, 0.0), "total": max(row.total, 0.0)}
            for row in seen.outlook.influences
        ]
        tables.append(Table("influences", _("哪些数值最要紧"), columns, rows))
    if seen.upgrades and seen.upgrades.upgrades:
        columns = [
            Column("number", _("序号"), "number"), Column("name", _("三级指标")), Column("lead", _("牵头部门")),
            Column("step", _("提升")), Column("gain", _("增加分数"), "number"), Column("words", _("要达到")),
        ]  # fmt: skip
        rows = [
            {
                "number": row.number, "name": row.name, "lead": "、".join(row.lead),
                "step": f"{row.from_stars or '–'} → {row.to_stars}", "gain": float(row.gain), "words": row.requirement,
            }
            for row in seen.upgrades.upgrades
        ]  # fmt: skip
        tables.append(Table("upgrades", _("需要的提升"), columns, rows))
    return tables
