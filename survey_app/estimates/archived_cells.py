"""The cells of a survey from its archive on DuckDB or Spark, under the names that its plan knows; what surveys/columns.py says
in the database's SQL stands here once more as Ibis expressions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
from ibis.expr.types import Table, Value
from sqlalchemy import func, select

from analysis.cells import Cells
from analysis.plan import Plan
from questionnaires.items import WROTE, Item, items_of
from survey_app.answering.definitions import definition_of
from survey_app.archives.at_hand import at_hand
from survey_app.archives.places import Manifest, Rows, held
from survey_app.estimates.reduce_files import Engine, reduce_to_cells
from survey_app.ground.plans import plan_of
from survey_app.models import Response, Survey, SurveyArchive, db
from survey_app.surveys.columns import cells_query, stored_plan
from survey_app.surveys.drawn_sites import with_drawn_sites

TYPED = ("stratum", "psu", "site_county", "home_county", "rated_county", "sex", "age_band", "mode", "language")


@dataclass(frozen=True)
class SameCells:
    """engine: what added up the files. responses, cells: how many. differing: cells whose number is not the database's;
    furthest: the largest difference of a sum of weights or of their squares, as a share of it."""

    engine: str
    responses: int
    cells: int
    differing: int
    furthest: float


@ibis.udf.scalar.builtin(name="json_extract_string")  # type: ignore[untyped-decorator]
def _by_duckdb(text: str, path: str) -> str: ...  # type: ignore[empty-body]


@ibis.udf.scalar.builtin(name="get_json_object")  # type: ignore[untyped-decorator]
def _by_spark(text: str, path: str) -> str: ...  # type: ignore[empty-body]


EXTRACT = {"duckdb": _by_duckdb, "spark": _by_spark}


def compared(survey: Survey, archive: SurveyArchive, engine: Engine) -> SameCells:
    """The cells that the engine makes of the files beside those that a run makes now. Raises ArchivedError, EngineError."""
    plan = stored_plan(with_drawn_sites(survey, plan_of(survey)))
    with at_hand(survey.id):
        watermark = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
        rows = db.session.execute(cells_query(plan, survey, watermark)).all()
    stored, found = Cells.from_groups([tuple(row) for row in rows], plan), cells_on(survey, archive, plan, engine)
    own, other = _by_key(stored, plan), _by_key(found, plan)
    differing = sum(own.get(key, (0,))[0] != other.get(key, (0,))[0] for key in own.keys() | other.keys())
    apart = [abs(one - two) / max(abs(one), 1e-300) for key in own.keys() & other.keys()
             for one, two in zip(own[key][1:], other[key][1:], strict=True)]  # fmt: skip
    return SameCells(engine, int(found.count.sum()), len(found), differing, max(apart, default=0.0))


def cells_on(survey: Survey, archive: SurveyArchive, plan: Plan, engine: Engine) -> Cells:
    """The plan's cells of the complete responses of the sample, added up by the engine. Raises ArchivedError, EngineError."""
    place, manifest = held(archive)
    with _opened(place, manifest, engine) as (responses, flags):
        wanted = responses.filter(responses.state == "complete", responses.probability)
        return reduce_to_cells(_named(wanted, flags, survey, plan, engine), plan)


@contextmanager
def _opened(place: Path, manifest: Manifest, engine: Engine) -> Iterator[tuple[Table, Table | None]]:
    if engine == "spark":
        from survey_app.estimates.spark_engine import spark_session

        with spark_session() as connection:
            yield _tables(connection, place, manifest)
    else:
        yield _tables(ibis.duckdb.connect(), place, manifest)


def _tables(connection: Any, place: Path, manifest: Manifest) -> tuple[Table, Table | None]:
    def read(own: Rows) -> Table:
        return ibis.union(*(connection.read_parquet(str(place / part.name)) for part in own.parts), distinct=False)

    flags = manifest.tables["response_flag"]
    return read(manifest.tables["response"]), read(flags) if flags.rows else None


def _named(responses: Table, flags: Table | None, survey: Survey, plan: Plan, engine: Engine) -> Table:
    """One column for each that the plan names; responses.answers is the JSON that was stored."""
    stands: Any = responses.flagged
    if plan.flagged is not None:
        if flags is None:
            stands = ibis.literal(False)
        else:
            kept = flags.filter(flags.kind.isin(list(plan.flag_kinds)), flags.lifted_at.isnull())
            stands = stands & responses.id.isin(kept.response_id)
    weights = {site.id: site.base_weight for site in survey.sites if site.base_weight is not None}
    of_site: Any = ibis.null("float64")
    if weights and not plan.follows_sites:
        of_site = responses.site_id.cases(*weights.items(), else_=ibis.null("float64"))
    columns: dict[str, Value] = {name: responses[name] for name in TYPED}
    columns["measure"] = ibis.coalesce(responses.measure.cast("string"), responses.measure_missing)
    columns["base_weight"] = ibis.coalesce(responses.base_weight, of_site)
    columns["flagged"] = ibis.ifelse(stands, "yes", "no")
    items = items_of(definition_of(survey))
    asked = [name for name in plan.columns if name not in columns and name in items]
    columns |= {name: _level(items[name], responses.answers, engine) for name in asked}
    return responses.select(**columns)


def _level(item: Item, answers: Any, engine: Engine) -> Any:
    """As surveys/question_columns.py: the level that the item gives an answer, null where there is none."""
    question = item.question

    def at(*path: str | int) -> Any:
        steps = "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in path)
        if engine == "duckdb":
            steps = "".join(f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in path)
        return EXTRACT[engine](answers, f"${steps}")

    nothing = ibis.null("string")
    if item.kind in ("chosen", "place"):
        whole = at(question.key)
        none: Any = whole.isnull()
        for code in question.missing_codes:
            none |= whole.contains(json.dumps(code))
        if item.kind == "chosen":
            found: Any = ibis.ifelse(whole.contains(json.dumps(item.part)), "1", "0")
        else:
            places = [(at(question.key, place) == item.part, str(place + 1)) for place in range(question.most_ranked)]
            found = ibis.cases(*places, else_=nothing)
        return ibis.ifelse(none, nothing, found)
    value = at(question.key, item.part) if item.part else at(question.key)
    if item.kind == "written":
        return ibis.ifelse(value != "", WROTE, nothing)
    return ibis.ifelse(value.isin(list(question.missing_codes)), nothing, value) if question.missing_codes else value


def _by_key(cells: Cells, plan: Plan) -> dict[tuple[str | None, ...], tuple[float, float, float]]:
    columns = [cells.columns[name] for name in plan.key_columns]
    found = {}
    for cell in range(len(cells)):
        key = tuple(str(c.levels[c.codes[cell]]) if c.codes[cell] >= 0 else None for c in columns)
        found[key] = (float(cells.count[cell]), float(cells.weight[cell]), float(cells.weight_squared[cell]))
    return found
