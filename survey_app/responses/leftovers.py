"""What people handed in and never confirmed, and files that nothing refers to any more: the daily clean-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from survey_app.fieldwork.jobs import kept_digests
from survey_app.files import stored
from survey_app.ground import keeping

UPLOADS = (keeping.ACCOUNTS, keeping.INTERVIEWS, keeping.VALUES, keeping.ASSIGNMENTS)
KEPT = timedelta(days=7)  # of a file that nothing refers to


@dataclass(frozen=True)
class Leftovers:
    """How many of each went. drafts: unfinished answers; uploads: what nobody confirmed; files: that nothing named."""

    drafts: int
    uploads: int
    files: int

    def __bool__(self) -> bool:
        return bool(self.drafts or self.uploads or self.files)


def clear(moment: datetime | None = None) -> Leftovers:
    """Delete them and say how many; the caller commits, or rolls back where it only counts. moment: instead of now."""
    moment = moment or datetime.now(UTC)
    ended = keeping.old(moment)
    keeping.forget_old(moment)
    files = stored.unreferenced(moment - KEPT, kept_digests())
    stored.forget(files)
    return Leftovers(ended.get(keeping.DRAFT, 0), sum(ended.get(purpose, 0) for purpose in UPLOADS), len(files))
