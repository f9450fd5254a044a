"""What the respondent's path knows of a site, kept a few seconds so that a crowd costs no queries."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from questionnaires import Definition
from questionnaires.legal import Legal
from survey_app.answering import site_rows
from survey_app.answering.definitions import definition_of, rated_counties
from survey_app.answering.opening_hours import Hours, read_hours
from survey_app.answering.quotas import filled
from survey_app.answering.site_rows import KEPT_SECONDS, SITE
from survey_app.ground.web_frame import of_process
from survey_app.models import ResponseCount, Site, Survey, db

API = "api"  # brought by another collector
STAFFED = ("paper", "phone")  # ways of answering in which staff vouch that the person belongs to the sample
MOST_KEPT = 20_000  # of a kind, sites or codes that nobody knows


@dataclass(frozen=True)
class OpenSite:
    """A site with its survey, plain values only: it outlives the session it was read in."""

    site_id: int
    psu: str  # its lasting label, in the sample and in form tokens
    code: str  # what stands in its address now
    name: str
    county: str
    probability: bool
    stratum: str | None
    invites: bool  # single-use codes were made for it
    survey_id: int
    survey_code: str
    survey_title: str
    city_code: str
    questionnaire_id: int
    definition: Definition
    rated_county: dict[str, str]
    state: str
    opens_at: datetime | None
    closes_at: datetime | None  # by the survey, or by the stated validity of its form, whichever is first
    time_zone: str
    demo: bool
    seals_erased: bool
    open_codes_admit: bool
    ways: tuple[str, ...]  # how the plan chooses who answers; none where it was locked before it had to say
    within: str  # how one of a household is chosen on a tablet; '' where nobody is
    adults_question: str  # which then has the number of the eligible
    hours: Hours
    full: bool  # enough have answered, and the survey stops then

    def samples(self, mode: str, invited: bool) -> bool:
        """Whether an answer in this way counts as one of the sample.

        Staff vouch for paper and telephone, and for a tablet where the plan has interviewers. The site's own code
        admits only where the plan declares that posters are all there is, and never to what another collector brings.
        """
        if not self.probability or invited or mode in STAFFED:
            return self.probability
        if mode == API:
            return False
        if not self.ways:
            return self.open_codes_admit or not self.invites
        return "posters" in self.ways or (mode == "tablet" and "interviewers" in self.ways)

    @property
    def tried(self) -> bool:
        """Whether it can be tried: locked, and not open yet (trials.py)."""
        return self.state == "locked"

    def standing(self, moment: datetime | None = None) -> str:
        """open | early | paused | closed, at `moment` (default: now)."""
        moment = moment or datetime.now(UTC)
        if self.state in ("closed", "archived") or (self.closes_at and moment >= self.closes_at):
            return "closed"
        if self.state in ("draft", "locked") or (self.opens_at and moment < self.opens_at):
            return "early"
        return "paused" if self.state == "paused" else "open"

    def admits(self, moment: datetime | None = None) -> str:
        """open | away | full, or else the standing: whether its own code hands out a new form at `moment` (default: now).

        A form that was handed out is taken later too, so that nobody's answers are lost at closing time.
        """
        moment = moment or datetime.now(UTC)
        standing = self.standing(moment)
        if standing != "open":
            return standing
        if self.full:
            return "full"
        if not self.hours.windows:
            return "open"
        return "open" if self.hours.open_at(moment.astimezone(ZoneInfo(self.time_zone))) else "away"


@dataclass(frozen=True)
class RetiredSite:
    """What an old poster's code still says. `site`: where it belonged; a form begun before `retired_at` is taken.

    moved: the site has another code now, on the poster that hangs there.
    """

    site: OpenSite
    retired_at: datetime
    moved: bool


def find_site(code: str) -> OpenSite | None:
    """The active site with this lasting label, at most three seconds old: for invitations and devices."""
    found: OpenSite | None = kept_shortly("minyi_sites", code, _active, site_rows.until)
    return found


def find_address(code: str) -> OpenSite | RetiredSite | None:
    """What stands at /s/<code>: a site, or the site whose code it was. At most three seconds old."""
    found: OpenSite | RetiredSite | None = kept_shortly("minyi_addresses", code, _at_address, site_rows.until)
    return found


def forget_sites() -> None:
    """Let both applications of this worker see a change of state at once, and again when it is stored, for what is read until then."""
    _forget(of_process())
    db.session.info["minyi_sites_changed"] = of_process()


@event.listens_for(db.session, "after_transaction_end")
def _stored(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None and "minyi_sites_changed" in session.info:
        _forget(session.info.pop("minyi_sites_changed"))


def _forget(kept: dict[str, Any]) -> None:
    for name in ("minyi_sites", "minyi_addresses", "minyi_surveys", "minyi_front", "minyi_results", site_rows.KEPT):
        kept.pop(name, None)


def open_site(site: Site) -> OpenSite:
    """The plain values of a stored site."""
    found = db.session.execute(SITE.where(Site.id == site.id)).first()
    if found is None:
        raise LookupError(f"the site {site.code} is not stored")
    return _plain(found)


def sites_of(survey_id: int, sampled: bool, most: int) -> tuple[list[OpenSite], int]:
    """The first `most` active sites of a survey, by name, sampled ones or the open places beside them; and how many there are."""
    ours = (Site.survey_id == survey_id, Site.probability.is_(sampled), Site.active)
    number = db.session.scalar(select(func.count()).select_from(Site).where(*ours)) or 0
    rows = db.session.execute(SITE.where(*ours).order_by(Site.name, Site.id).limit(most))
    return [_plain(row) for row in rows.all()], number


def kept_shortly(name: str, key: Any, read: Callable[[Any], Any], until: Callable[[], float] | None = None) -> Any:
    """What `read(key)` gave within the last three seconds, else what it gives now. until: when that has to be asked anew at the latest."""
    kept: dict[Any, tuple[float, Any]] = of_process().setdefault(name, {})
    ends, value = kept.get(key, (0.0, None))
    if time.monotonic() >= ends:
        if ends:  # the others go on with it while one looks
            kept[key] = (time.monotonic() + KEPT_SECONDS, value)
        new = read(key)
        value = value if new == value else new  # the same object says most quickly that nothing is new
        if len(kept) > MOST_KEPT:
            _drop_old(kept)
        ends = time.monotonic() + KEPT_SECONDS
        kept[key] = (min(ends, until()) if until else ends, value)
    return value


def _drop_old(kept: dict[Any, tuple[float, Any]]) -> None:
    """What has ended; all, where so many unknown codes are being guessed that little has."""
    moment = time.monotonic()
    for key in [key for key, (ends, _value) in list(kept.items()) if ends <= moment]:
        kept.pop(key, None)
    if len(kept) > MOST_KEPT // 2:
        kept.clear()


def _active(code: str) -> OpenSite | None:
    found = site_rows.active(code)
    return _plain(found) if found else None


def _at_address(code: str) -> OpenSite | RetiredSite | None:
    found = site_rows.at_address(code)
    if found is not None:
        return _plain(found)
    retired = site_rows.retired(code)
    site = site_rows.numbered(retired.site_id) if retired else None
    if retired is None or site is None:
        return None
    return RetiredSite(replace(_plain(site), code=code), retired.retired_at, retired.active)


def _plain(found: Any) -> OpenSite:
    """The row of a site; what its survey's sites share is read once for all of them."""
    shared = dict(kept_shortly("minyi_surveys", found.survey_id, _shared))
    stops, quotas_full, hours = shared.pop("stops_when_full"), shared.pop("quotas_full"), shared.pop("hours")
    return OpenSite(
        site_id=found.id,
        psu=found.code,
        code=found.address or found.code,
        name=found.name,
        county=found.county,
        probability=found.probability,
        stratum=found.stratum,
        invites=found.invites,
        survey_id=found.survey_id,
        hours=read_hours(found.hours or hours or ""),
        full=stops and (quotas_full or _target_reached(found.id, found.target)),
        **shared,
    )


