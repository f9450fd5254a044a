"""`minyi verify run ID`: a stored result made again from what it stored itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, application, fail, printed, stored, tell
from wording import Message

SAID = {"run": "lines.a_run", "final": "lines.a_final", "scenario": "lines.a_scenario"}


@click.group(name="verify")
def command() -> None:
    """Recompute what is stored."""


@command.command()
@click.argument("run_id", type=int)
@JSON
def run(run_id: int, as_json: bool) -> None:
    """Recompute the estimate run RUN_ID from its own cells and compare to the last digit."""
    from survey_app.estimates.runs import verify_run
    from survey_app.models import EstimateRun

    with application(), progress("lines.recomputing"):
        result = verify_run(stored(EstimateRun, run_id, Message("commands.no_estimate_run", run_id=run_id)))
    _say("run", run_id, result["same"], result if as_json else None)
    if not as_json:
        tell("lines.responses_then", then=result["responses_then"], now=result["responses_now"])
        tell("lines.reflagged", n=result["reflagged_since"], changes=result["flag_changes_since"])
    _end(result["differs"])


@command.command()
@click.argument("final_id", type=int)
@JSON
def final(final_id: int, as_json: bool) -> None:
    """Make the combined run FINAL_ID again from what it froze: every scorecard, the summary, its estimate."""
    from survey_app.models import FinalRun
    from survey_app.scoring.final_runs import verify_final

    with application(), progress("lines.recomputing"):
        result = verify_final(stored(FinalRun, final_id, Message("commands.no_final_run", final_id=final_id)))
    _say("final", final_id, result["same"], result if as_json else None)
    _end(result["differs"])


@command.command()
@click.argument("scenario_id", type=int)
def scenario(scenario_id: int) -> None:
    """Try the scenario SCENARIO_ID again with its seed."""
    from survey_app.models import Scenario
    from survey_app.scoring.scenarios import verify_scenario

    with application():
        result = verify_scenario(
            stored(Scenario, scenario_id, Message("commands.no_scenario", scenario_id=scenario_id))
        )
    _say("scenario", scenario_id, result["same"])
    _end(result["differs"])


def _say(kind: str, number: int, same: bool, document: Mapping[str, object] | None = None) -> None:
    what = Message(SAID[kind], number=number)
    told = Message("lines.is_the_same", what=what) if same else Message("lines.differs", what=what)
    printed(document, document is not None, lambda: str(told))


def _end(differs: Sequence[str]) -> None:
    if differs:
        fail("lines.differs_in", differs=differs)
