"""Words that pages of several subjects share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from analysis.zones import Zones
from survey_app.ground.audit import COMMAND_LINE
from survey_app.models import User, db


def english() -> bool:
    return str(get_locale()).startswith("en")


def doer(name: str) -> str:
    """Who did it: a person, the command line of the server, or the clock that closes a survey."""
    return str({COMMAND_LINE: _("命令行"), "clock": _("时钟")}.get(name) or people_names().get(name, name))


def people_names() -> dict[str, str]:
    """Account -> its person's name, with the account where two bear the same; read once for a page."""
    if "people_names" not in g:
        named = db.session.execute(select(User.username, User.full_name).where(User.full_name != "")).all()
        often = Counter(full for _account, full in named)
        g.people_names = {account: full if often[full] == 1 else f"{full} ({account})" for account, full in named}
    return dict(g.people_names)


def state_names() -> dict[str, str]:
    """States and steps of the sign-off."""
    return {
        "": _("未提交审批"), "proposed": _("待审批"), "approved": _("已批准"), "returned": _("已退回"),
        "withdrawn": _("已撤回"),
    }  # fmt: skip


def step_names() -> dict[str, str]:
    """Steps of the sign-off as what somebody did, not as where it stands."""
    return state_names() | {"proposed": _("已提出")}


def changed_words(changed: Iterable[str]) -> str:
    """What has changed since a result was made, by the keys of `surveys.freshness`; '' where nothing has.
    Why a figure does not count is said first."""
    names = {"values": _("数值"), "flags": _("疑问标记"), "responses": _("应答")}
    said = str(_("、")).join(str(names[key]) for key in changed if key in names)
    marks = {"unofficial_plan": _("非正式口径"), "interim": _("期中"), "not_for_scoring": _("不用于评分")}
    words = [str(marks[key]) for key in changed if key in marks]
    return "；".join([*words, *([str(_("此后%(what)s有变化", what=said))] if said else [])])


def zone_name(points: float | None, key: str = "none") -> str:
    """What a zone of the figure costs or, where satisfaction is graded, gives: points taken off are negative, None where the
    whole scores nothing. key: of the zone; nothing below the highest zone is nothing earned."""
    if points is None:
        return str(_("整体不得分"))
    if points > 0 or (not points and key != "none"):
        return str(_("得%(points)s分", points=f"{points:g}"))
    return str(_("减%(points)s分", points=f"{-points:g}") if points else _("不扣分"))


def supplement_words() -> dict[str, str]:
    """How a county below the plan's minimum may come by more answers; by its counts alone."""
    return {
        "extension": str(_("补充样本：只看份数、点数和自由度，低于下限的县按计划的延期规则在原点继续收取。")),
        "sites": str(_("补充样本：只看份数、点数和自由度，低于下限的县按同样的概率加抽点位。")),
        "none": str(_("补充样本：计划不安排，待下一次调查。")),
    }


def line_name(line: float) -> str:
    return f"{line * 100:.6g}%"


def lines_named(zones: Zones) -> str:
    """The lines of a rulebook, the lowest first: 60%和70%."""
    names = [line_name(line) for line in zones.lines]
    first, last = names[:-1], names[-1:]
    joined = str(_("、")).join(first)
    return str(_("%(first)s和%(last)s", first=joined, last=last[0])) if first else "".join(last)
