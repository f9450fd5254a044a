"""Which site a code means; and why it opens no questionnaire now, in a citizen's words: since when, until when, where to go."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering import form_token
from survey_app.answering.open_sites import OpenSite, RetiredSite, find_address
from survey_app.answering.pages.frame import chosen, language, message
from survey_app.answering.texts import TEXTS
from survey_app.ground.watching import of_survey

BEIJING = ("Asia/Shanghai", "Asia/Chongqing", "PRC")


def reasons(site: OpenSite, standing: str, language: str) -> list[str]:
    """Sentences under the heading of `standing`: early, closed, paused, away, full, retired or moved."""
    texts, lines = TEXTS[language], []
    if standing in ("retired", "moved"):
        lines.append(texts["belonged"].format(site.survey_title, site.name))
        over = site.standing() == "closed"
        lines.append(texts["survey_over"] if over else texts["moved" if standing == "moved" else "retired_help"])
    if standing == "early" and site.opens_at and site.opens_at > datetime.now(UTC):
        lines.append(texts["starts"].format(said(site.opens_at, site, language)))
    if standing == "closed" and site.closes_at:
        lines.append(texts["ended_on"].format(said(site.closes_at, site, language)))
    if standing == "paused":
        lines.append(texts["paused_help"])
    if standing == "full":
        lines.append(texts["full_help"])
    if standing == "away":
        lines.append(texts["hours"].format((", " if language == "en" else "；").join(site.hours.said(language))))
        if site.closes_at:
            lines.append(texts["until"].format(said(site.closes_at, site, language)))
    return [*lines, texts["ask"].format(site.definition.organiser[language])]


def said(moment: datetime, site: OpenSite, language: str) -> str:
    """A moment by the survey's own clock, with the clock's name."""
    local = moment.astimezone(ZoneInfo(site.time_zone))
    zone = TEXTS[language]["beijing"] if site.time_zone in BEIJING else site.time_zone
    if language == "en":
        return f"{local.day} {local:%B %Y, %H:%M} ({zone})"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}（{zone}）"


def crowded(site: OpenSite, status: int = 429, seconds: int = 60) -> BaseResponse:
    """Too much at once: the phone keeps its answers and sends them again."""
    of_survey(site.survey_code)
    reply = message("crowded", status, "crowded_help", code=site.code)
    reply.headers["Retry-After"] = str(seconds)
    return reply


def still_taken(code: str) -> OpenSite | RetiredSite | None:
    """Where a form sent to /s/<code> belongs: the site, also under a retired code if it was begun before."""
    found = find_address(code)
    if not isinstance(found, RetiredSite):
        return found
    try:
        token = form_token.read(request.form.get("token", ""), found.site.psu)
    except form_token.TokenError:
        return found
    return found.site if token.issued_at <= found.retired_at else found


def known(code: str) -> OpenSite | None:
    """The site of a code, retired or not."""
    found = find_address(code)
    return found.site if isinstance(found, RetiredSite) else found


def not_here(found: RetiredSite | None) -> BaseResponse:
    """Nothing at this address: unknown, or an old poster, which says where it belonged and where to go."""
    if found is None:
        return message("unknown", 404, "unknown_help")
    return message("retired", 410, lines=reasons(found.site, "moved" if found.moved else "retired", language()))


def closed(site: OpenSite, standing: str, status: int, tablet: str = "") -> BaseResponse:
    """Why there is no form now, since when or until when; answers that wait on the phone are told so."""
    trial = {"trial": 1, **chosen()} if site.tried and standing == "early" else None
    return message(
        standing, status, code="" if tablet else site.code, lines=reasons(site, standing, language()),
        trial=f"?{urlencode({name: value for name, value in trial.items() if value})}" if trial else "",
    )  # fmt: skip
