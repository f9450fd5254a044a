"""The areas whose satisfaction has no figure, with what it rests on and the range of their star: page and report."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask_babel import gettext as _

from survey_app.console.tables import Column, Table
from survey_app.estimates.area_satisfaction import without_figures
from survey_app.ground.held import scores
from survey_app.ground.stored import card_of, estimate_of
from survey_app.ground.verdicts import star_words
from survey_app.models import EstimateRun, ScoringRun
from survey_app.values.rulebooks import rated_areas


def without_figure(estimate: EstimateRun, hidden: Collection[str], cards: Iterable[ScoringRun] = ()) -> Table | None:
    """None where every area has its figure. hidden: counties whose counts may not be shown."""
    if not scores(estimate):  # of a trial before the close: nobody has a figure
        return None
    stars = {run.area.name: star_words(card_of(run)) for run in cards}
    rows = [
        {
            "area": found.area.name, "answers": None if found.area.name in hidden else found.answers,
            "df": None if found.area.name in hidden else found.df, "star": stars.get(found.area.name),
        }
        for found in without_figures(rated_areas(estimate.survey.city), estimate_of(estimate))
    ]  # fmt: skip
    columns = [Column("area", _("地区")), Column("answers", _("应答"), "number"), Column("df", _("自由度"), "number")]
    columns += [Column("star", _("评级范围"))] if stars else []
    return Table("without_figure", _("未达可发布样本量"), columns, rows) if rows else None
