"""`minyi verify run ID`: a stored result made again from what it stored itself."""

from __future__ import annotations

import click

from survey_app.commands.support import JSON, application, fail, print_json, tell


@click.group(name="verify")
def command() -> None:
    """Recompute what is stored."""


@command.command()
@click.argument("run_id", type=int)
@JSON
def run(run_id: int, as_json: bool) -> None:
    """Recompute the estimate run RUN_ID from its own cells and compare to the last digit."""
    from survey_app.estimates.runs import verify_run
    from survey_app.models import EstimateRun, db

    with application():
        stored = db.session.get(EstimateRun, run_id)
        if stored is None:
            fail("commands.no_estimate_run", run_id=run_id)
        result = verify_run(stored)
    if as_json:
        print_json(result)
    else:
        tell("lines.run_same" if result["same"] else "lines.run_differs", number=run_id)
        tell("lines.responses_then", then=result["responses_then"], now=result["responses_now"])
        tell("lines.reflagged", n=result["reflagged_since"], changes=result["flag_changes_since"])
    if not result["same"]:
        fail("lines.differs_in", differs=result["differs"])


@command.command()
@click.argument("final_id", type=int)
@JSON
def final(final_id: int, as_json: bool) -> None:
    """Make the combined run FINAL_ID again from what it froze: every scorecard, the summary, its estimate."""
    from survey_app.models import FinalRun, db
    from survey_app.scoring.final_runs import verify_final

    with application():
        stored = db.session.get(FinalRun, final_id)
        if stored is None:
            fail("commands.no_final_run_minyi", final_id=final_id)
        result = verify_final(stored)
    if as_json:
        print_json(result)
    else:
        tell("lines.final_same" if result["same"] else "lines.final_differs", number=final_id)
    if not result["same"]:
        fail("lines.differs_in", differs=result["differs"])


@command.command()
@click.argument("scenario_id", type=int)
def scenario(scenario_id: int) -> None:
    """Try the scenario SCENARIO_ID again with its seed."""
    from survey_app.models import Scenario, db
    from survey_app.scoring.scenarios import verify_scenario

    with application():
        stored = db.session.get(Scenario, scenario_id)
        if stored is None:
            fail("commands.no_scenario", scenario_id=scenario_id)
        result = verify_scenario(stored)
    tell("lines.scenario_same" if result["same"] else "lines.scenario_differs", number=scenario_id)
    if not result["same"]:
        fail("lines.differs_in", differs=result["differs"])