def end_of_validity(legal: Legal, time_zone: str) -> datetime | None:
    """When the stated day of validity is over, by the survey's clock; None where none is stated."""
    if legal.last_day is None:
        return None
    return datetime.combine(legal.last_day + timedelta(days=1), datetime.min.time(), ZoneInfo(time_zone))


def _target_reached(site_id: int, target: int) -> bool:
    return target > 0 and answered(site_id) >= target


def answered(site_id: int) -> int:
    """Complete answers at a site, from the counts by hour, which cost the same however many answers there are."""
    counted = select(func.sum(ResponseCount.number)).where(
        ResponseCount.site_id == site_id, ResponseCount.state == "complete"
    )
    return db.session.scalar(counted) or 0


def _shared(survey_id: int) -> dict[str, Any]:
    survey = db.session.get_one(Survey, survey_id)
    definition = definition_of(survey)
    places = filled(survey_id) if survey.stops_when_full else {}
    quotas = definition.quotas if survey.stops_when_full else ()
    return {
        "survey_code": survey.code,
        "survey_title": survey.title,
        "city_code": survey.city.code,
        "questionnaire_id": survey.questionnaire_id,
        "definition": definition,
        "rated_county": rated_counties(survey.city_id),
        "state": survey.state,
        "opens_at": survey.opens_at,
        "closes_at": min(
            filter(None, (survey.closes_at, end_of_validity(definition.legal, survey.time_zone))), default=None
        ),
        "time_zone": survey.time_zone,
        "demo": survey.demo,
        "seals_erased": survey.seals_erased,
        "open_codes_admit": survey.open_codes_admit,
        "ways": tuple((survey.respondents or "").split()),
        "within": (survey.within if survey.adults_question else "") or "",
        "adults_question": survey.adults_question or "",
        "hours": survey.hours,
        "stops_when_full": survey.stops_when_full,
        "quotas_full": bool(quotas) and all(places.get(quota.key, 0) >= quota.limit for quota in quotas),
    }
