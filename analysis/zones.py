"""The zones of the satisfaction figure: where the lines lie and what each zone costs. They come from a rulebook alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NotRequired, TypedDict

COUNTY_DOMAINS = ("county", "rated_county", "home_county", "site_county")  # variables whose levels are counties
ZONE_DOMAIN = "home_county"  # the one of them that has a zone rated by itself among its levels
ROUNDING = 1e-12  # a figure this near a line is at it: sums of weights round


class ZoneDocument(TypedDict):
    key: str
    below: float | None
    points: int | float | None


class ZonesDocument(TypedDict):
    rulebook: str
    digest: str
    zones: list[ZoneDocument]


class ProgrammeDocument(TypedDict):
    """The programme that a result goes by. digest: over its folder."""

    id: str
    version: int
    title: str
    digest: str


class RulesDocument(TypedDict):
    whole: ZonesDocument
    counties: ZonesDocument
    county_domains: list[str]
    own: NotRequired[ZonesDocument]  # of zones that are rated by themselves, where there are any
    own_levels: NotRequired[list[str]]
    programme: NotRequired[ProgrammeDocument | None]  # None: a rulebook from a file; earlier releases named none


@dataclass(frozen=True)
class Zone:
    """A stretch of the figure. key: its name in documents. below: its upper line in [0, 1], None for the highest.

    points: what it takes off (zero or negative) or, where satisfaction is graded, gives (zero or positive); None where the
    whole scores nothing.
    """

    key: str
    below: float | None
    points: Decimal | None

    @property
    def void(self) -> bool:
        return self.points is None

    @property
    def number(self) -> int | float | None:
        """The points as a JSON number that prints as the decimal it was."""
        if self.points is None:
            return None
        return int(self.points) if self.points == int(self.points) else float(self.points)


@dataclass(frozen=True)
class Zones:
    """`zones` from the highest to the lowest. rulebook, digest: where they stand written."""

    zones: tuple[Zone, ...]
    rulebook: str = ""
    digest: str = ""

    @property
    def lines(self) -> tuple[float, ...]:
        """The lines in [0, 1], the lowest first."""
        return tuple(zone.below for zone in reversed(self.zones) if zone.below is not None)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(zone.key for zone in self.zones)

    def __getitem__(self, key: str) -> Zone:
        return next(zone for zone in self.zones if zone.key == key)

    def of(self, figure: float) -> Zone:
        """The zone of a figure in [0, 1], compared at full precision; a figure on a line lies above it."""
        low_first = reversed(self.zones[1:])
        return next((zone for zone in low_first if figure < (zone.below or 0.0) - ROUNDING), self.zones[0])

    def split(self, below: Callable[[float], float]) -> dict[str, float]:
        """The probability of each zone, summing to 1, from the probability to lie below a line."""
        reached = [1.0, *(below(zone.below) for zone in self.zones if zone.below is not None)]
        return {
            zone.key: reached[place] - reached[place + 1] if place + 1 < len(reached) else reached[place]
            for place, zone in enumerate(self.zones)
        }

    def as_dict(self) -> ZonesDocument:
        """As JSON; `from_dict` reads it."""
        zones: list[ZoneDocument] = [
            {"key": zone.key, "below": zone.below, "points": zone.number} for zone in self.zones
        ]
        return {"rulebook": self.rulebook, "digest": self.digest, "zones": zones}

    @classmethod
    def from_dict(cls, document: ZonesDocument) -> Zones:
        rows = document["zones"]
        zones = (
            Zone(row["key"], row["below"], None if row["points"] is None else Decimal(repr(row["points"])))
            for row in rows
        )
        return cls(tuple(zones), document["rulebook"], document["digest"])

    def distance(self, figure: float) -> float | None:
        """How far the nearest line is from `figure`, None where there is none."""
        return min((abs(figure - line) for line in self.lines), default=None)


@dataclass(frozen=True)
class Rules:
    """Whose zones decide what: those of the whole, and those of counties for the domains whose levels are counties.

    own: those of the levels `own_levels` of ZONE_DOMAIN, zones (功能区) that a rulebook rates by themselves.

    >>> from analysis import load_rulebook
    >>> city, county = (load_rulebook(f"jining-2023-{level}").zones for level in ("municipal", "county"))
    >>> Rules(city, county, county_domains=("county",)).of("county").rulebook
    'jining-2023-county'
    """

    whole: Zones
    counties: Zones
    county_domains: tuple[str, ...] = ()
    programme: ProgrammeDocument | None = None
    own: Zones | None = None
    own_levels: tuple[str, ...] = ()

    def of(self, domain: str, level: str = "") -> Zones:
        if self.own is not None and domain == ZONE_DOMAIN and level in self.own_levels:
            return self.own
        return self.counties if domain in self.county_domains else self.whole

    def as_dict(self) -> RulesDocument:
        """As JSON; `from_dict` reads it."""
        document: RulesDocument = {
            "whole": self.whole.as_dict(),
            "counties": self.counties.as_dict(),
            "county_domains": list(self.county_domains),
            "programme": self.programme,
        }
        if self.own is not None:
            document["own"], document["own_levels"] = self.own.as_dict(), list(self.own_levels)
        return document

    @classmethod
    def from_dict(cls, document: RulesDocument) -> Rules:
        whole, counties = Zones.from_dict(document["whole"]), Zones.from_dict(document["counties"])
        own = Zones.from_dict(document["own"]) if "own" in document else None
        levels = tuple(document.get("own_levels", ()))
        return cls(whole, counties, tuple(document["county_domains"]), document.get("programme"), own, levels)
