"""Words that pages of several subjects share."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _


def english() -> bool:
    return str(get_locale()).startswith("en")


def state_names() -> dict[str, str]:
    """States and steps of the sign-off."""
    return {
        "": _("未提交审批"), "proposed": _("待审批"), "approved": _("已批准"), "returned": _("已退回"),
        "withdrawn": _("已撤回"),
    }  # fmt: skip
