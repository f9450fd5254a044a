"""Where a provider of SMS tells later what became of messages: no sign-in, an address per channel that ends in a secret."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from survey_app.ground import limits
from survey_app.ground.transaction import transaction
from survey_app.models import db
from survey_app.outbox.later import channel_behind, take
from survey_app.outbox.senders.reports import ReportsError, TooManyReportsError

bp = Blueprint("reports", __name__, url_prefix="/sms")


@bp.after_request
def closed(response: BaseResponse) -> BaseResponse:
    response.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    return response


@bp.post("/<int:number>/<secret>")
def sms_reports(number: int, secret: str) -> tuple[BaseResponse, int]:
    """200 for all that could be read, ours or not, so that nobody learns which numbers are; 400 for what could not, 413 for
    more than one request may tell, so that the provider tells it again in parts."""
    address = request.remote_addr or ""
    channel = channel_behind(number, secret)
    if channel is None:
        room = limits.count(limits.WRONG_REPORTS, address)
        return _answer(404 if room else 429)
    if not limits.count(limits.SMS_REPORTS, str(channel.id)):
        return _answer(429)
    body, fields = request.get_data(cache=True), request.values.to_dict()
    try:
        with transaction():
            take(channel, body, fields)
    except ReportsError as error:
        db.session.rollback()
        return _answer(413 if isinstance(error, TooManyReportsError) else 400)
    return _answer(200)


def _answer(status: int) -> tuple[BaseResponse, int]:
    """As providers expect it: code 0 is well."""
    return jsonify(code=0 if status == 200 else status, msg="OK" if status == 200 else "failed"), status
