"""A file in two steps: look at what it would change, then confirm. The file waits in between, by its digest.

What the confirmation needs is signed into the page, so that it can name no file but the one that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_security import current_user
from flask_wtf.file import FileField
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import HiddenField

from survey_app.console.forms import Form
from survey_app.documents.spreadsheets import XLSX
from survey_app.files import stored
from survey_app.ground.signing import timed_signer

LIMIT = 8 * 1024 * 1024  # bytes of one file
KEPT_SECONDS = 24 * 3600
MEDIA = {"xlsx": XLSX, "csv": "text/csv"}


@dataclass(frozen=True)
class Incoming:
    """A file with its name. options: what was chosen beside it. token: the signed note for the confirmation."""

    name: str
    data: bytes
    options: Mapping[str, object]
    token: str
    confirmed: bool


class IncomingForm(Form):
    """A file, or the note of one that was looked at."""

    token = HiddenField()
    file = FileField(_("文件"))


def received(kind: str, subject: str, options: Mapping[str, object], form: IncomingForm) -> Incoming | None:
    """The file of this form: a new one, kept, or the one that is confirmed; None where there is none any more.

    The caller commits, so that a new one is found again at the confirmation.
    """
    if form.token.data:
        return _confirmed(kind, subject, form.token.data)
    upload = form.file.data
    if upload is None:
        return None
    data, name = upload.read(), upload.filename[-120:]
    digest = stored.put(data, MEDIA.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream"))
    note = {"kind": kind, "subject": subject, "digest": digest, "name": name, "options": dict(options), "by": _person()}
    return Incoming(name, data, options, _signer().dumps(note), False)


def _confirmed(kind: str, subject: str, token: str) -> Incoming | None:
    try:
        note = _signer().loads(token, max_age=KEPT_SECONDS)
    except BadSignature:
        return None
    if (note["kind"], note["subject"], note["by"]) != (kind, subject, _person()):
        return None
    file = stored.take(note["digest"])
    return Incoming(note["name"], file.body, note["options"], token, True) if file else None


def _person() -> int:
    return int(current_user.id)


def _signer() -> URLSafeTimedSerializer:
    return timed_signer("minyi-incoming-file")
