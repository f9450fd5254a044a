"""The work of the clock as jobs, and the nightly backup."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from survey_app.files.said import of_system
from survey_app.ground.settings import in_force
from survey_app.jobs.queue import Arguments, JobError, Progress, job
from survey_app.jobs.schedule import REGULAR, regular
from survey_app.operations.backup import back_up
from wording import Refusal

NAMES = "minyi-*.backup"  # what the clock has made, and may take away again
STALE = 12 * 3600  # seconds in which nothing more was written to an archive


@job("regular", "定时任务", "Work by the clock", refusals=(Refusal,))
def by_the_clock(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"work": its name}. The result says how many things were done."""
    return f"regular:{REGULAR[str(arguments['work'])].work(progress)}"


@regular("backup", "备份", "Back up", time(3, 0), "backup_folder", "backup_passphrase")
def nightly_backup(progress: Progress) -> int:
    """One archive into the folder; the oldest of ours go, so that as many stay as are set."""
    settings = in_force()
    folder = Path(settings.backup_folder)
    moment = datetime.now(settings.time_zone)
    try:
        for cut in folder.glob(f"{NAMES}.part"):  # by a server that was killed
            if moment.timestamp() - cut.stat().st_mtime > STALE:
                cut.unlink()
        made = back_up(folder / f"minyi-{moment:%Y%m%d-%H%M%S}.backup", settings.backup_passphrase, settings, progress)
        for old in sorted(folder.glob(NAMES))[: -settings.backup_keep]:
            old.unlink()
    except OSError as error:
        raise JobError("operations.backup_not_written", folder=folder, said=of_system(error)) from error
    return made.rows
