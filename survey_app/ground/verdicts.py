"""The sentence of `analysis.verdict` for what is stored: estimates and scorecards of any release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from analysis.scoring.documents import Points, ScorecardDocument, StarInZone
from analysis.verdict import interval_text, of_many, stated, verdict
from survey_app.ground.zones import zones_of
from wording import Message, again, joined, language, reading


def verdict_of(result: EstimateDocument, domain: str = "", row: DomainRow | None = None) -> Message | None:
    """Of the whole or of a row of `domain`; None where nothing was decided, or may be shown."""
    found = stated(result, row)
    if found is not None and row is not None:
        found = replace(found, exception="")  # it stands at the whole
    return None if found is None else verdict(found, zones_of(result, domain, row["level"] if row else ""))


def exception_of(result: EstimateDocument) -> str:
    """The sentence by which its plan declares that those who answered were not chosen; '' where they were."""
    told = (notice for notice in result["notices"] if notice["key"] == "declared_exception")
    return next((str(notice["params"]["sentence"]) for notice in told), "")


def rows_told(result: EstimateDocument, domain: str) -> list[str]:
    """A sentence for each decided row of a domain, and what must be known of them side by side."""
    told = [(row["level"], verdict_of(result, domain, row)) for row in result["domains"].get(domain, [])]
    said = [str(Message("verdicts.of_level", level=level, said=said)) for level, said in told if said is not None]
    many = together(result, domain)
    return [*said, many] if said and many else said


def with_verdict(result: EstimateDocument) -> dict[str, Any]:
    """The document as it is printed: with the sentence of the whole, and those of each domain with what must be known
    of them side by side."""
    whole = verdict_of(result)
    rows = {name: rows_told(result, name) for name in result["domains"]}
    told = {"text": str(whole) if whole else None, "domains": {name: said for name, said in rows.items() if said}}
    return {**result, "verdict": told}


def together(result: EstimateDocument, domain: str) -> str:
    """What must be known of a domain's intervals, ranges of ranks and pooled chances side by side; '' without any."""
    rows, confidence = result["domains"].get(domain, []), _confidence(result)
    said = [of_many(sum(row["lower"] is not None for row in rows), confidence), ranked(result, domain)]
    if any(row["decision"] and row["decision"].get("probability_pooled") for row in rows):
        said.append(Message("verdicts.pooled"))
    return ("" if language() == "zh" else " ").join(str(one) for one in said if one)


def ranked(result: EstimateDocument, domain: str) -> Message | None:
    """What the ranges of ranks of a domain say; None where it has none."""
    found = any(row.get("ranks") for row in result["domains"].get(domain, []))
    return Message("verdicts.ranks", confidence=_confidence(result)) if found else None


def rank_range(row: DomainRow) -> str:
    """1–4, the ranks by satisfaction that chance allows; '' where there are none."""
    ranks = row.get("ranks")
    return f"{ranks['lower']}–{ranks['upper']}" if ranks else ""


def apart(row: DomainRow) -> Message | None:
    """The counties that lie surely above and below one, all comparisons together; None without ranks."""
    ranks = row.get("ranks")
    if not ranks:
        return None
    nobody = Message("verdicts.nobody")
    return Message(
        "verdicts.apart", ranks=rank_range(row), above=ranks["above"] or nobody, below=ranks["below"] or nobody
    )


def card_verdict(card: ScorecardDocument | Any, chosen: str | None = None) -> str:
    """In the language `chosen`, else of the moment, what a scorecard says of satisfaction, or what its star is in each
    zone where that is not known; '' where it may not be shown, and of earlier releases."""
    found = card.get("verdict")
    with reading(chosen or language()):
        return str(again(found)) if found else _by_zone(card)


def known_total(card: ScorecardDocument) -> Points | None:
    """The total of a card, None where it is void or its satisfaction is not known."""
    return None if card.get("star_by_zone") else card["total"]


def stars_by_zone(card: ScorecardDocument | Any) -> str:
    """≥70%: the star there, and so on; '' where satisfaction is known."""
    rows = card.get("star_by_zone") or ()
    return joined(Message("verdicts.star_in_zone", place=_place(row), star=row["star"]) for row in rows)


def _by_zone(card: ScorecardDocument | Any) -> str:
    told = stars_by_zone(card)
    return str(Message("verdicts.stars_by_zone", stars=told)) if told else ""


def _place(row: StarInZone) -> str:
    """60%–70%, ≥70%, <60%; nothing of a rulebook without lines."""
    low, high = (None if line is None else f"{line * 100:.6g}%" for line in (row["at_least"], row["below"]))
    if low and high:
        return f"{low}–{high}"
    return f"≥{low}" if low else f"<{high}" if high else ""


def card_interval(card: ScorecardDocument | Any) -> str:
    """66.0%–71.8%, a dash where there is none."""
    return interval_text(card.get("satisfaction_interval"))


def cards_told(cards: Iterable[ScorecardDocument | Any], chosen: str | None = None) -> str:
    """What must be known of the intervals of several cards side by side; '' where fewer than two have one."""
    found = [limits for card in cards if (limits := card.get("satisfaction_interval"))]
    many = of_many(len(found), found[0]["confidence"]) if found else None
    return many.text(chosen) if many else ""


def _confidence(result: EstimateDocument) -> float:
    return result["satisfied"]["confidence"]
