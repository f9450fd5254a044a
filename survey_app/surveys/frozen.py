"""What counts of an official survey's answers, frozen when they were settled, by every column that a plan may name.

The official run, and one that supersedes it for a listed cause, are made of the same answers whatever is flagged, lifted or
erased later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import and_, case, func, literal, or_, select

from analysis.cells import Cells, column_of
from analysis.documents.comparisons import ModeCount
from analysis.errors import CellsError
from analysis.notices import Notice, NoticeDocument
from analysis.plan import Plan
from survey_app.answering.after_close import LATE
from survey_app.ground import audit
from survey_app.ground.clock import survey_time
from survey_app.ground.official import naming_of
from survey_app.models import AuditEntry, EstimateRun, FrozenAnswers, OfficialSurvey, Response, ResponseFlag, Survey, db
from survey_app.surveys.columns import COLUMNS, FOR_THE_TARGET, columns_of, sample_of
from survey_app.surveys.official_plan import plan_that_counts, superseded, unofficial

ERASED = "response.erase"


def freeze(survey: Survey, naming: OfficialSurvey, moment: datetime) -> None:
    """Store what counts now. The caller holds his turn, and commits."""
    plan = plan_that_counts(survey)
    watermark = db.session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    known = columns_of(plan, survey)
    names = sorted({*COLUMNS} - {"base_weight"} | {*plan.key_columns})
    weight = literal(1.0) if plan.follows_sites else known[plan.design.weight or "base_weight"]
    keys = [known[name] for name in names]
    query = select(*keys, func.count(), func.sum(weight), func.sum(weight * weight))
    rows = db.session.execute(query.where(*sample_of(survey.id, watermark)).group_by(*keys)).all()
    erased = select(func.count()).where(
        AuditEntry.subject == f"survey:{survey.code}", AuditEntry.action == ERASED, AuditEntry.at >= naming.closed_at
    )
    db.session.add(
        FrozenAnswers(
            survey_id=survey.id,
            frozen_at=moment,
            watermark=watermark,
            flags_version=survey.flags_version,
            plan_digest=plan.digest,
            cells=_document(rows, names),
            modes=modes(survey.id, watermark, plan),
            decided=decisions(survey, plan, watermark),
            erased=_count(erased),
        )
    )
    db.session.flush()


def frozen_of(survey: Survey) -> FrozenAnswers | None:
    """What froze of an official survey; None while answers may still come."""
    return db.session.get(FrozenAnswers, survey.id)


def cells_from(frozen: FrozenAnswers, plan: Plan) -> Cells:
    """The frozen answers as cells of `plan`. Raises CellsError where it names a column that is none."""
    stored: Any = frozen.cells
    whole = Cells.from_json(stored)
    absent = [name for name in plan.key_columns if name not in whole.columns]
    if absent:
        raise CellsError("analysis.columns_missing_from_responses", absent=absent)
    keys = {name: (whole.columns[name].levels, whole.columns[name].codes) for name in plan.key_columns}
    return Cells.from_coded(keys, whole.count.astype(float), whole.weight, whole.weight_squared, plan)


def late_answers(survey: Survey) -> int:
    """Answers that came too late to count."""
    return _count(select(func.count()).where(Response.survey_id == survey.id, Response.state == LATE))


def decisions(survey: Survey, plan: Plan, watermark: int) -> list[dict[str, str | int]]:
    """Decisions of persons on answers of the sample, by whether the answer is a satisfied one: {"kind", "decision",
    "satisfied", "others"}. For after the sign-off only."""
    satisfied = func.sum(case((Response.measure.in_(plan.measure.satisfied), 1), else_=0))
    decision = case(
        (ResponseFlag.lifted_at.is_not(None), "lifted"), (ResponseFlag.kind == "person", "set"), else_="confirmed"
    )
    query = (
        select(ResponseFlag.kind, decision, satisfied, func.count())
        .join(Response)
        .where(*sample_of(survey.id, watermark))
        .where(or_(ResponseFlag.lifted_at.is_not(None), ResponseFlag.confirmed_at.is_not(None), ResponseFlag.kind == "person"))
        .group_by(ResponseFlag.kind, decision)
        .order_by(ResponseFlag.kind, decision)
    )  # fmt: skip
    voided = select(literal(""), literal("voided"), satisfied, func.count()).where(
        Response.survey_id == survey.id, Response.id <= watermark, Response.state == "voided"
    )
    rows = [*db.session.execute(query), *(row for row in db.session.execute(voided) if row[3])]
    return [
        {"kind": kind, "decision": what, "satisfied": int(many or 0), "others": int(number) - int(many or 0)}
        for kind, what, many, number in rows
    ]


def modes(survey_id: int, watermark: int, plan: Plan) -> list[ModeCount]:
    """How the sample's answers were taken, by mode: n who answered the official question, all responses, and their
    sum of design weights."""
    codes = [int(code) for code in plan.measure.missing_codes if code.isdigit()]
    answered = func.sum(case((and_(Response.measure.is_not(None), Response.measure.not_in(codes)), 1), else_=0))
    weight = literal(1.0) if plan.follows_sites else FOR_THE_TARGET
    query = (
        select(Response.mode, Response.psu, answered, func.count(), func.sum(weight))
        .where(*sample_of(survey_id, watermark))
        .group_by(Response.mode, Response.psu)
        .order_by(Response.mode, Response.psu)
    )
    design = {row.site: row.design_weight for row in plan.weights.rows}
    table: defaultdict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for mode, psu, *numbers, sums in db.session.execute(query):
        table[mode] = [
            a + b for a, b in zip(table[mode], (*numbers, float(sums or 0) * design.get(psu, 1.0)), strict=True)
        ]
    return [
        {"mode": mode, "n": int(n), "responses": int(responses), "sum_weights": float(sums)}
        for mode, (n, responses, sums) in table.items()
    ]


def notices_of_settling(survey: Survey) -> list[NoticeDocument]:
    """What a run made of frozen answers must say of them."""
    frozen = frozen_of(survey)
    if frozen is None:
        return []
    at = survey_time(frozen.frozen_at, survey)
    return [Notice("settled_answers", {"at": at, "late": late_answers(survey), "erased": frozen.erased}).as_dict()]


def of_frozen(run: EstimateRun) -> FrozenAnswers | None:
    """The frozen answers that a run was made of; None where it was made of those of then."""
    notices: Any = run.result.get("notices") or []
    return frozen_of(run.survey) if any(notice["key"] == "settled_answers" for notice in notices) else None


def make_official(run: EstimateRun) -> None:
    """Note the run as its survey's official one, where it is the first of the frozen answers by the plan that counts, or
    supersedes that one because figures were put right."""
    notices: Any = run.result["notices"]
    naming = naming_of(run.survey) if of_frozen(run) and not unofficial(notices) else None
    if naming is None:
        return
    audit.wait_turn()  # of two servers one is the first
    db.session.refresh(naming)
    if naming.run_id is None or naming.run_id == superseded(run):
        naming.run_id = run.id


def modes_of(frozen: FrozenAnswers) -> list[ModeCount]:
    """How the frozen answers were taken."""
    kept: Any = frozen.modes
    stored: list[ModeCount] = kept
    return stored


def _document(rows: Sequence[Any], names: Sequence[str]) -> Any:
    table = list(zip(*rows, strict=True)) or [()] * (len(names) + 3)
    columns = {name: column_of(values) for name, values in zip(names, table, strict=False)}
    count, weight, squared = (np.array([float(value or 0) for value in part]) for part in table[-3:])
    return Cells(columns, count.astype(np.int64), weight, squared).to_json()


def _count(query: Any) -> int:
    return int(db.session.scalar(query) or 0)
