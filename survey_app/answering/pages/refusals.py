"""Why a code opens no questionnaire now, in a citizen's words: since when, until when, where to go."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from survey_app.answering.open_sites import OpenSite
from survey_app.answering.texts import TEXTS

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
