"""The parts of a survey as tabs over its pages: those that exist and that the signed-in person may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _
from flask_security import current_user
from markupsafe import Markup, escape

from survey_app.console.permissions import may
from survey_app.models import Survey

# part of the address below /console/surveys/<code>, and its name; in the order of the work
PARTS = (
    ("", _("概况")),
    ("/questionnaire", _("问卷")),
    ("/sites", _("点位")),
    ("/plan", _("计划")),
    ("/check", _("检查")),
    ("/posters", _("海报")),
    ("/fieldwork", _("现场")),
    ("/responses", _("应答")),
    ("/voices", _("开放题")),
    ("/flags", _("疑问")),
    ("/access", _("二维码与时间")),
    ("/estimates", _("估计")),
    ("/results", _("公布")),
)


@dataclass(frozen=True)
class Tab:
    """One tab: its address, its name, whether it is the page that is shown."""

    address: str
    label: str
    current: bool


def tabs(survey: Survey) -> list[Tab]:
    """The tabs of `survey` for the signed-in person. A part without a route, or closed to the person, has none."""
    endpoints = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    here = f"/console/surveys/{survey.code}"
    below = request.path.removeprefix(here)
    found = []
    for part, label in PARTS:
        endpoint = endpoints.get(f"/console/surveys/<code>{part}")
        if endpoint and current_user.is_authenticated and may(current_user.grants, endpoint, None):
            current = below == part or bool(part and below.startswith(part + "/"))
            found.append(Tab(url_for(endpoint, code=survey.code), str(label), current))
    return found


def survey_tabs(survey: Survey) -> Markup:
    """The tabs as HTML, for every page of a survey: {{ survey_tabs(survey) }} under its heading."""
    shown = tabs(survey)
    if len(shown) < 2:
        return Markup()
    items = Markup().join(
        Markup('<a href="{}"{}>{}</a>').format(
            tab.address, Markup(' aria-current="page"') if tab.current else "", tab.label
        )
        for tab in shown
    )
    return Markup('<nav class="tabs" aria-label="{}">{}</nav>').format(escape(_("本调查")), items)
