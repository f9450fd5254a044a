"""Stored files as a person takes them away."""

from __future__ import annotations

from io import BytesIO

from flask import abort, send_file
from werkzeug.wrappers import Response as BaseResponse

from survey_app.files import stored


def stored_download(digest: str, name: str) -> BaseResponse:
    """The stored file under `name`, always as a download and never inside a page; 404 where there is none."""
    file = stored.take(digest) or abort(404)
    return send_file(BytesIO(file.body), mimetype=file.media_type, as_attachment=True, download_name=name)
