"""Weighted shares of a question's codes under the weights of a run, and how satisfied whoever is under a code is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import case, func, select

from analysis.cells import Cells
from analysis.coded_shares import CODED, CodedShares, ShareRow, coded_shares, plan_with_codes
from analysis.suppression import one_way, small, suppressed
from survey_app.ground.plans import plan_of_run
from survey_app.ground.stored import cells_of
from survey_app.models import Code, EstimateRun, Response, db
from survey_app.surveys.columns import cells_query, sample_of
from survey_app.surveys.drawn_sites import with_stored_sites
from survey_app.voices.coding import first_codings, frame_of
from survey_app.voices.reading import Wanted, said

DOMAINS = ("rated_county", "home_county", "sex", "age_band")


@dataclass(frozen=True)
class CodedFigures:
    """codes: in the order of the frame. coded, written: answers of the run's sample that were coded, and that say anything.
    Rows whose answers are too few to be told have neither figure nor counts."""

    codes: tuple[Code, ...]
    coded: int
    written: int
    shares: tuple[ShareRow, ...]
    satisfied: tuple[ShareRow, ...]


def figures_of(run: EstimateRun, question: str, by: str, least: int) -> CodedFigures:
    """by: one of DOMAINS, or ''. Raises AnalysisError, and FigureHeldError where the run's figure may not be seen."""
    plan = plan_with_codes(with_stored_sites(plan_of_run(run), cells_of(run)), by)
    codes = frame_of(run.survey, question)
    given = {str(one.response_id): frozenset(one.codes) for one in first_codings(run.survey, question)}
    sample = sample_of(run.survey_id, run.watermark)
    written = db.session.scalar(select(func.count()).where(*sample, *said(Wanted(question)))) or 0
    if not given:
        return CodedFigures(tuple(codes), 0, written, (), ())
    number = case((Response.id.in_([int(one) for one in given]), Response.id), else_=None)
    rows = db.session.execute(cells_query(plan, run.survey, run.watermark, {CODED: number})).all()
    found = coded_shares(
        Cells.from_groups([tuple(row) for row in rows], plan), plan, given, [code.id for code in codes], by
    )
    enough = max(least, plan.minimum.answers if plan.minimum else 0)
    return CodedFigures(
        tuple(codes), found.coded, written, _told(found, least), _small_left_out(found.satisfied, enough)
    )


def _told(found: CodedShares, least: int) -> tuple[ShareRow, ...]:
    """Shares of everybody, and by level with as many hidden as keeps a small one from being worked out."""
    whole = [row for row in found.shares if not row.level]
    told = list(_small_left_out(whole, least))
    for code in {row.code for row in found.shares}:
        levels = {row.level: row for row in found.shares if row.code == code and row.level}
        counts, sums = one_way({level: row.had for level, row in levels.items()})
        hidden: Collection[object] = suppressed(counts, sums, least) if levels else ()
        hidden = {*hidden, *small({level: row.n for level, row in levels.items()}, least)}
        told += [_hidden(row) if level in hidden else row for level, row in levels.items()]
    return tuple(told)


def _small_left_out(rows: Collection[ShareRow], least: int) -> tuple[ShareRow, ...]:
    return tuple(_hidden(row) if 0 < row.had < least or 0 < row.n < least else row for row in rows)


def _hidden(row: ShareRow) -> ShareRow:
    return replace(row, n=0, had=0, share=None, se=None, lower=None, upper=None)
