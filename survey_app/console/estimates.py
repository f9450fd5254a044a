"""Estimates for review: the list, the page of a run, two runs side by side, sign-off."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.views import bp, survey_of
from survey_app.models import EstimateRun, db
from survey_app.services.charts import forest_chart, interval_chart, weights_chart
from survey_app.services.jobs import enqueue
from survey_app.services.scoring_runs import COUNTY_VARIABLE
from survey_app.services.suppression import shown_result

RESULT_PAGES["estimate"] = lambda key: url_for("console.estimate_page", run_id=int(key))


@bp.post("/surveys/<code>/runs")
def new_run(code: str) -> BaseResponse:
    """Queue a new estimate run and the scoring runs that follow from it."""
    return started(enqueue("estimate", {"survey": survey_of(code).id}, current_user.username))


@bp.get("/estimates/<int:run_id>")
def estimate_page(run_id: int) -> str:
    run = db.session.get(EstimateRun, run_id) or abort(404)
    result = shown_result(run, current_user.grants)
    share = result["satisfied"]
    words = {"veto": _("整体不得分"), "deduct": _("减10分"), "none": _("不扣分"), "axis": _("满意的比例")}
    chart = (
        interval_chart(share["estimate"], share["lower"], share["upper"], words) if share["lower"] is not None else ""
    )
    domains = result["domains"]
    shown = [
        {"name": row["level"], "estimate": row["estimate"], "lower": row["lower"], "upper": row["upper"]}
        for row in domains.get(COUNTY_VARIABLE, [])
        if row["lower"] is not None
    ]
    return render_template(
        "console/estimate.html",
        run=run,
        result=result,
        chart=chart,
        forest=forest_chart(shown, words) if shown else "",
        weights=_weights(result),
        changes=change_names(),
        sites={site.code: site.name for site in run.survey.sites},
        definitions=definition_names(),
        domains=domains,
        names=domain_names(),
        city=next((scoring for scoring in run.scoring_runs), None),
        demo=run.demo,
    )


def _weights(result: dict[str, Any]) -> str:
    """The chart of row weights; runs made before it was drawn have no quantiles."""
    quantiles = result["weights"].get("quantiles")
    if quantiles is None:
        return ""
    words = {
        "before": _("校准前"), "after": _("校准后"), "place": _("应答(按权数从小到大)"), "weight": _("权数与平均权数之比"),
    }  # fmt: skip
    return weights_chart(quantiles["before"], quantiles["after"], words)


def change_names() -> dict[str, str]:
    """What each row of the sensitivity table leaves out."""
    return {
        "unweighted": _("不加权"),
        "base_weights": _("只用设计权数"),
        "without_margin": _("不用此项校准："),
        "without_trimming": _("不截尾"),
        "flagged_kept": _("保留有疑问的应答"),
        "flagged_removed": _("剔除有疑问的应答"),
        "without_stratum": _("不含"),
        "without_site": _("不含"),
    }


def definition_names() -> dict[str, str]:
    return {
        "top_1": _("最满意一档的比例"),
        "top_2": _("最满意两档的比例"),
        "top_3": _("最满意三档的比例"),
        "top_4": _("除最不满意外的比例"),
        "index_0_100": _("0–100分指数"),
        "index_20_100": _("20–100分指数"),
    }


def domain_names() -> dict[str, str]:
    return {
        "rated_county": _("县(市、区)"),
        "home_county": _("居住地(含功能区)"),
        "age_band": _("年龄"),
        "sex": _("性别"),
    }
