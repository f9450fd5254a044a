"""The written answers of one response as their citizen wrote them, where the installation keeps originals sealed."""

from __future__ import annotations

from survey_app.answering.erasure import response_of
from survey_app.answering.masking import SEALED
from survey_app.ground import audit
from survey_app.ground.sealing import unseal
from wording import Refusal


class NothingSealedError(Refusal):
    """The response has no sealed original, or another key sealed it."""


def originals(receipt: str, reason: str) -> dict[str, str]:
    """Field -> what was written, of the fields in which something was masked; the look is recorded, and the caller commits
    before anything is shown.

    The trail names the response and the fields, never the words. Raises NoSuchReceiptError, NothingSealedError.
    """
    from cryptography.fernet import InvalidToken

    found = response_of(receipt)
    sealed = found.answers.get(SEALED) or {}
    if not sealed:
        raise NothingSealedError("answering.nothing_sealed", receipt=found.receipt)
    try:
        opened = {key: unseal(text) for key, text in sealed.items()}
    except InvalidToken as error:
        raise NothingSealedError("answering.sealed_with_another_key", receipt=found.receipt) from error
    audit.record("response.unseal", f"response:{found.id}", after={"fields": sorted(opened)}, reason=reason)
    return opened
