"""`minyi final`: what stands between a city and its final score, trial and final runs, and what they say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from survey_app.commands.support import JSON, application, fail, printed, stored, tabbed, tables, word
from wording import Message

if TYPE_CHECKING:
    from survey_app.models import EstimateRun, FinalRun, Period
    from survey_app.scoring.final_checks import Open


@click.group(name="final")
def command() -> None:
    """The city and all its counties in one run. Sign-off by two people happens in the console."""


@command.command()
@click.option("--estimate", "estimate_id", type=int, help="An estimate run; the newest approved one if not given.")
@click.option("--period", "period_code", help="A reporting period; the current one if not given.")
@JSON
def check(estimate_id: int | None, period_code: str | None, as_json: bool) -> None:
    """List what is still open. Exit 0 where a final run may be made, 2 where not."""
    with application():
        from survey_app.scoring.final_checks import open_points

        estimate, period = _inputs(estimate_id, period_code)
        points = open_points(estimate.survey.city, estimate, period)
        without = _without_figure(estimate)
        document = {
            "estimate": estimate.id,
            "period": period.code,
            "open": [point.as_dict() for point in points],
            "without_figure": without,
        }
        printed(document, as_json, lambda: "\n".join([_told(points), *_no_figure(without)]))
    if points:
        fail("lines.points_open", n=len(points))


@command.command()
@click.option(
    "--kind",
    type=click.Choice(["trial", "final"]),
    default="trial",
    show_default=True,
    help="A trial at any time; a final one counts and is signed off.",
)
@click.option("--estimate", "estimate_id", type=int, help="An estimate run; the newest approved one if not given.")
@click.option("--period", "period_code", help="A reporting period; the current one if not given.")
@click.option("--reason", default="", help="Why it supersedes an approved final run.")
@click.option(
    "--cause",
    type=click.Choice(["input_error", "program_fault", "order"]),
    default=None,
    help="What it supersedes an approved final run of its period for; the reason shows it.",
)
@JSON
def run(
    kind: str, estimate_id: int | None, period_code: str | None, reason: str, cause: str | None, as_json: bool
) -> None:
    """Make a run. A final one is made only where nothing is open; it still waits for two people."""
    with application():
        from survey_app.models import db
        from survey_app.scoring.final_runs import FinalRunError, make_run

        estimate, period = _inputs(estimate_id, period_code)
        try:
            made = make_run(kind, estimate.survey.city, estimate, period, reason, cause or "")
        except FinalRunError as error:
            db.session.rollback()
            listed = [str(Message("lines.final_check_lists"))] if error.points else []
            fail("\n".join([str(error), *_counts(error.points), *listed]))
        db.session.commit()
        printed(_document(made), as_json, lambda: _readable(made))


@command.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Every run, the newest first."""
    with tables():
        from sqlalchemy import select

        from survey_app.models import FinalRun, db

        rows = [_line(made) for made in db.session.scalars(select(FinalRun).order_by(FinalRun.id.desc()))]
    worded = [row | {name: word(row[name]) for name in ("kind", "state")} for row in rows]
    printed(rows, as_json, lambda: tabbed(worded))


@command.command()
@click.argument("number", type=int)
@JSON
def show(number: int, as_json: bool) -> None:
    """The city's star, the ranking, the stars and the goals of run NUMBER."""
    with application():
        from survey_app.models import FinalRun

        made = stored(FinalRun, number, Message("commands.no_final_run", final_id=number))
        printed(_document(made), as_json, lambda: _readable(made))


def _inputs(estimate_id: int | None, period_code: str | None) -> tuple[EstimateRun, Period]:
    from sqlalchemy import select

    from survey_app.models import Area, EstimateRun, db
    from survey_app.scoring.self_assessment import newest_estimate
    from survey_app.values.periods import PeriodError, current_period, period_of

    city = db.session.scalars(select(Area).where(Area.kind == "city").order_by(Area.id.desc())).first()
    if estimate_id is not None:
        estimate = db.session.get(EstimateRun, estimate_id)
    else:
        estimate = newest_estimate(city.id)[0] if city else None
    if estimate is None:
        if estimate_id is None:
            fail("lines.no_estimate_run_yet")
        fail("commands.no_estimate_run", run_id=estimate_id)
    try:
        return estimate, period_of(period_code) if period_code else current_period()
    except PeriodError as error:
        fail(error)


