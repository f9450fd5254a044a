"""`minyi erase`: forget one response, named by the receipt number its citizen kept."""

from __future__ import annotations

import click

from survey_app.commands.support import application, fail, tell


@click.command(name="erase")
@click.argument("receipt")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def command(receipt: str, reason: str) -> None:
    """Delete the response with RECEIPT: answers and receipt number. Finished runs keep their counts."""
    from survey_app.answering.erasure import NoSuchReceiptError, erase
    from survey_app.ground.transaction import transaction

    if not reason.strip():
        fail("commands.say_why_reason")
    with application():
        try:
            with transaction():
                code = erase(receipt, reason.strip())
        except NoSuchReceiptError as error:
            fail(error)
    tell("lines.erased", code=code)
