"""Scorecards of the areas that a key's role may see."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy import select

from survey_app.api.frame import grants, operation
from survey_app.api.paging import Key, Page, PageQuery, paged
from survey_app.api.problems import ProblemError
from survey_app.api.words import marked
from survey_app.console.permissions import may
from survey_app.ground.stored import card_of
from survey_app.models import Area, ScoringRun, db
from survey_app.scoring.batches import batch_runs
from survey_app.scoring.shown import shown_run
from survey_app.scoring.standing import Standing, has_values, standings


class IndicatorScore(BaseModel):
    """A row of a scorecard."""

    model_config = ConfigDict(extra="allow")

    number: int
    name: str
    kind: str
    stars: int | None
    points: float
    max_points: float
    why: str


class Card(BaseModel):
    """As `minyi score --json` prints it, which has further keys."""

    model_config = ConfigDict(extra="allow")

    rulebook: str
    total: float | None
    star_level: str | None
    void: bool
    indicators: list[IndicatorScore]
    satisfaction: float | None
    star_probability: dict[str, float] | None
    verdict: JsonValue = None


class ScoreLine(BaseModel):
    """A scorecard of one area; without a single value it has no score."""

    id: int
    batch: str = Field(description=marked("同时评分的市和各县(市、区)共有的标记"))
    made_at: datetime
    area: str
    area_name: str
    estimate: int = Field(description=marked("所用估计的编号"))
    rulebook: str
    total: float | None
    star_level: str | None
    kind: str = Field(description=marked("空为随估计评分，另有 trial 和 final"))
    approved: bool = Field(description=marked("最终评分是否已由两人批准"))


class ScoreWhole(ScoreLine):
    """The same with every indicator."""

    card: Card


class ScoresQuery(PageQuery):
    """Of which area."""

    area: str = Field("", max_length=40, description=marked("只要这个地区的，填地区代码"))


@operation("/scorecards", "查看评分", "console.score_list", Page[ScoreLine], tag="scorecards")
def list_scorecards(query: ScoresQuery) -> Page[ScoreLine]:
    """Scorecards, the newest first; a county's key sees its own county's."""
    seen = [
        area.id
        for area in db.session.scalars(select(Area))
        if query.area in ("", area.code) and may(grants(), "console.score_page", _owner(area))
    ]

    def read(after: Key | None, number: int) -> list[ScoringRun]:
        found = select(ScoringRun).where(ScoringRun.area_id.in_(seen)).order_by(ScoringRun.id.desc()).limit(number)
        return list(db.session.scalars(found.where(ScoringRun.id < after) if after is not None else found))

    stands: dict[str, Standing] = {}
    return paged(query, read, lambda run: run.id, lambda run: _line(run, stands))


@operation("/scorecards/<int:run_id>", "查看评分表", "console.score_page", ScoreWhole, tag="scorecards")
def get_scorecard(run_id: int) -> ScoreWhole:
    """A scorecard; of a county with few answers without its satisfaction and what follows from it."""
    run = db.session.get(ScoringRun, run_id)
    if run is None:
        raise ProblemError(404, "api.not_found")
    card = card_of(shown_run(run, grants()))
    return ScoreWhole(**dict(_line(run, {})), card=Card.model_validate(card))


def _owner(area: Area) -> Area | None:
    return area if area.kind != "city" else None


def _line(run: ScoringRun, stands: dict[str, Standing]) -> ScoreLine:
    if run.batch not in stands:
        stands[run.batch] = standings([batch_runs(run.batch)])[0]
    stand, card = stands[run.batch], card_of(run)
    entered = has_values(run.values)
    return ScoreLine(
        id=run.id, batch=run.batch, made_at=run.created_at, area=run.area.code, area_name=run.area.name,
        estimate=run.estimate_run_id, rulebook=run.rulebook_id, total=card["total"] if entered else None,
        star_level=card["star_level"] if entered else None, kind=stand.kind, approved=stand.approved,
    )  # fmt: skip
