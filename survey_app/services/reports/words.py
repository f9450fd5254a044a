"""Names that both reports use, in both languages."""

from __future__ import annotations

from typing import Any

from survey_app.services.reports.content import Say, share_text


def outcome(decision: dict[str, Any] | None, say: Say) -> str:
    """What the official rule makes of a figure."""
    if not decision:
        return "–"
    return {
        "veto": say("整体不得分", "Score void"),
        "deduct": say("减10分", "10 points deducted"),
        "none": say("不扣分", "No deduction"),
    }[decision["outcome"]]


def domain(name: str, say: Say) -> str:
    """What a group variable is called."""
    return {
        "rated_county": say("县(市、区)", "County"),
        "home_county": say("居住地(含功能区)", "Residence (with zones)"),
        "age_band": say("年龄", "Age"),
        "sex": say("性别", "Sex"),
        "mode": say("作答方式", "Mode"),
        "language": say("作答语言", "Language"),
    }.get(name, name)


def level(name: Any, say: Say) -> str:
    known = {
        "male": say("男", "Male"), "female": say("女", "Female"), "web": say("手机或网页", "Phone or web"),
        "paper": say("纸质问卷", "Paper"), "phone": say("电话访问", "Telephone"), "tablet": say("访问员平板", "Tablet"),
    }  # fmt: skip
    return known.get(str(name), str(name))


def between(row: dict[str, Any]) -> str:
    """The interval of a figure."""
    if row.get("lower") is None:
        return "–"
    return f"{share_text(row['lower'])} – {share_text(row['upper'])}"
