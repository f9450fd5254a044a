"""What waits for a verifier: accepted or sent back, one by one or several at once."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring import load_rulebook
from survey_app.console.frame import bp
from survey_app.console.permissions import Arguments, Menu, Owner, all_of, may, own
from survey_app.ground.transaction import transaction
from survey_app.models import db
from survey_app.values import entry as value_entry
from survey_app.values import verification, worklist
from survey_app.values.entry import EntryError, Place
from survey_app.values.forms import said
from survey_app.values.pages.forms import ACCEPT, VerifyForm, VerifySeveralForm, problems_of
from survey_app.values.pages.worklist import asked_period, marked, refuse, responsible_words
from survey_app.values.periods import periods
from survey_app.values.reading import metrics_of
from survey_app.values.worklist import Task


def owner_of_verification(arguments: Arguments) -> Owner | None:
    """A verifier judges an area as a whole."""
    place = value_entry.place_of(*(str(arguments[name]) for name in ("period", "area", "indicator")))
    return (place.area, None) if place else None


@bp.page(
    "/verification",
    "查看待核验指标",
    all_of("scorer", "auditor"),
    menu=Menu("指标核验", "score", 30, ("/console/verification",)),
)
def verification_queue() -> str:
    """Submitted indicators of the person's areas, the longest waiting first; an auditor only looks."""
    period = asked_period()
    grants = current_user.grants
    areas = [area for area in worklist.rated_places() if may(grants, "console.value_page", area)]
    chosen = request.args.get("area", "")
    waiting = [
        task for task in worklist.tasks(period, areas) if task.state == "submitted" and chosen in ("", task.area.code)
    ]
    waiting.sort(key=lambda task: (task.entry.submitted_at if task.entry else None, task.order))
    hands = verification.hands_of(task.entry for task in waiting if task.entry)
    return render_template(
        "values/queue.html", rows=[_row(period.rulebook_of(task.area), task, hands) for task in waiting],
        period=period, periods=periods(), areas=areas, chosen=chosen,
    )  # fmt: skip


@bp.action("/verification/<period>", "批量核验", all_of("scorer"))  # each indicator is asked for in the view
def verify_values(period: str) -> BaseResponse:
    """Accept or send back all that are ticked, each as it was shown; what cannot be is told and left."""
    form = VerifySeveralForm()
    marks = [marked(period, mark) for mark in form.chosen.data or ()]
    for place, _version in marks:
        if not may(current_user.grants, "console.verify_value", place.area):
            refuse(place)
    if not form.validate_on_submit():
        flash(" ".join(message for _key, message in problems_of(form)), "error")
        return redirect(url_for("console.verification_queue", period=period))
    done, left = 0, []
    for place, version in marks:
        try:
            _decide(place, version, form)
            done += 1
        except EntryError as error:
            left.append(f"{place.area.name} {place.indicator} {place.name}：{error}")
    db.session.commit()
    if not marks:
        flash(_("请先勾选指标。"), "error")
    elif done:
        flash(_("已处理%(done)s项。", done=done), "ok")
    if left:
        flash("； ".join(left[:8]), "error")
    return redirect(url_for("console.verification_queue", period=period))


@bp.action("/values/<period>/<area>/<indicator>/verify", "核验指标", own("scorer"), of=owner_of_verification)
def verify_value(period: str, area: str, indicator: str) -> BaseResponse:
    place, form = value_entry.place_of(period, area, indicator) or abort(404), VerifyForm()
    try:
        with transaction():
            if not form.validate_on_submit():
                raise EntryError(problems_of(form))
            _decide(place, form.version.data, form)
        flash(_("已核验通过。") if form.decision.data == ACCEPT else _("已退回。"), "ok")
    except EntryError as error:
        flash(str(error), "error")
    return redirect(url_for("console.value_page", period=period, area=area, indicator=indicator))


def _decide(place: Place, version: int, form: VerifyForm | VerifySeveralForm) -> None:
    judge = verification.accept if form.decision.data == ACCEPT else verification.send_back
    judge(place, version, current_user.username, form.comment.data or "")


def _row(rulebook_id: str, task: Task, hands: Mapping[int, set[str]]) -> dict[str, object]:
    metrics = metrics_of(load_rulebook(rulebook_id), task.indicator)
    entry = task.entry
    return {
        "task": task, "mark": f"{task.area.code}|{task.indicator}|{task.version}",
        "who": responsible_words(task.who), "by": entry.submitted_by if entry else "",
        "at": entry.submitted_at if entry else None, "note": entry.note if entry else "",
        "values": [(metric.name, said(metric, task.values.get(metric.key)) or _("未知")) for metric in metrics],
        "may": may(current_user.grants, "console.verify_value", task.area),
        "own_hand": entry is not None and current_user.username in hands[entry.id],
    }  # fmt: skip
