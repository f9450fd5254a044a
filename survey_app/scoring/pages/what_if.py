"""A scorecard looked at ahead: what if, how likely each star, and the least that reaches one. Stores nothing but
scenarios that somebody keeps under a name."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from analysis.scoring import ValuesError, load_rulebook
from analysis.scoring.outlook import OutlookError
from analysis.scoring.upgrades import UpgradesError
from survey_app.console.frame import bp
from survey_app.console.permissions import may, own
from survey_app.models import ScoringRun, db
from survey_app.scoring import scenarios, what_if
from survey_app.scoring.pages.forms import AheadForm, ahead_form
from survey_app.scoring.pages.scores import owner_of_score
from survey_app.scoring.pages.what_if_results import figures_of, tables_of
from survey_app.scoring.scenarios import ScenarioError
from survey_app.scoring.shown import shown_future


@bp.form("/scores/<int:run_id>/ahead", "提升与展望", own("evaluator", "scorer", "auditor"), of=owner_of_score)
def ahead_page(run_id: int) -> Any:
    run, form = _asked(run_id)
    return _page(run, form)


@bp.action("/scores/<int:run_id>/scenarios", "保存假设方案", own("evaluator", "scorer"), of=owner_of_score)
def scenario_save(run_id: int) -> Any:
    """Keep what is on the form under a name."""
    run, form = _asked(run_id)
    if not form.errors:
        kept = None
        with (
            suppress(ValuesError, OutlookError, UpgradesError),
            form.storing(ScenarioError, "name"),
        ):  # said by the page
            asked = what_if.read_form(run, form.typed())
            kept = scenarios.save(run, form.name.data or "", form.note.data or "", asked)
        if kept is not None:
            flash(_("已保存方案。"), "ok")
            return redirect(url_for("console.scenario_page", scenario_id=kept.id))
    return _page(run, form), 422


def _asked(run_id: int) -> tuple[ScoringRun, AheadForm]:
    """The scorecard, and the form with what cannot be read said beside its box."""
    run = db.session.get(ScoringRun, run_id) or abort(404)
    form = ahead_form(what_if.form_lines(run))()
    if form.is_submitted() and form.validate():
        for field, message in what_if.read_form(run, form.typed()).wrong:
            form.refuse(message, field)
    return run, form


def _page(run: ScoringRun, form: AheadForm) -> str:
    asked, seen = what_if.read_form(run, form.typed()), None
    if form.is_submitted() and not asked.wrong:  # a first look costs no simulation and no drawing
        try:
            seen = what_if.look_ahead(run, asked)
        except (ValuesError, OutlookError, UpgradesError) as error:
            form.refuse(error)
    result = shown_future(scenarios.result_dict(seen), run, current_user.grants) if seen else None
    area = run.area if run.area.kind != "city" else None
    return render_template(
        "scoring/ahead.html",
        run=run, card=run.scorecard, lines=what_if.form_lines(run), form=form, result=result,
        stars=[star.name for star in load_rulebook(run.rulebook_id).stars],
        tables=tables_of(result) if result else [], figures=figures_of(result) if result else [],
        save=may(current_user.grants, "console.scenario_save", area), kept=scenarios.scenarios_of(run.area),
        demo=run.demo,
    )  # fmt: skip
