"""Who stands behind the pages: the privacy notice with its earlier versions, and files that prove whose address this is."""

from __future__ import annotations

from flask import Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.pages.frame import bp, language, message
from survey_app.answering.privacy import earlier, filled_for_show, notice
from survey_app.answering.texts import TEXTS
from survey_app.ground.imprint import imprint

bp.add_app_template_global(imprint)


@bp.get("/privacy")
def privacy() -> BaseResponse:
    """The notice that answers given now are given under."""
    number, said = notice(imprint())
    return _shown(number, filled_for_show(said[language()], language()))


@bp.get("/privacy/<number>")
def privacy_then(number: str) -> BaseResponse:
    """The notice of an earlier version, as an answer names it."""
    said = earlier(number)
    return _shown(number, said[language()]) if said else message("unknown_notice", 404)


@bp.get("/<name>.txt")
def root_file(name: str) -> BaseResponse:
    """By which WeChat and others see whose address this is."""
    found = imprint().file(f"{name}.txt")
    return Response(found, mimetype="text/plain") if found else message("unknown_notice", 404)


def _shown(number: str, said: list[list[str]]) -> BaseResponse:
    texts = TEXTS[language()]
    page = render_template("answering/privacy.html", texts=texts, language=language(), number=number, said=said)
    return Response(page, mimetype="text/html")
