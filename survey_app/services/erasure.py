"""Forgetting a response: its row goes with the receipt number; finished runs keep their counts."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.models import Response, Survey, db
from survey_app.services import audit


class NoSuchReceiptError(ValueError):
    """No stored response has this receipt number."""


def erase(receipt: str, reason: str) -> str:
    """Delete the response with this receipt and give the code of its survey. Raises NoSuchReceiptError.

    The trail says that one response of the survey was erased and why; it does not say which.
    """
    number = receipt.strip().upper()
    found = db.session.scalar(select(Response).where(Response.receipt == number))
    if found is None:
        raise NoSuchReceiptError(f"There is no response with the receipt number '{receipt.strip()}'.")
    survey = db.session.get_one(Survey, found.survey_id)
    db.session.delete(found)
    audit.record("response.erase", f"survey:{survey.code}", before={"responses": 1}, after={}, reason=reason)
    db.session.commit()
    return survey.code
