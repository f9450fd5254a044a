"""Published results written into a folder by the clock: on their day, and after every change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from survey_app.briefs.results_files import write_results
from survey_app.files.said import of_system
from survey_app.ground.settings import in_force
from survey_app.jobs.queue import JobError, Progress
from survey_app.jobs.schedule import regular


@regular("results", "写出公布的结果", "Write published results", timedelta(minutes=5), "results_folder")
def write(progress: Progress) -> int:
    folder = in_force().results_folder
    try:
        return write_results(Path(folder))
    except OSError as error:
        raise JobError("briefs.results_not_written", folder=folder, said=of_system(error)) from error
