"""Published results at /results/: pages without script or cookie, and open data, to the byte as they were released.

Addresses end like files, so that what the clock writes into a folder (briefs/results_files.py) answers under the same ones.
"""

from __future__ import annotations

from flask import Response, abort, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.open_sites import kept_shortly
from survey_app.answering.pages.frame import bp
from survey_app.answering.published import DOCUMENT, PAGES, Standing, announced, standing
from survey_app.ground.percent import percent
from survey_app.models import Survey, db
from survey_app.public.texts import RESULT_TEXTS

KEPT = "public, max-age=60"
TYPES = {"csv": "text/csv", "json": "application/json", "svg": "image/svg+xml"}
LANGUAGES = {end: language for language, end in PAGES.items()}


def published() -> list[Standing]:
    """All that are announced or out, the newest first; read every three seconds at most."""
    found: list[Standing] = kept_shortly("minyi_results", "", lambda _key: _all())
    return found


@bp.get("/results/", defaults={"end": ""})
@bp.get(f"/results/<any('{PAGES['en']}'):end>")
def results(end: str) -> BaseResponse:
    return _page("public/results_list.html", LANGUAGES[end], found=published())


@bp.get("/results/<code>/", defaults={"end": ""})
@bp.get(f"/results/<code>/<any('{PAGES['en']}'):end>")
def survey_results(code: str, end: str) -> BaseResponse:
    """The results, or when they will be out."""
    return _page("public/results.html", LANGUAGES[end], one=_one(code))


@bp.get(f"/results/<code>/<any('{DOCUMENT}', 'results.csv', 'chart-zh.svg', 'chart-en.svg'):name>")
def results_file(code: str, name: str) -> BaseResponse:
    text = _one(code).files.get(name)
    if text is None:
        abort(404)
    return _sent(Response(text, mimetype=TYPES[name.rpartition(".")[2]]))


def _all() -> list[Standing]:
    return [one for survey in announced() if (one := standing(survey)) is not None]


def _read(code: str) -> Standing | None:
    survey = db.session.scalar(select(Survey).where(Survey.code == code))
    return standing(survey) if survey is not None else None


def _one(code: str) -> Standing:
    found: Standing | None = kept_shortly("minyi_results", code, _read)
    return found or abort(404)


def _page(template: str, language: str, **more: object) -> BaseResponse:
    page = render_template(
        template, texts=RESULT_TEXTS[language], language=language, end=PAGES[language], other_end=PAGES["en" if language == "zh" else "zh"],
        percent=percent, **more,
    )  # fmt: skip
    return _sent(Response(page, mimetype="text/html"))


def _sent(response: Response) -> BaseResponse:
    response.headers["Cache-Control"] = KEPT
    response.add_etag()
    return response.make_conditional(request)
