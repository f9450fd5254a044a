"""How the fieldwork of a survey stands, read from the rollup alone: progress, days and hours, time taken, silence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from survey_app.fieldwork.projection import Projection, project
from survey_app.models import ResponseCount, Site, Survey, db
from survey_app.models.response_count import DURATIONS, MINUTES

HOURS_SHOWN = 48
COMPLETE, SCREENED_OUT, VOIDED = "complete", "screened_out", "voided"


@dataclass(frozen=True)
class Progress:
    """Counts of one site, one county or everything shown.

    sampled: complete responses of the sample; others: complete ones kept apart from it; minutes: median time of those
    who answered themselves; newest: the hour of the newest complete response.
    """

    name: str
    target: int
    sampled: int = 0
    others: int = 0
    screened_out: int = 0
    voided: int = 0
    flagged: int = 0
    minutes: float | None = None
    newest: datetime | None = None
    site: Site | None = None
    sites: int = 1

    @property
    def complete(self) -> int:
        return self.sampled + self.others

    @property
    def share(self) -> float | None:
        """Of the target; None where there is none."""
        return self.sampled / self.target if self.target else None

    @property
    def flagged_share(self) -> float | None:
        return self.flagged / self.complete if self.complete else None


@dataclass(frozen=True)
class Slice:
    """Complete responses of one day or hour, which begins at `start` in the survey's zone."""

    start: datetime
    sampled: int
    others: int


@dataclass(frozen=True)
class FieldworkNow:
    """The state of the fieldwork of some sites at `at`. silent: sites that took no answer since midnight."""

    at: datetime
    total: Progress
    counties: tuple[Progress, ...]
    sites: tuple[Progress, ...]
    today: int
    days: tuple[Slice, ...]
    hours: tuple[Slice, ...]
    silent: tuple[Progress, ...]
    projection: Projection | None
    county_projections: Mapping[str, Projection | None]


def fieldwork_now(survey: Survey, sites: Sequence[Site], at: datetime | None = None) -> FieldworkNow:
    """The fieldwork of `sites` at `at` (default: now), in three queries that touch no response."""
    at = at or datetime.now(UTC)
    zone = ZoneInfo(survey.time_zone)
    by_site = _by_site(survey, sites, zone)
    counties: dict[str, list[Progress]] = defaultdict(list)
    for line in by_site:
        assert line.site is not None
        counties[line.site.area.name].append(line)
    medians = _medians(survey, sites)
    hourly = _hourly(survey, sites)
    city, by_county = _daily(hourly, zone), _recent(survey, sites, zone, at)
    midnight = datetime.combine(at.astimezone(zone).date(), datetime.min.time(), zone)
    running = survey.state == "open" and (survey.opens_at is None or survey.opens_at < at)
    silent = [
        line
        for line in by_site
        if line.site is not None and line.site.active and running and (line.newest is None or line.newest < midnight)
    ]
    total = _sum("", by_site, medians.get(None))
    return FieldworkNow(
        at=at.astimezone(zone),
        total=total,
        counties=tuple(_sum(name, lines, medians.get(name)) for name, lines in counties.items()),
        sites=tuple(by_site),
        today=sum(day.sampled + day.others for day in city if day.start == midnight),
        days=tuple(city),
        hours=tuple(_last_hours(hourly, zone, at)),
        silent=tuple(silent),
        projection=_projection(survey, total.sampled, sum(by_county.values(), Counter()), zone, at),
        county_projections={
            name: _projection(survey, sum(line.sampled for line in lines), by_county[name], zone, at)
            for name, lines in counties.items()
        },
    )


def median_minutes(counts: Sequence[int]) -> float | None:
    """The median from counts by duration class, on a straight line within its class; 60 stands for all above it."""
    half, below = sum(counts) / 2, 0.0
    edges = (0, *MINUTES, MINUTES[-1])
    for number, low, high in zip(counts, edges, edges[1:], strict=False):
        if number and below + number >= half:
            return low + (high - low) * (half - below) / number
        below += number
    return None


def _by_site(survey: Survey, sites: Sequence[Site], zone: ZoneInfo) -> list[Progress]:
    query = (
        select(
            ResponseCount.site_id,
            ResponseCount.state,
            ResponseCount.sampled,
            func.sum(ResponseCount.number),
            func.sum(ResponseCount.flagged),
            func.max(case((ResponseCount.number > 0, ResponseCount.hour))),
        )
        .where(ResponseCount.survey_id == survey.id)
        .group_by(ResponseCount.site_id, ResponseCount.state, ResponseCount.sampled)
    )
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for site_id, state, sampled, number, flagged, hour in db.session.execute(query):
        here = found[site_id]
        here[("sampled" if sampled else "others") if state == COMPLETE else state] += int(number)
        if state == COMPLETE:
            here["flagged"] += int(flagged)
            here["hour"] = max(here["hour"], hour or 0)
    lines = []
    for site in sites:
        here = found[site.id]
        lines.append(
            Progress(
                site.name, site.target if site.probability else 0, here["sampled"], here["others"],
                here[SCREENED_OUT], here[VOIDED], here["flagged"],
                newest=_moment(here["hour"], zone) if here["hour"] else None, site=site,
            )
        )  # fmt: skip
    return lines


