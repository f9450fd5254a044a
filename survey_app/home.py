"""The overview that a person meets after signing in."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.briefs.pages.parts import county_map, county_table, trend_figure
from survey_app.briefs.summary import counties, over_periods
from survey_app.console.figures import requested_figure
from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import EVERYONE, Menu, may
from survey_app.console.tables import requested_export
from survey_app.estimates.suppression import shown_result
from survey_app.ground import sign_off
from survey_app.ground.held import seen
from survey_app.ground.verdicts import verdict_of
from survey_app.scoring import batches
from survey_app.scoring.shown import shown_runs
from survey_app.scoring.standing import ranked, standings
from survey_app.surveys import listing, unit_counts
from survey_app.surveys.freshness import VALUES, changed_since
from survey_app.surveys.listing import present_survey
from survey_app.surveys.unit_counts import shown_fieldwork


@bp.page("/", "概览", EVERYONE, menu=Menu("概览", "", 10))
def home() -> str | BaseResponse:
    if current_user.tf_primary_method and current_user.mf_recovery_codes is None:
        return redirect(url_for("security.mf_recovery_codes"))
    survey = present_survey()
    if survey is None:
        return render_template("console/empty.html")
    batch = shown_runs(batches.newest_batch(survey), current_user.grants)
    standing, rows = next(iter(standings([batch] if batch else [])), None), ranked(batch)
    if not may(current_user.grants, "console.estimate_page", None):
        own = [row for row in rows if may(current_user.grants, "console.score_page", row.run.area)]
        return render_template(
            "console/home_own.html", rows=own, standing=standing, grants=current_user.grants, role_names=role_names(),
            demo=survey.demo,
        )  # fmt: skip
    run = next(iter(listing.estimate_runs(survey, 1)), None)
    result = shown_result(run, current_user.grants) if run and seen(survey) else None
    found = counties(run, result) if run and result else []
    table = county_table(found, run, links=True) if run and found else None
    city = next((row for row in rows if row.run.area.kind == "city"), None)
    figure = trend_figure(over_periods(run, result), result) if run and result else None
    mapped = county_map(found, run, public=False) if run and found else None
    if run and standing and standing.estimate_id == run.id:
        changed = tuple(one for one in standing.changed if one != VALUES)
    else:
        changed = changed_since([run.id])[run.id] if run else ()
    asked = requested_export(*(each for each in (table, figure and figure.table) if each))
    return asked or requested_figure(*(each for each in (figure, mapped) if each)) or render_template(
        "console/home.html",
        survey=survey, trend=figure, county_figures=table, mapped=mapped,
        fieldwork=shown_fieldwork(unit_counts.fieldwork(survey), survey, current_user.grants),
        run=run, result=result, approved=run is not None and sign_off.standing(f"estimate:{run.id}").state == sign_off.APPROVED,
        verdict=verdict_of(result) if result else None,
        changed=changed,
        city=city.run if city else None, filled=city is not None and city.entered, standing=standing,
        counties=[row for row in rows if row is not city], demo=survey.demo,
    )  # fmt: skip
