"""Scorecards: every batch there is, one area's card, and the ranking of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.documents import ScorecardDocument, read_scorecard
from analysis.scoring.programme import programme_with
from analysis.scoring.progress import star_words
from survey_app.console.figures import Figure, requested_figure
from survey_app.console.frame import area_name, bp
from survey_app.console.permissions import Arguments, Menu, Owner, all_of, may, own
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.console.words import changed_words
from survey_app.drawing.maps import rank_map
from survey_app.ground.clock import local_time
from survey_app.ground.stored import card_of
from survey_app.models import ScoringRun, db
from survey_app.scoring import batches
from survey_app.scoring.shown import shown_run, shown_runs
from survey_app.scoring.standing import Ranked, Standing, has_values, open_vetoes, ranked, standings, summary_of_runs
from survey_app.surveys.area_maps import map_of
from survey_app.surveys.pages.area_map import source_line


def owner_of_score(arguments: Arguments) -> Owner | None:
    run = db.session.get(ScoringRun, arguments["run_id"])
    return _owner(run) if run is not None else None


def _owner(run: ScoringRun) -> Owner:
    return (run.area if run.area.kind != "city" else None, None)


@bp.page(
    "/scores",
    "查看评分",
    all_of("evaluator", "scorer", "auditor"),
    menu=Menu("评分", "score", 80, ("/console/scores", "/console/scenarios")),
)
def score_list() -> str | BaseResponse:
    """Every batch of scorecards, the newest first; a county's account sees its own county's."""
    rows = []
    listed = batches.batches()
    for batch, standing in zip(listed, standings(listed), strict=True):
        shown = [run for run in batch if may(current_user.grants, "console.score_page", *_owner(run))]
        if shown:
            rows.append(_batch_row(shown, len(batch), standing))
    kinds = {"trial": _("试算"), "final": _("最终评分")}
    for row in rows:
        row["kind"] = kinds.get(str(row["kind"]), _("随估计评分"))
    columns = [
        Column("at", _("时间"), link="address"), Column("kind", _("类型")), Column("estimate", _("满意度估计")),
        Column("area", _("地区"), link="card"), Column("star", _("评级")), Column("points", _("总分"), "number"),
        Column("number", _("地区数"), "number"), Column("signed", _("审批")), Column("changed", _("此后")),
    ]  # fmt: skip
    table = Table(
        "scores", _("评分"), columns, rows, empty=_("还没有评分。有了估计和指标值之后，由评分人员运行，结果列在这里。")
    )
    return requested_export(table) or render_template("scoring/score_list.html", table=table)


@bp.page("/scores/<int:run_id>", "查看评分表", own("evaluator", "scorer", "auditor"), of=owner_of_score)
def score_page(run_id: int) -> str:
    run = shown_run(db.session.get(ScoringRun, run_id) or abort(404), current_user.grants)
    groups = [(path, list(rows)) for path, rows in groupby(card_of(run)["indicators"], key=lambda row: row["path"])]
    batch = batches.batch_runs(run.batch)
    return render_template(
        "scoring/score.html", run=run, card=card_of(run), groups=groups, batch=batch, entered=has_values(run.values),
        standing=standings([batch])[0], demo=run.demo,
    )  # fmt: skip


@bp.page("/scores/batch/<batch>", "查看排名与目标", own("evaluator", "scorer", "auditor"))
def batch_page(batch: str) -> str | BaseResponse:
    runs = shown_runs(batches.batch_runs(batch), current_user.grants) or abort(404)
    rows = ranked(runs)
    below = [row for row in rows if row.run.area.kind != "city"]
    counties = [row for row in below if row.run.area.kind == "county"]
    mapped = _star_map(counties) if counties else None
    return requested_figure(*([mapped] if mapped else [])) or render_template(
        "scoring/batch.html", runs=runs, mapped=mapped, city=next((row for row in rows if row.run.area.kind == "city"), None),
        below=below, summary=summary_of_runs(runs, programme_with(runs[0].rulebook_id), blank=False),
        blank=sum(not row.entered for row in counties), standing=standings([runs])[0], demo=runs[0].demo,
    )  # fmt: skip


def _star_map(counties: Sequence[Ranked]) -> Figure | None:
    """The counties' stars on the city's map, those without any value grey; None where there is no map."""
    city = counties[0].run.area.parent
    area_map = map_of(city) if city is not None else None
    if area_map is None:
        return None
    stars = {row.run.area.code: star_words(card_of(row.run)) for row in counties if row.entered}
    rows = [
        {
            "code": area.code,
            "name": area_name(area),
            "rank": stars.get(area.code, ""),
            "said": stars.get(area.code, _("未填报")),
        }
        for area in (row.run.area for row in counties)
    ]
    words = {"axis": _("评级"), "source": source_line(area_map)}
    svg = rank_map(area_map.outlines["areas"], rows, list(dict.fromkeys(stars.values())), words)
    return Figure("star-map", _("各县(市、区)的评级"), svg)


@bp.app_template_global()
def void_reasons(card: ScorecardDocument) -> list[str]:
    """Why a score may still become void; none where it cannot, or is void already."""
    return [
        _("%(name)s尚不知道(%(unknown)s)", name=f"{row['number']} {row['name']}", unknown=_("、").join(row["unknown"]))
        for row in open_vetoes(read_scorecard(card))
    ]


def _batch_row(shown: Sequence[ScoringRun], number: int, standing: Standing) -> Row:
    """A batch by its city, or by the first card the person may open."""
    first = next((run for run in shown if run.area.kind == "city"), shown[0])
    whole = may(current_user.grants, "console.batch_page", None)
    entered = has_values(first.values)
    address = url_for("console.batch_page", batch=first.batch) if whole else None
    if standing.final_id is not None and may(current_user.grants, "console.final_page", None):
        address = url_for("console.final_page", final_id=standing.final_id)
    return {
        "at": local_time(first.created_at), "address": address, "kind": standing.kind,
        "estimate": f"#{first.estimate_run_id}", "area": first.area.name,
        "star": star_words(card_of(first)) if entered else _("未填报"),
        "points": card_of(first)["total"] if entered else None, "number": number,
        "card": url_for("console.score_page", run_id=first.id),
        "signed": _("已批准") if standing.approved else _("未审批"), "changed": changed_words(standing.changed),
    }  # fmt: skip
