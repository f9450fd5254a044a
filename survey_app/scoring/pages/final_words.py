"""The words of the final score: what is open, what counties rested on before, goals and states."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from flask_babel import gettext as _

from analysis.scoring.documents import GoalDocument
from analysis.scoring.programme import Goal
from survey_app.console.tables import Row
from survey_app.models import FinalRun
from survey_app.scoring.earlier_bases import picked


def open_words() -> dict[str, str]:
    """What each kind of open point is called."""
    return {
        "no_estimate": _("没有满意度估计"),
        "estimate_not_approved": _("满意度估计未经两人批准"),
        "estimate_interim": _("满意度估计是期中的"),
        "estimate_not_official": _("满意度估计不属于本周期的官方调查"),
        "estimate_unofficial": _("满意度估计不按正式计划"),
        "other_rulebook": _("估计按另一评级规则判定"),
        "no_counties": _("没有县(市、区)"),
        "unassigned": _("指标尚未分工"),
        "value_missing": _("数值未填报"),
        "value_unverified": _("数值未核定"),
        "value_unknown": _("已核定但有数值未知"),
        "register_differs": _("与台账不同，也没有说明原因；台账计得"),
        "value_unreadable": _("数值无法读取，按未知计"),
        "incident_undecided": _("是否发生重大事件尚未认定"),
        "satisfaction_undecided": _("满意度以何为准尚未决定"),
    }


def weak_words(why: str) -> str:
    """Why a county's own estimate did not carry a decision, in trials of earlier releases."""
    names = {
        "none": _("没有本县(市、区)的应答"),
        "few": _("应答过少，估计不予显示"),
        "df": _("自由度低于3，没有可用的误差"),
    }
    return str(names[why])


def picked_words(run: FinalRun) -> list[tuple[str, str, str]]:
    """Counties whose satisfaction rests on somebody's pick, in runs of earlier releases: name, basis, reason."""
    names = {"own": _("本县(市、区)的估计值"), "city": _("全市的估计"), "small_area": _("小区域模型的估计")}
    return [(name, names[basis], reason) for name, basis, reason in picked(run)]


def kind_names() -> dict[str, str]:
    return {"trial": _("试算"), "final": _("最终评分")}


def goal_rows(goals: list[GoalDocument], known: Sequence[Goal]) -> list[Row]:
    """The programme's goals as rows of a table; a share also as the number of counties it takes."""
    shares = {goal.key for goal in known if goal.share is not None}
    rows: list[Row] = []
    for goal in goals:
        reached, needed = goal["reached"], goal["needed"]
        rows.append(
            {
                "by": str(goal["by"] or _("未定年份")), "text": goal["text"], "counted": goal["counted"], "perhaps": goal.get("perhaps", 0), "of": goal["of"],
                "needed": ceil(needed * goal["of"] - 1e-9) if goal["key"] in shares else int(needed),
                "reached": (_("未知：没有此前的评级") if goal["counted"] is None else _("未定：有的评级还不知道")) if reached is None else ("✓ " + _("达到目标") if reached else "✕ " + _("未达到目标")),
            }
        )  # fmt: skip
    return rows
