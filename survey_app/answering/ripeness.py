"""How long after a form was handed out an answer to it is a person's: a delay the server sets, which grows with the rate of
the site. No script, no puzzle: an answer that comes sooner is stored and acknowledged like any other, and flagged."""

from __future__ import annotations

import math
import secrets
import threading
import time
from dataclasses import dataclass

from sqlalchemy import select

from questionnaires import Definition
from survey_app.answering import form_counts, form_token
from survey_app.answering.open_sites import OpenSite
from survey_app.ground.settings import in_force
from survey_app.ground.web_frame import of_process
from survey_app.models import Response, Site, db

QUIET, BUSY = 120.0, 600.0  # forms a minute: up to the first no delay, from the second on the longest
LONGEST = 60.0  # seconds, however busy the site
FASTEST = 0.005  # share of honest people who are faster than the longest delay
LEAST_TIMES, MOST_TIMES = 400, 2000  # honest times that say so; with fewer the length of the questionnaire does
MOST_SITES = 200  # whose times are looked at
LOOKED_AT = (Response.started_at, Response.finished_at, Response.state, Response.mode, Response.flagged)
FLOOR, A_QUESTION = 20.0, 1.0  # seconds: nobody reads and answers a questionnaire, or a question, in less
MEMORY = 30.0  # seconds over which a rate is taken
KEPT_SECONDS = 600.0  # how long a longest delay is kept
_reading = threading.Lock()


@dataclass
class Handed:
    """Forms of a site, each counting less the longer ago it was handed out."""

    forms: float = 0.0
    at: float = 0.0

    def one(self, now: float) -> float:
        """Count one, and give the rate a minute."""
        self.forms = 1 + self.forms * math.exp(-max(0.0, now - self.at) / MEMORY)
        self.at = now
        return self.forms * 60 / MEMORY


def hand_out(site: OpenSite, own_code: bool = True, trial: bool = False, erased: str = "") -> str:
    """The token of a form that is handed out now, which is counted; one that is only tried is not.

    own_code: by the site's own code, which may be in a hurry. erased: the receipt in whose place its answer will come.
    """
    if not trial:
        form_counts.opened(site)
    seconds = delay(site) if own_code and not trial else 0
    return form_token.issue(site.psu, site.definition.digest, delay=seconds, trial=trial, took_back=erased)


def delay(site: OpenSite) -> int:
    """Seconds until the form that is now handed out is ripe. Counts it."""
    kept: dict[int, Handed] = of_process().setdefault("minyi_handed_out", {})
    rate = kept.setdefault(site.site_id, Handed()).one(time.time()) * in_force().workers  # each takes its share
    return int(busy(rate) * longest(site)) if rate > QUIET else 0


def busy(rate: float) -> float:
    """The part of the longest delay that a rate asks for."""
    return min(1.0, max(0.0, (rate - QUIET) / (BUSY - QUIET)))


def longest(site: OpenSite) -> float:
    """The longest delay of the questionnaire, from the times that honest people took elsewhere: who floods a site has no
    say in what is usual. While one request reads them the others of a crowd go by what was known, or by its length."""
    kept: dict[tuple[int, int], tuple[float, float]] = of_process().setdefault("minyi_longest_delays", {})
    until, seconds = kept.get((site.survey_id, site.site_id), (0.0, min(LONGEST, least_seconds(site.definition))))
    if time.monotonic() >= until and _reading.acquire(blocking=False):
        try:
            seconds = _longest(site)
            kept[site.survey_id, site.site_id] = (time.monotonic() + KEPT_SECONDS, seconds)
        finally:
            _reading.release()
    return seconds


def least_seconds(definition: Definition) -> float:
    """What nobody falls short of who reads the questions."""
    return min(FLOOR, A_QUESTION * len(definition.questions))


def _longest(site: OpenSite) -> float:
    least = least_seconds(site.definition)
    elsewhere = [seconds for where, seconds in _times(site.survey_id) if where != site.site_id]
    honest = sorted(seconds for seconds in elsewhere if seconds >= least)
    return min(LONGEST, honest[int(FASTEST * len(honest))] if len(honest) >= LEAST_TIMES else least)


def _times(survey_id: int) -> list[tuple[int, float]]:
    """Site and seconds of the newest answers of each site that carry no flag, read once for all sites of a survey. By the index of
    sites: the rows looked at do not grow with the answers."""
    kept: dict[int, tuple[float, list[tuple[int, float]]]] = of_process().setdefault("minyi_honest_times", {})
    until, times = kept.get(survey_id, (0.0, []))
    if time.monotonic() < until:
        return times
    sites = db.session.scalars(select(Site.id).where(Site.survey_id == survey_id)).all()
    chosen = sites if len(sites) <= MOST_SITES else secrets.SystemRandom().sample(sites, MOST_SITES)
    each = 2 * MOST_TIMES // max(1, len(chosen) - 1)  # some sites have fewer, and some are flagged
    times = []
    for site_id in chosen:
        newest = select(*LOOKED_AT).where(Response.site_id == site_id).order_by(Response.finished_at.desc()).limit(each)
        row = newest.subquery().c
        honest = (row.state == "complete", row.mode == "web", row.flagged.is_(False))
        for started, finished in db.session.execute(select(row.started_at, row.finished_at).where(*honest)):
            times.append((site_id, (finished - started).total_seconds()))
    kept[survey_id] = (time.monotonic() + KEPT_SECONDS, times)
    return times
