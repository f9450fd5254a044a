"""What the respondent's path knows of a site, kept a few seconds so that a crowd costs no queries."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import exists, select

from questionnaires import Definition
from survey_app.models import Area, Invitation, Site, Survey, db
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
    invites: bool  # single-use codes were made for it
    survey_id: int
    survey_title: str
    city_code: str
    questionnaire_id: int
    definition: Definition
    rated_county: dict[str, str]
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    time_zone: str
    demo: bool
    open_codes_admit: bool

    @property
    def by_invitation(self) -> bool:
        """Whether only an invitation admits to the sample here, not the site's own code."""
        return self.invites and not self.open_codes_admit

    def standing(self, moment: datetime | None = None) -> str:
        """open | early | paused | closed, at `moment` (default: now)."""
        moment = moment or datetime.now(UTC)
        if self.state in ("closed", "archived") or (self.closes_at and moment >= self.closes_at):
            return "closed"
        if self.state in ("draft", "locked") or (self.opens_at and moment < self.opens_at):
            return "early"
        return "paused" if self.state == "paused" else "open"


def find_site(code: str) -> OpenSite | None:
    """The active site with this code, at most three seconds old."""
    found: OpenSite | None = _kept("minyi_sites", code, _read)
    return found


def forget_sites() -> None:
    """Let this worker see a change of state at once."""
    for name in ("minyi_sites", "minyi_surveys"):
        current_app.extensions.pop(name, None)


def open_site(site: Site) -> OpenSite:
    """The plain values of a stored site."""
    found = _read(site.code)
    if found is None:
        raise LookupError(f"the site {site.code} is not stored or not active")
    return found


def _kept(name: str, key: Any, read: Callable[[Any], Any]) -> Any:
    """What `read(key)` gave within the last three seconds, else what it gives now."""
    kept: dict[Any, tuple[float, Any]] = current_app.extensions.setdefault(name, {})
    until, value = kept.get(key, (0.0, None))
    if time.monotonic() >= until:
        value = read(key)
        if len(kept) > 5000:  # unknown codes that somebody is guessing
            kept.clear()
        kept[key] = (time.monotonic() + KEPT_SECONDS, value)
    return value


def _read(code: str) -> OpenSite | None:
    """One query for the site; what its survey's sites share is read once for all of them."""
    found = db.session.execute(
        select(
            Site.id,
            Site.name,
            Area.name.label("county"),
            Site.probability,
            Site.stratum,
            Site.base_weight,
            Site.survey_id,
            exists().where(Invitation.site_id == Site.id, Invitation.code_hash.is_not(None)).label("invites"),
        )
        .join(Area, Area.id == Site.area_id)
        .where(Site.code == code, Site.active)
    ).first()
    if found is None:
        return None
    return OpenSite(
        site_id=found.id,
        code=code,
        name=found.name,
        county=found.county,
        probability=found.probability,
        stratum=found.stratum,
        base_weight=found.base_weight,
        invites=found.invites,
        survey_id=found.survey_id,
        **_kept("minyi_surveys", found.survey_id, _shared),
    )


def _shared(survey_id: int) -> dict[str, Any]:
    survey = db.session.get_one(Survey, survey_id)
    return {
        "survey_title": survey.title,
        "city_code": survey.city.code,
        "questionnaire_id": survey.questionnaire_id,
        "definition": definition_of(survey),
        "rated_county": rated_counties(survey.city_id),
        "state": survey.state,
        "opens_at": survey.opens_at,
        "closes_at": survey.closes_at,
        "time_zone": survey.time_zone,
        "demo": survey.demo,
        "open_codes_admit": survey.open_codes_admit,
    }
