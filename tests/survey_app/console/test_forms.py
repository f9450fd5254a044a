"""What was sent reaches a view through a form of WTForms, and in no other way."""

from __future__ import annotations

from pathlib import Path

import survey_app

ROOT = Path(survey_app.__file__).parent
# The frame keeps and sends again what a form held whose page had gone stale, before any view; sign-in counts names.
FRAME = {"console/frame.py", "people/sessions.py", "people/limits.py"}
# The citizen's pages read answers by the questionnaire's own fields, and run without the console.
CITIZENS = {
    *(f"answering/pages/{name}.py" for name in ("later", "questionnaire", "refusals", "tablet_offline", "taking_back")),
    "tickets/citizen/pages.py",
}
MACHINES = {"outbox/pages/reports.py"}  # what a provider of messages sends, in its own form


def test_no_view_and_no_template_reads_what_was_sent_but_through_a_form():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.rglob("*.py"), *ROOT.rglob("*.html"))
        if any(name in path.read_text(encoding="utf-8") for name in ("request.form", "request.values"))
    }
    assert found == FRAME | CITIZENS | MACHINES
