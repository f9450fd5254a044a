"""A scorecard looked at ahead: what if, how likely each star, and the least that reaches one. Stores nothing but
scenarios that somebody keeps under a name."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from analysis.scoring import ValuesError, load_rulebook
from analysis.scoring.outlook import OutlookError
from analysis.scoring.upgrades import UpgradesError
from survey_app.console.frame import bp
from survey_app.console.permissions import may, own
from survey_app.models import ScoringRun, db
from survey_app.scoring import scenarios, what_if
from survey_app.scoring.pages.scores import owner_of_score
from survey_app.scoring.pages.what_if_results import figures_of, tables_of
from survey_app.scoring.scenarios import ScenarioError
from survey_app.scoring.shown import shown_future


@bp.form("/scores/<int:run_id>/ahead", "提升与展望", own("evaluator", "scorer", "auditor"), of=owner_of_score)
def ahead_page(run_id: int) -> Any:
    return _page(db.session.get(ScoringRun, run_id) or abort(404), [])


@bp.action("/scores/<int:run_id>/scenarios", "保存假设方案", own("evaluator", "scorer"), of=owner_of_score)
def scenario_save(run_id: int) -> Any:
    """Keep what is on the form under a name."""
    run = db.session.get(ScoringRun, run_id) or abort(404)
    asked = what_if.read_form(run, request.form)
    if asked.wrong:
        return _page(run, []), 422
    try:
        kept = scenarios.save(run, request.form.get("name", ""), request.form.get("note", ""), asked)
    except (ValuesError, OutlookError, UpgradesError):  # said again by the page
        db.session.rollback()
        return _page(run, []), 422
    except ScenarioError as error:
        db.session.rollback()
        return _page(run, [str(error)]), 422
    db.session.commit()
    flash(_("已保存方案。"), "ok")
    return redirect(url_for("console.scenario_page", scenario_id=kept.id))


def _page(run: ScoringRun, wrong: list[str]) -> str:
    asked = what_if.read_form(run, request.form)
    problems, seen = [*wrong, *asked.wrong], None
    if request.method == "POST" and not asked.wrong:  # a first look costs no simulation and no drawing
        try:
            seen = what_if.look_ahead(run, asked)
        except (ValuesError, OutlookError, UpgradesError) as error:
            problems += what_if.refusals(error)
    result = shown_future(scenarios.result_dict(seen), run, current_user.grants) if seen else None
    area = run.area if run.area.kind != "city" else None
    return render_template(
        "scoring/ahead.html",
        run=run,
        card=run.scorecard,
        lines=what_if.form_lines(run),
        stars=[star.name for star in load_rulebook(run.rulebook_id).stars],
        form=request.form,
        wrong=problems,
        result=result,
        tables=tables_of(result) if result else [],
        figures=figures_of(result) if result else [],
        defaults=(what_if.DRAWS, what_if.SEED),
        save=may(current_user.grants, "console.scenario_save", area),
        kept=scenarios.scenarios_of(run.area),
        demo=run.demo,
    )
