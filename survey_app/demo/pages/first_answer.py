"""On the home page of the demonstration: a fresh invitation to scan, so that the first answer moves the figures."""

from __future__ import annotations

from flask import render_template

from survey_app.answering.addresses import invitation_url, public_base
from survey_app.answering.invitation_codes import written
from survey_app.console.panels import panel
from survey_app.demo.fresh import fresh_code
from survey_app.ground.qr import qr_svg
from survey_app.surveys.listing import present_survey


@panel(order=0)
def first_answer() -> str | None:
    survey = present_survey()
    if survey is None or not survey.demo:
        return None
    code = fresh_code()
    if code is None:
        return None
    address = invitation_url(code, public_base(survey.demo))
    return render_template(
        "demo/first_answer.html", survey=survey, address=address, code=written(code), qr=qr_svg(address)
    )
