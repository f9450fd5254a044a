"""A file that a job made for the signed-in person: its link on the job's page, and the file."""

from __future__ import annotations

from io import BytesIO

from flask import abort, send_file
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.frame import bp
from survey_app.console.permissions import EVERYONE, may, owner
from survey_app.ground import keeping
from survey_app.jobs.made import NOUN
from survey_app.models import Job, Kept


@bp.page("/files/<int:number>", "下载为自己制作的文件", EVERYONE)  # one's own; the view looks
def made_file(number: int) -> BaseResponse:
    kept = own_file(number) or abort(404)
    return send_file(BytesIO(keeping.content_of(kept)), kept.note["type"], as_attachment=True, download_name=kept.name)


def file_of(job: Job) -> Kept | None:
    """What a job made for the signed-in person, as long as it is kept."""
    noun, _colon, number = job.result.partition(":")
    return own_file(int(number)) if job.state == "done" and noun == NOUN else None


def own_file(number: int) -> Kept | None:
    """One's own, if the page or button that it was asked for with still opens to oneself."""
    kept = keeping.numbered(keeping.PACKAGE, number)
    if kept is None or kept.by != current_user.username:
        return None
    endpoint = kept.note["endpoint"]
    return kept if may(current_user.grants, endpoint, *owner(endpoint, kept.note["of"])) else None
