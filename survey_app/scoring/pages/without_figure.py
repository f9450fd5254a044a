"""The areas whose satisfaction has no figure, with what it rests on and the range of their star: page and report."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask_babel import gettext as _

from analysis.scoring.progress import star_words
from survey_app.console.tables import Column, Row, Table
from survey_app.estimates.area_satisfaction import NoFigure, without_figures
from survey_app.ground.held import scores
from survey_app.ground.stored import card_of, estimate_of
from survey_app.ground.verdicts import stars_by_zone
from survey_app.models import EstimateRun, ScoringRun
from survey_app.values.rulebooks import rated_areas


def without_figure(estimate: EstimateRun, hidden: Collection[str], cards: Iterable[ScoringRun] = ()) -> Table | None:
    """None where every area has its figure. hidden: counties whose counts may not be shown."""
    if not scores(estimate):  # of a trial before the close: nobody has a figure
        return None
    known = {run.area.name: card_of(run) for run in cards}
    rows = []
    for found in without_figures(rated_areas(estimate.survey.city), estimate_of(estimate)):
        card = known.get(found.area.name)
        stars = {"star": star_words(card), "zones": stars_by_zone(card)} if card else {}
        rows.append(_counts(found, found.area.name in hidden) | stars)
    columns = [
        Column("area", _("地区")), Column("answers", _("应答"), "number"), Column("sites", _("点位(个)"), "number"),
        Column("df", _("自由度"), "number"), Column("least", _("下限(应答、点、自由度)")),
    ]  # fmt: skip
    columns += [Column("star", _("评级范围")), Column("zones", _("各区间的评级"))] if known else []
    return Table("without_figure", _("未达可发布样本量"), columns, rows) if rows else None


def _counts(found: NoFigure, hidden: bool) -> Row:
    below = found.below
    least = f"{below['least_answers']} · {below['least_sites']} · {below['least_df']}" if below else _("无人作答")
    counts = {key: below[key] if below and not hidden else None for key in ("answers", "sites", "df")}
    return {"area": found.area.name, "least": least, **counts}
