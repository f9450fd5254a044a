"""A questionnaire as one HTML file that opens anywhere: the page a citizen gets, with its styles and script inside."""

from __future__ import annotations

import re

from questionnaires import Choice, Definition, arranged
from questionnaires.definition import Text

PLACES = (("甲县", "County A"), ("乙市", "County B"), ("丙区", "County C"))  # where the survey's areas will stand

KEEPING = ("draft.js", "left.js")  # what a phone keeps and sends


def preview_html(definition: Definition, language: str, seed: str = "preview", at: str = "") -> str:
    """The page in `language`, turned to the question `at`. `seed` draws the order of what is random. Nothing is sent or stored."""
    from survey_app.answering.drafts import AT
    from survey_app.answering.pages import bp
    from survey_app.answering.pages.frame import ASSETS, HERE
    from survey_app.answering.pages.rendering import render
    from survey_app.ground.web_frame import framed

    app = framed()
    app.register_blueprint(bp)
    app.jinja_env.globals["imprint"] = lambda: None  # it belongs to no installation
    shown = definition.with_areas([Choice(zh, Text(zh, en)) for zh, en in PLACES])
    with app.test_request_context(f"/s/preview?lang={language}"):
        sent = {AT: [_page_start(shown, at)]} if shown.question(at) else {}
        page = render(
            arranged(shown, seed), "预览" if language == "zh" else "Preview", False, "preview", language, sent, {}
        )
    styles = "".join((HERE / "static" / part).read_text(encoding="utf-8") for part in ASSETS["page", "css"][1])
    parts = [part for part in ASSETS["page", "js"][1] if part not in KEEPING]
    scripts = "".join((HERE / "static" / part).read_text(encoding="utf-8") for part in parts)
    page = re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{styles}</style>", page)
    page = re.sub(r"<script [^>]*></script>", "", page)
    page = re.sub(r'method="post" action="[^"]*"', 'method="get" action="#"', page)
    return page.replace("</body>", f"<script>{scripts}</script></body>")


def _page_start(definition: Definition, key: str) -> str:
    """The question that begins the page of the question `key`."""
    before = definition.questions[: [question.key for question in definition.questions].index(key) + 1]
    return [question.key for question in before if question.key in definition.page_starts][-1]
