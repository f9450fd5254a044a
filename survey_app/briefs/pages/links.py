"""Read-only links: made on a run's page, listed here, revoked here."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import Optional

from survey_app.answering.addresses import public_base
from survey_app.briefs.links import LONGEST_DAYS, links, make_link, revoke
from survey_app.console.forms import AnyWhole, Form
from survey_app.console.frame import bp
from survey_app.console.permissions import own
from survey_app.estimates.pages.estimates import run_of
from survey_app.ground.transaction import transaction
from survey_app.models import ViewLink, db
from wording import Refusal


class LinkForm(Form):
    """For whom, and how long."""

    label = StringField(lazy_gettext("给谁看"))
    days = AnyWhole(lazy_gettext("有效天数"), [Optional()], default=30)


@bp.page("/links", "查看只读链接", own("evaluator", "auditor"))
def links_page() -> str:
    """Every link with its end, those that opened once too."""
    return render_template("briefs/links.html", links=links(), demo=False)


@bp.form("/estimates/<int:run_id>/links", "开出只读链接", own("evaluator"))
def make_view_link(run_id: int) -> str | tuple[str, int]:
    """The address is told once, on the answer to this form."""
    run, form, address = run_of(run_id), LinkForm(), ""
    if form.is_submitted():
        try:
            if not form.validate():
                raise Refusal("briefs.link_days", most=LONGEST_DAYS)
            base = public_base(run.demo)
            with transaction():
                token = make_link(run, form.label.data or "", form.days.data, current_user.username)[1]
            address = base + url_for("view.view_page", token=token)
        except Refusal as error:
            form.refuse(error)
    page = render_template("briefs/link.html", run=run, form=form, address=address, most=LONGEST_DAYS, demo=run.demo)
    return (page, 422) if form.is_submitted() and not address else page


@bp.action("/links/<int:number>/revoke", "收回只读链接", own("evaluator"))
def revoke_view_link(number: int) -> BaseResponse:
    link = db.session.get(ViewLink, number) or abort(404)
    with transaction():
        revoke(link)
    flash(_("链接已收回，不再能打开"), "ok")
    return redirect(url_for("console.links_page"))
