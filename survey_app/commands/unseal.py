"""`minyi unseal`: read what a citizen wrote before it was masked, with a reason that stays."""

from __future__ import annotations

import click

from survey_app.commands.support import application, fail


@click.command(name="unseal")
@click.argument("receipt")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def command(receipt: str, reason: str) -> None:
    """Print the sealed originals of the response with RECEIPT (only where MINYI_KEEP_TEXT=encrypted kept them)."""
    from survey_app.answering.erasure import NoSuchReceiptError
    from survey_app.answering.unsealing import NothingSealedError, originals
    from survey_app.ground.transaction import transaction

    if not reason.strip():
        fail("commands.say_why_reason")
    with application():
        try:
            with transaction():
                found = originals(receipt, reason.strip())
        except (NoSuchReceiptError, NothingSealedError) as error:
            fail(error)
    for key, text in found.items():
        click.echo(f"{key}: {text}")
