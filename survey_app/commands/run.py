"""`minyi run`: store a new estimate run and the scoring runs that follow from it."""

from __future__ import annotations

from typing import Any

import click

from survey_app.commands.progress import progress
from survey_app.commands.support import JSON, application, fail, printed, survey_or_newest, tell
from wording import Message


@click.command(name="run")
@click.argument("survey_code", required=False)
@JSON
def command(survey_code: str | None, as_json: bool) -> None:
    """Estimate SURVEY_CODE (default: the newest survey) anew and score the city and its counties."""
    from analysis.errors import AnalysisError
    from definitions import DefinitionError
    from survey_app.estimates.runs import NoResponsesError
    from survey_app.ground.held import computing, held, interim_number
    from survey_app.ground.stored import estimate_of, without_figure
    from survey_app.models import db
    from survey_app.responses.flags import flag_new
    from survey_app.scoring.estimate_and_score import estimate_and_score

    with application():
        from survey_app.ground.verdicts import with_verdict

        survey = survey_or_newest(survey_code)
        flag_new(survey)
        db.session.commit()  # flags stand by themselves, as in the job
        try:
            with progress("lines.estimating_and_scoring") as shown:
                estimate_run, scoring = estimate_and_score(survey, shown)
        except (NoResponsesError, AnalysisError, DefinitionError) as error:
            fail(error)
        db.session.commit()
        cards = {run.area.name: run.scorecard for run in scoring}
        with computing():
            result = estimate_of(estimate_run)
        if held(survey):
            told: Any = without_figure(result)
            tell("official.held", True, code=survey.code)
        else:
            told = with_verdict(result)
        number = interim_number(estimate_run)
        document = {"run": estimate_run.id, "interim": number, "estimate": told, "scorecards": cards}
    from survey_app.estimates.as_json import in_language

    printed(in_language(document), as_json, lambda: summary(document))


def summary(document: dict) -> str:  # type: ignore[type-arg]
    """The run in a few lines for a terminal; without a verdict while the figure is held."""
    from analysis.scoring.progress import star_words
    from survey_app.ground.verdicts import verdict_of

    result, nothing = document["estimate"], Message("lines.scores_nothing")
    said = verdict_of(result) if "decision" in result else None
    lines = [str(Message("verdicts.of_city", said=said or "–")), str(Message("lines.responses", n=result["n"]))]
    for area, card in document["scorecards"].items():
        lines.append(f"{area}\t{star_words(card)}\t{nothing if card['void'] else card['total']}")
    return "\n".join(lines)