def _without_figure(estimate: EstimateRun) -> list[dict[str, object]]:
    """The areas whose star is a range for want of a figure, with what theirs rests on."""
    from survey_app.estimates.area_satisfaction import without_figures
    from survey_app.ground.stored import estimate_of
    from survey_app.values.rulebooks import rated_areas

    found = without_figures(rated_areas(estimate.survey.city), estimate_of(estimate))
    return [{"area": row.area.name, "below_minimum": row.below} for row in found]


def _no_figure(rows: list[dict[str, object]]) -> list[str]:
    return [str(Message("batch.below_minimum", areas=[row["area"] for row in rows]))] if rows else []


def _told(points: tuple[Open, ...] | list[Open]) -> str:
    if not points:
        return str(Message("commands.nothing_open_final_run"))
    lines = [f"{point.area or word('city')}\t{word(point.kind, 'open')}\t{point.detail}" for point in points]
    return "\n".join([*lines, "", *_counts(points)])


def _counts(points: tuple[Open, ...] | list[Open]) -> list[str]:
    counts = Counter(word(point.kind, "open") for point in points)
    return [f"{name}: {number}" for name, number in counts.most_common()]


def _line(made: FinalRun) -> dict[str, str | int | float | None]:
    from analysis.scoring.progress import star_words
    from survey_app.ground import sign_off
    from survey_app.ground.stored import card_of
    from survey_app.scoring.frozen import scorecards, subject

    city = card_of(scorecards(made)[0])
    state = sign_off.standing(subject(made)).state or ("-" if made.kind == "trial" else "not proposed")
    return {
        "id": made.id, "kind": made.kind, "period": made.period, "estimate": made.estimate_run_id,
        "star": star_words(city), "total": city["total"], "open": len(made.provisional), "state": state,
        "created_at": made.created_at.isoformat(timespec="seconds"), "by": made.created_by,
    }  # fmt: skip


def _document(made: FinalRun) -> dict[str, object]:
    from survey_app.scoring.frozen import scorecards

    cards = {row.area.name: row.scorecard for row in scorecards(made)}
    return {
        **_line(made), "scorecards": cards, "provisional": made.provisional, "supersedes": made.supersedes_id,
        "supersedes_for": made.frozen.get("supersedes"),
        "without_figure": _without_figure(made.estimate_run), "shown_to_counties": _objections(made), **made.summary,
    }  # fmt: skip


def _objections(made: FinalRun) -> dict[str, object]:
    """When the counties saw it, and how many objections they made; `shown` is empty where they did not."""
    from survey_app.scoring import objections

    rounds = objections.rounds(made)
    found = objections.objections_of(rounds)
    return {
        "shown": [{"run": row.final_run_id, "from": row.opened_at.isoformat(), "until": row.until.isoformat()} for row in rounds],
        "objections": len(found), "undecided": sum(not row.outcome for row in found),
        "unpublished_changes": len(objections.unpublished(made)),
    }  # fmt: skip


def _readable(made: FinalRun) -> str:
    from survey_app.commands.score_all import city_lines, goal_lines, ranked_lines
    from survey_app.ground.stored import card_of
    from survey_app.scoring.frozen import scorecards, summary_of

    rows = {row.area.name: row for row in scorecards(made)}
    city = next(row for row in rows.values() if row.area.kind == "city")
    head, summary = _line(made), summary_of(made)
    told = {name: word(head[name]) for name in ("kind", "state")}
    lines = [str(Message("lines.final_run", **head | told)), ""]
    lines += city_lines(city.area.name, card_of(city))
    lines += ranked_lines(summary, {name: card_of(row) for name, row in rows.items()})
    lines += _no_figure(_without_figure(made.estimate_run))
    lines += ["", *(f"{star}: {number}" for star, number in summary["at_star"].items()), ""]
    return "\n".join([*lines, *goal_lines(summary)])
