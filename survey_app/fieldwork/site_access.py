"""When and by which code a site admits: new codes, retired ones, opening hours, enough answers.

Every change needs a reason, is written to the audit trail, and holds in every worker within three seconds of the caller's commit.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import or_, select

from survey_app.answering.open_sites import forget_sites
from survey_app.answering.opening_hours import HoursError, read_hours
from survey_app.ground import audit
from survey_app.models import RetiredCode, Site, Survey, db
from wording import Refusal

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no look-alike characters
LENGTH = 7


class AccessError(Refusal):
    """A change of a site's code or hours that cannot be made, in the user's words."""


def new_code() -> str:
    """A code no site has or ever had: typed from paper, not guessed from another."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        taken = select(Site.id).where(or_(Site.code == code, Site.address == code))
        if db.session.scalar(taken) is None and db.session.get(RetiredCode, code) is None:
            return code


def rotate_code(site: Site, reason: str) -> str:
    """Give `site` a new code and retire its present one; gives the new one. The site stays the same in the sample.

    Answers begun under the old code are still taken. Raises AccessError.
    """
    reason = _reason(reason)
    if not site.active:
        raise AccessError("fieldwork.site_retired_restore_first")
    old = site.public_code
    _retire(old, site, reason)
    site.address = new_code()
    audit.record("site.rotate_code", _subject(site), {"code": old}, {"code": site.public_code}, reason)
    forget_sites()
    return site.public_code


def retire_site(site: Site, reason: str) -> None:
    """Let the site admit nobody any more; its poster says where it belonged. Raises AccessError."""
    reason = _reason(reason)
    if not site.active:
        raise AccessError("fieldwork.site_retired_already")
    site.active = False
    _retire(site.public_code, site, reason)
    audit.record("site.retire", _subject(site), {"active": True}, {"active": False}, reason)
    forget_sites()


def restore_site(site: Site, reason: str) -> None:
    """Undo `retire_site`: the same code admits again. Raises AccessError."""
    reason = _reason(reason)
    if site.active:
        raise AccessError("fieldwork.site_not_retired")
    site.active = True
    retired = db.session.get(RetiredCode, site.public_code)
    if retired is not None:
        db.session.delete(retired)
    audit.record("site.restore", _subject(site), {"active": False}, {"active": True}, reason)
    forget_sites()


def set_hours(where: Survey | Site, text: str, reason: str) -> None:
    """Opening hours of a survey's codes, or of one site instead; empty takes them away. Raises AccessError."""
    reason = _reason(reason)
    try:
        hours = read_hours(text).written() or None
    except HoursError as error:
        raise AccessError(str(error)) from error
    before, where.hours = where.hours, hours
    audit.record("access.hours", _subject(where), {"hours": before}, {"hours": hours}, reason)
    forget_sites()


def set_stops_when_full(survey: Survey, stops: bool, reason: str) -> None:
    """Whether a site whose target is reached, or a survey whose quotas are, hands out no more forms. The plan says so:
    after its lock this is a new version of it. Raises AccessError."""
    from definitions import DefinitionError
    from survey_app.ground.plans import plan_of  # with the numeric stack, which listing codes does not need
    from survey_app.surveys import official_plan
    from survey_app.surveys.plan_checks import with_stop
    from survey_app.surveys.plan_versions import PlanChangeError, change_plan

    reason = _reason(reason)
    before = survey.stops_when_full
    try:
        if plan_of(survey).method.weights_follow_sites:
            if survey.locked_at and stops != before and official_plan.fixed(survey):
                raise AccessError("fieldwork.stop_fixed_by_first_answer")
            change_plan(survey, with_stop(survey.plan, stops), reason)
        else:
            survey.stops_when_full = stops
    except (DefinitionError, PlanChangeError) as error:
        raise AccessError(str(error)) from error
    after = {"stops_when_full": stops}
    audit.record("access.full", _subject(survey), {"stops_when_full": before}, after, reason)
    forget_sites()


def retired_codes(survey: Survey) -> list[RetiredCode]:
    """Every retired code of the survey, the newest first."""
    query = select(RetiredCode).join(Site, Site.id == RetiredCode.site_id).where(Site.survey_id == survey.id)
    return list(db.session.scalars(query.order_by(RetiredCode.retired_at.desc(), RetiredCode.code)))


def site_of(code: str) -> Site | None:
    """The site that has or had this code, or bears it as its label."""
    found = db.session.scalar(select(Site).where(or_(Site.address == code, Site.code == code)))
    if found is not None:
        return found
    retired = db.session.get(RetiredCode, code)
    return db.session.get(Site, retired.site_id) if retired else None


def _retire(code: str, site: Site, reason: str) -> None:
    moment = datetime.now(UTC)
    db.session.add(RetiredCode(code=code, site_id=site.id, retired_at=moment, retired_by=audit.actor(), reason=reason))


def _subject(where: Survey | Site) -> str:
    return f"site:{where.code}" if isinstance(where, Site) else f"survey:{where.code}"


def _reason(reason: str) -> str:
    if not reason.strip():
        raise AccessError("fieldwork.reason_needed")
    return reason.strip()[:500]
