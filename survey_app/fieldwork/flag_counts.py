"""How many flags of each kind stand, kept by each worker until the set of flags changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select

from survey_app.archives.at_hand import reads_answers
from survey_app.models import Response, ResponseFlag, Survey, db

MOST_KEPT = 64


@dataclass(frozen=True)
class FlagCount:
    """Flags of one kind: all that were made, and those of them that a person lifted."""

    kind: str
    made: int
    lifted: int

    @property
    def standing(self) -> int:
        return self.made - self.lifted


@reads_answers
def flag_counts(survey: Survey, site_ids: Collection[int], flagged: int) -> tuple[FlagCount, ...]:
    """By kind, of the responses of these sites. `flagged`: how many responses are flagged now, by the rollup.

    A flag set or lifted raises the survey's flags_version, an erased response lowers `flagged`: until then the answer
    of before holds, since counting looks up every flagged response.
    """
    key = (survey.id, survey.flags_version, flagged, frozenset(site_ids))
    kept: dict[object, tuple[FlagCount, ...]] = current_app.extensions.setdefault("minyi_flag_counts", {})
    if key not in kept:
        query = (
            select(ResponseFlag.kind, func.count(), func.count(ResponseFlag.lifted_at))
            .join(Response, Response.id == ResponseFlag.response_id)
            .where(Response.survey_id == survey.id, Response.site_id.in_(site_ids))
            .group_by(ResponseFlag.kind)
            .order_by(ResponseFlag.kind)
        )
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = tuple(FlagCount(kind, made, lifted) for kind, made, lifted in db.session.execute(query))
    return kept[key]
