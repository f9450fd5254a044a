"""What the respondent's path knows of a site, kept a few seconds so that a crowd costs no queries."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from sqlalchemy import select

from questionnaires import Definition
from survey_app.models import Site, db
from survey_app.services.questionnaires import definition_of, rated_counties

KEPT_SECONDS = 3.0  # so closing a survey takes effect within seconds in every worker


@dataclass(frozen=True)
class OpenSite:
    """A site with its survey, plain values only: it outlives the session it was read in."""

    site_id: int
    code: str
    name: str
    county: str
    probability: bool
    stratum: str | None
    base_weight: float | None
    survey_id: int
    survey_title: str
    questionnaire_id: int
    definition: Definition
    rated_county: dict[str, str]
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    time_zone: str
    demo: bool

    def standing(self, moment: datetime | None = None) -> str:
        """open | early | paused | closed, at `moment` (default: now)."""
        moment = moment or datetime.now(UTC)
        if self.state == "closed" or (self.closes_at and moment >= self.closes_at):
            return "closed"
        if self.state == "draft" or (self.opens_at and moment < self.opens_at):
            return "early"
        return "paused" if self.state == "paused" else "open"


def find_site(code: str) -> OpenSite | None:
    """The active site with this code, at most three seconds old."""
    kept: dict[str, tuple[float, OpenSite | None]] = current_app.extensions.setdefault("minyi_sites", {})
    until, site = kept.get(code, (0.0, None))
    if time.monotonic() >= until:
        site = _read(code)
        if len(kept) > 5000:  # unknown codes that somebody is guessing
            kept.clear()
        kept[code] = (time.monotonic() + KEPT_SECONDS, site)
    return site


def forget_sites() -> None:
    """Let this worker see a change of state at once."""
    current_app.extensions.pop("minyi_sites", None)


def open_site(site: Site) -> OpenSite:
    """The plain values of a stored site."""
    survey = site.survey
    return OpenSite(
        site_id=site.id,
        code=site.code,
        name=site.name,
        county=site.area.name,
        probability=site.probability,
        stratum=site.stratum,
        base_weight=site.base_weight,
        survey_id=survey.id,
        survey_title=survey.title,
        questionnaire_id=survey.questionnaire_id,
        definition=definition_of(survey),
        rated_county=rated_counties(survey.city_id),
        state=survey.state,
        opens_at=survey.opens_at,
        closes_at=survey.closes_at,
        time_zone=survey.time_zone,
        demo=survey.demo,
    )


def _read(code: str) -> OpenSite | None:
    site = db.session.scalar(select(Site).where(Site.code == code, Site.active))
    return open_site(site) if site else None