def _sum(name: str, lines: Sequence[Progress], minutes: float | None) -> Progress:
    def added(what: str) -> int:
        return sum(getattr(line, what) for line in lines)

    return Progress(
        name, added("target"), added("sampled"), added("others"), added("screened_out"), added("voided"),
        added("flagged"), minutes, max((line.newest for line in lines if line.newest), default=None), sites=len(lines),
    )  # fmt: skip


def _medians(survey: Survey, sites: Sequence[Site]) -> dict[str | None, float | None]:
    """Median minutes by county, and under None of all."""
    area = {site.id: site.area.name for site in sites}
    sums = [func.sum(getattr(ResponseCount, name)) for name in DURATIONS]
    query = select(ResponseCount.site_id, *sums).where(
        ResponseCount.survey_id == survey.id, ResponseCount.state == COMPLETE
    )
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0] * len(DURATIONS))
    for site_id, *numbers in db.session.execute(query.group_by(ResponseCount.site_id)):
        for name in (None, area[site_id]) if site_id in area else ():
            counts[name] = [a + int(b) for a, b in zip(counts[name], numbers, strict=True)]
    return {name: median_minutes(numbers) for name, numbers in counts.items()}


def _hourly(survey: Survey, sites: Sequence[Site]) -> list[tuple[int, bool, int]]:
    """Hour, whether of the sample, complete responses; in order."""
    query = select(ResponseCount.hour, ResponseCount.sampled, func.sum(ResponseCount.number)).where(
        ResponseCount.survey_id == survey.id, ResponseCount.state == COMPLETE
    )
    if len(sites) < len(survey.sites):
        query = query.where(ResponseCount.site_id.in_([site.id for site in sites]))
    query = query.group_by(ResponseCount.hour, ResponseCount.sampled).order_by(ResponseCount.hour)
    return [(hour, sampled, int(number)) for hour, sampled, number in db.session.execute(query) if number]


def _daily(hourly: Iterable[tuple[int, bool, int]], zone: ZoneInfo) -> list[Slice]:
    """Every day from the first with an answer to the last, in the survey's zone."""
    counts: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for hour, sampled, number in hourly:
        counts[_moment(hour, zone).date()][0 if sampled else 1] += number
    if not counts:
        return []
    first, last = min(counts), max(counts)
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [Slice(datetime.combine(day, datetime.min.time(), zone), *counts[day]) for day in days]


def _last_hours(hourly: Iterable[tuple[int, bool, int]], zone: ZoneInfo, at: datetime) -> list[Slice]:
    present = int(at.timestamp()) // 3600
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for hour, sampled, number in hourly:
        counts[hour][0 if sampled else 1] += number
    return [Slice(_moment(hour, zone), *counts[hour]) for hour in range(present - HOURS_SHOWN + 1, present + 1)]


def _recent(survey: Survey, sites: Sequence[Site], zone: ZoneInfo, at: datetime) -> dict[str, Counter[date]]:
    """County -> day -> complete responses of the sample, over the days a projection looks back on."""
    area = {site.id: site.area.name for site in sites}
    first = int((at - timedelta(days=9)).timestamp()) // 3600
    query = (
        select(ResponseCount.site_id, ResponseCount.hour, func.sum(ResponseCount.number))
        .where(
            ResponseCount.survey_id == survey.id,
            ResponseCount.hour >= first,
            ResponseCount.state == COMPLETE,
            ResponseCount.sampled,
        )
        .group_by(ResponseCount.site_id, ResponseCount.hour)
    )
    found: dict[str, Counter[date]] = {name: Counter() for name in area.values()}
    days: dict[int, date] = {}
    for site_id, hour, number in db.session.execute(query):
        if site_id in area:
            if hour not in days:
                days[hour] = _moment(hour, zone).date()
            found[area[site_id]][days[hour]] += int(number)
    return found


def _projection(
    survey: Survey, reached: int, days: Mapping[date, int], zone: ZoneInfo, at: datetime
) -> Projection | None:
    if survey.closes_at is None or survey.closes_at <= at or survey.state in ("closed", "archived"):
        return None
    opened = survey.opens_at.astimezone(zone).date() if survey.opens_at else min(days, default=at.date())
    return project(reached, days, opened, at.astimezone(zone), survey.closes_at.astimezone(zone))


def _moment(hour: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(hour * 3600, zone)
