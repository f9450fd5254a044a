"""Self-assessment: what each lead department's indicators lack, the least that reaches a star, and taking gaps on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from analysis.scoring.gaps import Gap, lacking, tier_of, words
from analysis.scoring.means import asked
from analysis.scoring.progress import star_words
from analysis.scoring.rules import Tier
from analysis.scoring.upgrades import UpgradePlan, UpgradesError
from analysis.scoring.why import why_in_words
from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.permissions import Arguments, Menu, Owner, all_of, may, own
from survey_app.console.tables import Column, Row, Table, requested_export
from survey_app.ground.clock import today
from survey_app.ground.verdicts import card_verdict
from survey_app.models import Area, RectificationItem
from survey_app.scoring import rectification, rectification_items
from survey_app.scoring.gap_words import said
from survey_app.scoring.pages.forms import AcceptForm, accept_form
from survey_app.scoring.rectification import Pick, RectificationError
from survey_app.scoring.self_assessment import Assessment, assess, assess_each, by_department, plan_for
from survey_app.scoring.shown import shows_area
from survey_app.scoring.standing import has_values
from survey_app.scoring.what_if import effort_of
from survey_app.values.worklist import rated_places

PAGE = "console.assessment_page"
DAYS_GIVEN = 60  # until the due day that the form suggests


@dataclass(frozen=True)
class Offer:
    """One gap that may be taken on: a row of the form."""

    number: int
    name: str
    to: Tier
    before: Tier | None
    gain: Decimal
    requirement: str
    lack: str
    departments: tuple[str, ...]
    taken: RectificationItem | None

    @property
    def field(self) -> str:
        return f"{self.number}:{self.to.level}"


def owner_of_assessment(arguments: Arguments) -> Owner | None:
    area = _found(str(arguments["code"]))
    return (area, None) if area is not None else None


@bp.page(
    "/assessment",
    "查看自评",
    all_of("evaluator", "scorer", "auditor"),
    menu=Menu("自评", "score", 60, ("/console/assessment",)),
)
def assessment_list() -> str | BaseResponse:
    """Every area the signed-in person may assess, with its star today."""
    areas = [area for area in rated_places() if may(current_user.grants, PAGE, area)]
    if len(areas) == 1:
        return redirect(url_for(PAGE, code=areas[0].code))
    rows = []
    for area, found in zip(areas, assess_each(areas), strict=True):
        address = url_for(PAGE, code=area.code)
        if isinstance(found, Assessment):
            rows.append(_area_row(found) | {"address": address})
        else:
            rows.append({"area": area.name, "star": _("有数值无法读取"), "address": address})
    columns = [
        Column("area", _("地区"), link="address"), Column("star", _("评级")), Column("points", _("总分"), "number"),
        Column("gaps", _("失分的指标"), "number"), Column("gain", _("各提升一档可增分"), "number"),
        Column("verified", _("已核定的指标"), "number"),
    ]  # fmt: skip
    table = Table(
        "areas",
        _("今天的自评"),
        columns,
        rows,
        empty=_("还没有可评的地区。先添加城市和县(市、区)，并为周期选定评价方案。"),
    )
    return requested_export(table) or render_template("scoring/assessment_list.html", table=table)


@bp.page("/assessment/<code>", "查看自评", own("evaluator", "scorer", "auditor"), of=owner_of_assessment)
def assessment_page(code: str) -> Any:
    area = _found(code) or abort(404)
    return _page(area, request.args)


@bp.action("/assessment/<code>/accept", "列入整改", own("evaluator", "scorer"), of=owner_of_assessment)
def assessment_accept(code: str) -> Any:
    """Take the ticked gaps on, all of them or none."""
    area = _found(code) or abort(404)
    found = assess(area)
    form = accept_form(_numbers(found))()
    if form.validate_on_submit():
        picks = [
            Pick(number, stars, form[f"department:{number}"].data or "", form[f"due:{number}"].data)
            for number, stars in form.take.data or ()
        ]
        with form.storing(RectificationError):
            made = rectification.take_on(found, picks)
        if not form.errors:
            flash(_("已列入整改 %(number)s 项。", number=len(made)), "ok")
            return redirect(url_for("console.rectification_page", area=area.code))
    return _page(_found(code) or abort(404), form.typed(), form)


def _numbers(found: Assessment) -> list[int]:
    return [row.indicator.number for row in found.card.indicators]


def _page(area: Area, given: Mapping[str, str], sent: AcceptForm | None = None) -> Any:
    found = next(assess_each([area]))
    if not isinstance(found, Assessment):
        return render_template("scoring/assessment_unreadable.html", area=area, problems=str(found).splitlines()), 422
    plan, asked_wrongly = _plan(found, given)
    busy = {
        item.indicator: item
        for item in rectification_items.items(area_ids=[area.id], states=rectification_items.UNDER_WAY)
    }
    offers = _planned(found, plan, busy) if plan and plan.upgrades else _next_steps(found, busy)
    tables = (_gap_table(found, busy), _department_table(found))
    due = today() + timedelta(days=DAYS_GIVEN)
    suggested = {f"department:{row.number}": "".join(row.departments[:1]) for row in offers}
    form = sent or unsent(
        accept_form(_numbers(found)), data=suggested | {f"due:{number}": due for number in _numbers(found)}
    )
    wrong = [*(sent.problems() if sent else ()), *asked_wrongly]
    card = found.card.as_dict()
    page = requested_export(*tables) or render_template(
        "scoring/assessment.html",
        found=found, entered=has_values(found.values), star=star_words(card), told=card_verdict(card), area=area, tables=tables, plan=plan, offers=offers, wrong=wrong, given=given, form=form,
        set_aside=any(key.startswith(("effort:", "fixed:")) and value for key, value in given.items()),
        stars=[star.name for star in found.rulebook.stars], tiered=[gap for gap in found.gaps if gap.tier is not None],
        ticked=set(form.take.raw_data or ()), demo=area.demo, take=may(current_user.grants, "console.assessment_accept", area),
    )  # fmt: skip
    return (page, 422) if wrong else page


def _plan(found: Assessment, given: Mapping[str, str]) -> tuple[UpgradePlan | None, list[str]]:
    """The upgrades to the asked star; efforts and what cannot move as typed."""
    target = given.get("target", "")
    if not target:
        return None, []
    effort, fixed, wrong = {}, set(), []
    for gap in found.gaps:
        number = gap.indicator.number
        typed = given.get(f"effort:{number}", "").strip()
        if given.get(f"fixed:{number}"):
            fixed.add(number)
        try:
            if typed:
                effort[number] = effort_of(typed)
        except ValueError:
            wrong.append(f"{number}：" + _("难度是不小于0的数，不是“%(typed)s”", typed=typed))
    if wrong:
        return None, wrong
    try:
        return plan_for(found, target, effort or None, frozenset(fixed)), []
    except UpgradesError as error:
        return None, [str(error)]


def _planned(found: Assessment, plan: UpgradePlan, busy: dict[int, RectificationItem]) -> list[Offer]:
    return [_offer(found, row.number, row.to_stars, row.gain, busy) for row in plan.upgrades]


def _next_steps(found: Assessment, busy: dict[int, RectificationItem]) -> list[Offer]:
    return [_offer(found, gap.indicator.number, gap.tier.level, gap.gain, busy) for gap in found.gaps if gap.tier]


def _offer(found: Assessment, number: int, stars: int, gain: Decimal, busy: dict[int, RectificationItem]) -> Offer:
    row = next(row for row in found.card.indicators if row.indicator.number == number)
    tier = tier_of(found.card, number, stars)
    assert tier is not None  # it comes from the rulebook
    lack = told(lacking(row.indicator, tier.requirement, found.supplied))
    return Offer(
        number, row.indicator.name, tier, row.tier, gain, asked(row.indicator, tier, found.supplied), lack,
        found.leads.get(number, ()), busy.get(number),
    )  # fmt: skip


def told(lacks: Any) -> str:
    """What is lacking in the language of the page."""
    return why_in_words(words(lacks, said))


def _gap_table(found: Assessment, busy: dict[int, RectificationItem]) -> Table:
    columns = [
        Column("department", _("牵头部门")), Column("number", _("序号"), "number"), Column("name", _("三级指标")),
        Column("step", _("提升")), Column("lost", _("失分"), "number"), Column("gain", _("可增分"), "number"),
        Column("requirement", _("下一档的要求")), Column("lack", _("差距")), Column("verified", _("数值")),
        Column("item", _("整改"), link="address"),
    ]  # fmt: skip
    hidden = found.estimate is not None and not shows_area(found.estimate, found.area, current_user.grants)
    rows = []
    for gap in found.gaps:
        number = gap.indicator.number
        item = busy.get(number)
        rows.append(
            {
                "department": departments(found, number), "number": number, "name": gap.indicator.name,
                "step": step(gap.card.tier, gap.tier) if gap.tier else stars_of(gap.card.tier),
                "lost": float(gap.lost), "gain": float(gap.gain) or None,
                "requirement": _requirement(found, gap, hidden), "lack": told(gap.lacks),
                "verified": _("已核定") if number in found.accepted else _("未核定"),
                "item": f"#{item.id}" if item else None,
                "address": url_for("console.rectification_item", item_id=item.id) if item else None,
            }
        )  # fmt: skip
    return Table("gaps", _("失分的指标，可增分多的在前"), columns, rows)


def _requirement(found: Assessment, gap: Gap, hidden: bool) -> str:
    """What the next step asks; where there are no steps, why points were lost, without the estimate of a small county."""
    if gap.tier:
        return asked(gap.indicator, gap.tier, found.supplied)
    return _("样本过少，不予公布") if hidden and gap.indicator.kind == "satisfaction" else why_in_words(gap.card.why)


@bp.app_template_global("star_step")
def step(before: Tier | None, after: Tier) -> str:
    """From one tier to another: 3★ → 5★."""
    return f"{stars_of(before)} → {stars_of(after)}"


def stars_of(tier: Tier | None) -> str:
    return (tier.name or f"{tier.stars}★") if tier else "–"


def departments(found: Assessment, number: int) -> str:
    """The lead departments, or who has none."""
    leads = found.leads.get(number, ())
    if leads:
        return "、".join(leads)
    return str(_("共同负责") if number in found.shared else _("尚未分工"))


def _department_table(found: Assessment) -> Table:
    columns = [
        Column("department", _("牵头部门"), link="address"),
        Column("indicators", _("失分的指标"), "number"),
        Column("lost", _("失分"), "number"),
        Column("gain", _("各提升一档可增分"), "number"),
    ]
    rows = [
        {
            "department": row.department or _("共同负责或尚未分工"), "indicators": row.indicators,
            "lost": float(row.lost), "gain": float(row.gain), "address": None,
        }
        for row in by_department(found)
    ]  # fmt: skip
    return Table("departments", _("各牵头部门的失分(共同牵头的分别计入)"), columns, rows)


def _area_row(found: Assessment) -> Row:
    return {
        "area": found.area.name, "star": star_words(found.card.as_dict()) if has_values(found.values) else _("未填报"),
        "points": None if found.card.total is None or not has_values(found.values) else float(found.card.total), "gaps": len(found.gaps),
        "gain": float(sum((gap.gain for gap in found.gaps), Decimal(0))), "verified": len(found.accepted),
    }  # fmt: skip


def _found(code: str) -> Area | None:
    return next((area for area in rated_places() if area.code == code), None)
