"""Responses in the console's search: by a number they are known under, never by what was answered.

A label leads to the answers, a number or a receipt to the way they came about; neither page says the other's, and a
receipt, which a citizen may show, never opens answers.
"""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from survey_app.answering.erasure import stored
from survey_app.archives.at_hand import response_numbered
from survey_app.archives.places import ArchivedError
from survey_app.console.permissions import may
from survey_app.console.search import Found, Group, finder
from survey_app.ground.web_frame import LARGEST_NUMBER
from survey_app.models import Response, Survey, db
from survey_app.responses.labels import number_of
from survey_app.responses.pages.responses import owner_of_response


@finder(order=30)
def responses(text: str) -> Group:
    """The one with this label, number or receipt; where an archive that may hold it cannot be read, that."""
    try:
        return Group(_("应答"), _found(text))
    except ArchivedError as error:
        return Group(_("应答"), note=str(error))


def _found(text: str) -> list[Found]:
    found, receipt = [], stored(text.upper())
    answers = number_of(text.upper())
    if answers is not None and _may("console.response_page", answers):
        label = text.upper()
        found.append(Found(_("应答 %(label)s", label=label), url_for("console.response_page", label=label), _("答案")))
    number = int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST_NUMBER else None
    if receipt is not None:
        number = receipt.id
    if number is not None and _may("console.response_process", number):
        survey = db.session.scalar(
            select(Survey.title).join(Response, Response.survey_id == Survey.id).where(Response.id == number)
        )
        address, process = url_for("console.response_process", number=number), _("过程")
        found.append(Found(_("应答 %(label)s", label=number), address, f"{process} · {survey}"))
    return found


def _may(endpoint: str, number: int) -> bool:
    there = response_numbered(number) is not None
    return there and may(current_user.grants, endpoint, *(owner_of_response(number) or (None, None)))
