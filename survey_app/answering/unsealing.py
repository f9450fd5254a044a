"""What is kept sealed of one response: written answers as they were before masking; all of one that was taken back."""

from __future__ import annotations

import json

from survey_app.answering.erasure import is_stored, response_of
from survey_app.answering.masking import SEALED
from survey_app.ground import audit, keeping
from survey_app.ground.crypto import UnsealableError
from survey_app.ground.sealing import unseal
from wording import Refusal


class NothingSealedError(Refusal):
    """The response has no sealed original, or another key sealed it."""


def originals(receipt: str, reason: str) -> dict[str, str]:
    """Field -> what was written, of the fields in which something was masked, or of all that was taken back; the look is recorded, and the caller commits
    before anything is shown.

    The trail names the response and the fields, never the words. Raises NoSuchReceiptError, NothingSealedError.
    """
    number = receipt.strip().upper()
    kept = None if is_stored(number) else keeping.find(keeping.TAKEN_BACK, number)
    if kept is not None:
        audit.record("response.unseal", f"response:{number}", after={"taken_back": 1}, reason=reason)
        said: dict[str, object] = keeping.content_of(kept)
        return {
            key: text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for key, text in said.items()
        }
    found = response_of(receipt)
    sealed = found.answers.get(SEALED) or {}
    if not sealed:
        raise NothingSealedError("answering.nothing_sealed", receipt=found.receipt)
    try:
        opened = {key: unseal(text) for key, text in sealed.items()}
    except UnsealableError as error:
        raise NothingSealedError("answering.sealed_with_another_key", receipt=found.receipt) from error
    audit.record("response.unseal", f"response:{found.id}", after={"fields": sorted(opened)}, reason=reason)
    return opened
