"""Storing what a workbook of values was seen to change, in the background."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.console.permissions import may
from survey_app.files.workbooks import WorkbookError
from survey_app.ground import audit, keeping
from survey_app.jobs.queue import Arguments, Progress, job
from survey_app.models import User, db
from survey_app.values import workbook_in
from wording import Message


@job("values", "保存导入的指标", "Store imported values", refusals=(WorkbookError,))
def store_values(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"import": id of what was shown, "take": keys of the conflicts that were ticked, a line each}. What the
    person may enter is asked again."""
    shown = keeping.numbered(keeping.VALUES, int(arguments["import"]))
    by = audit.actor()
    user = db.session.scalar(select(User).where(User.username == by))
    if shown is None or user is None:
        raise WorkbookError([("", Message("values.import_finished_or_not"))])
    progress.tell(0, 0, "正在核对表中的数值", "checking the values of the workbook")  # SQLite's writer is still free
    take, grants = str(arguments["take"]).splitlines(), user.grants
    workbook_in.confirm(shown, by, take, lambda *of: may(grants, "console.save_value", *of), progress)
    return f"values:{shown.id}"
