"""`minyi erase`: forget one response, named by the receipt number its citizen kept."""

from __future__ import annotations

import click

from survey_app.commands.support import REASON, application, changing, tell


@click.command(name="erase")
@click.argument("receipt")
@REASON
def command(receipt: str, reason: str) -> None:
    """Delete the response with RECEIPT, answers and number, or seal it where its survey says so. Finished runs keep their counts."""
    from survey_app.answering.erasure import erase

    with application(), changing():
        code = erase(receipt, reason)
    tell("lines.erased", code=code)
