"""`minyi unseal`: read what a citizen wrote before it was masked, with a reason that stays."""

from __future__ import annotations

import click

from survey_app.commands.support import REASON, application, changing


@click.command(name="unseal")
@click.argument("receipt")
@REASON
def command(receipt: str, reason: str) -> None:
    """Print the sealed originals of the response with RECEIPT (where MINYI_KEEP_TEXT=encrypted kept them), or of one taken back, all."""
    from survey_app.answering.unsealing import originals

    with application(), changing():
        found = originals(receipt, reason)
    for key, text in found.items():
        click.echo(f"{key}: {text}")
