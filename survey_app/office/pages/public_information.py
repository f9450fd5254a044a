"""The one short form of what public pages show: address, who stands behind it, filing numbers, privacy."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey_app.answering import privacy
from survey_app.answering.privacy_texts import OWN_WORDS
from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, own
from survey_app.ground import imprint
from survey_app.ground.language import language
from survey_app.ground.settings import in_force
from survey_app.office.pages.forms import PublicForm

PRIVACY = tuple(name for name in imprint.NAMES if name.startswith("privacy_"))


@bp.form(
    "/public",
    "填写公开信息",
    own("manager"),
    menu=Menu("公开信息", "office", 5, ("/console/public", "/console/letterhead")),
)
def public_information() -> str | tuple[str, int] | Response:
    """What the environment sets is shown and stays; the rest is kept in the database."""
    shown, settings = imprint.imprint(), in_force()
    fixed = {name: imprint.VARIABLE[name].name for name in imprint.NAMES if getattr(settings, name)}
    form = PublicForm(data={name: getattr(shown, name) for name in imprint.NAMES} | {"seen": imprint.as_shown()})
    if form.validate_on_submit():
        sent = {name: form[name].data for name in imprint.NAMES}
        with form.storing(imprint.ChangedMeanwhileError, "public_url"):
            changed = imprint.change(sent, current_user.username, form.seen.data or "")
            privacy.note()
        if not form.errors:
            flash(_("公开信息已保存。") if changed else _("没有变化。"), "ok")
            return redirect(url_for("console.public_information"))
    page = render_template(
        "office/public_information.html", form=form, fixed=fixed, lacking=bool(shown.missing()), private=PRIVACY,
        own_words=OWN_WORDS[language()],
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page
