"""What people handed in and never confirmed, and files that nothing refers to any more: the daily clean-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, delete, func, select

from survey_app.fieldwork.jobs import kept_digests
from survey_app.files import sealed_for_person, stored
from survey_app.files import waiting as waiting_files
from survey_app.models import WaitingFile, WorkbookImport, db

KEPT = timedelta(days=7)  # whoever looked at a preview and comes back within a week finds it


@dataclass(frozen=True)
class Leftovers:
    """How many of each went, or would go. waiting: files of interviews; previews: workbooks looked at; files: others."""

    waiting: int
    previews: int
    files: int

    def __bool__(self) -> bool:
        return bool(self.waiting or self.previews or self.files)


def clear(moment: datetime | None = None) -> Leftovers:
    """Delete them; the caller commits, or rolls back where they were only to be counted. moment: instead of now."""
    moment = moment or datetime.now(UTC)
    old = WorkbookImport.at < moment - KEPT, WorkbookImport.state == "previewed"
    waiting = _number(select(func.count()).select_from(WaitingFile).where(waiting_files.too_old(moment)))
    previews = _number(select(func.count()).select_from(WorkbookImport).where(*old))
    db.session.execute(delete(WorkbookImport).where(*old).execution_options(synchronize_session=False))
    files = stored.unreferenced(moment - KEPT, kept_digests())
    waiting_files.forget_old(moment)
    sealed_for_person.forget_old()
    stored.forget(files)
    return Leftovers(waiting, previews, len(files))


def _number(query: Select[int]) -> int:
    return db.session.scalar(query) or 0
