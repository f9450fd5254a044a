"""The front page at /: the surveys that are open now and how one takes part, problems and answers, whom to ask."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, render_template
from werkzeug.wrappers import Response as BaseResponse

from survey_app.answering.addresses import shown_base, site_url
from survey_app.answering.pages.frame import bp, chosen, language
from survey_app.answering.published import PAGES
from survey_app.ground.qr import qr_svg
from survey_app.public.files import ICON
from survey_app.public.open_surveys import OpenSurvey, open_surveys
from survey_app.public.results import published as results_published
from survey_app.public.texts import RESULT_TEXTS
from survey_app.tickets.fields import cities
from survey_app.tickets.publication import published

KEPT = "public, max-age=60"  # by whatever stands between; a closed code says so itself


@bp.get("/")
def front() -> BaseResponse:
    """The same for everybody, without script, cookie or sign-in. What there is nothing of is left out."""
    surveys = open_surveys()
    tried = next((survey for survey in surveys if survey.demo and survey.places), None)
    page = render_template(
        "public/front.html", texts=RESULT_TEXTS[language()], language=language(), chosen=chosen(), surveys=surveys,
        demo=any(survey.demo for survey in surveys), tried=tried and _code(tried), reports=bool(cities()),
        answered=bool(published(limit=1)), results=results_published(), end=PAGES[language()], staff=not current_app.config["MINYI"].collect_only,
        icon=f"data:image/svg+xml,{quote(ICON)}",
    )  # fmt: skip
    return Response(page, mimetype="text/html", headers={"Cache-Control": KEPT})


def _code(survey: OpenSurvey) -> tuple[str, str]:
    """Address and QR code of the demonstration's first open place, for the phone of who looks at a desk."""
    address = site_url(survey.places[0].code, shown_base(demo=True))
    return address, qr_svg(address)
