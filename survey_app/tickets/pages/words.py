"""What a ticket's states, steps and owners are called in the console."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.console.frame import area_name
from survey_app.ground.language import language
from survey_app.models import Area
from survey_app.tickets.handling import Target


def state_names() -> dict[str, str]:
    return {
        "received": _("待答复"),
        "working": _("办理中"),
        "asked": _("待市民补充"),
        "closed": _("已办结"),
        "declined": _("不予受理"),
    }


def step_names() -> dict[str, str]:
    return {
        "route": _("分派"),
        "interim": _("阶段性答复"),
        "ask": _("请市民补充"),
        "close": _("办结答复"),
        "pass_on": _("转交"),
        "reassign": _("改派"),
        "extend": _("延期"),
        "decline": _("不予受理"),
        "reopen": _("重新办理"),
        "join": _("合并办理"),
        "part": _("分开办理"),
        "hotline_in": _("12345转来"),
        "hotline_out": _("导出给12345"),
        "supplement": _("市民补充"),
        "object": _("市民要求重新办理"),
        "rate": _("市民评价"),
    }


def rating_names() -> dict[int, str]:
    return {5: _("很满意"), 4: _("比较满意"), 3: _("一般"), 2: _("不太满意"), 1: _("很不满意")}


def publication_states() -> dict[str, str]:
    return {"proposed": _("等待审核"), "published": _("已公开"), "returned": _("已退回修改"), "withdrawn": _("已撤回")}


def approval_steps() -> dict[str, str]:
    return {"proposed": _("提交公开文字"), "approved": _("同意公开"), "returned": _("退回修改"), "withdrawn": _("撤回")}


def owner_name(area: Area, department: str | None) -> str:
    """Who deals with a ticket: a department, or the coordinator of an area."""
    return department or _("%(area)s协调人员", area=area_name(area))


def target_name(target: Target) -> str:
    if target.department:
        return f"{area_name(target.area)} · {target.department}"
    return owner_name(target.area, None)


def field_name(field_zh: str, field_en: str) -> str:
    return field_en or field_zh if language() == "en" else field_zh
