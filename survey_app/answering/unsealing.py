"""The written answers of one response as their citizen wrote them, where the installation keeps originals sealed."""

from __future__ import annotations

from sqlalchemy import select

from survey_app.answering.erasure import NoSuchReceiptError
from survey_app.answering.masking import SEALED
from survey_app.ground import audit
from survey_app.ground.sealing import unseal
from survey_app.models import Response, db
from wording import Refusal


class NothingSealedError(Refusal):
    """The response has no sealed original, or another key sealed it."""


def originals(receipt: str, reason: str) -> dict[str, str]:
    """Field -> what was written, of the fields in which something was masked; the look is recorded, and the caller commits
    before anything is shown.

    The trail names the response and the fields, never the words. Raises NoSuchReceiptError, NothingSealedError.
    """
    from cryptography.fernet import InvalidToken

    number = receipt.strip().upper()
    found = db.session.scalar(select(Response).where(Response.receipt == number))
    if found is None:
        raise NoSuchReceiptError("lines.no_such_receipt", number=receipt.strip())
    sealed = found.answers.get(SEALED) or {}
    if not sealed:
        raise NothingSealedError("lines.nothing_sealed", number=number)
    try:
        opened = {key: unseal(text) for key, text in sealed.items()}
    except InvalidToken as error:
        raise NothingSealedError("lines.sealed_with_another_key", number=number) from error
    audit.record("response.unseal", f"response:{found.id}", after={"fields": sorted(opened)}, reason=reason)
    return opened
