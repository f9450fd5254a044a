"""Replies kept as templates: who answers reads them, a manager of the whole city changes them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.permissions import Menu, all_of, own
from survey_app.tickets.pages.forms import TemplateForm
from survey_app.tickets.reply_templates import SLOTS, TemplateError, remove_template, save_template, templates


@bp.page(
    "/reply-templates",
    "查看答复模板",
    all_of("manager", "department", "auditor"),
    menu=Menu("答复模板", "citizens", 25),
)
def reply_templates() -> str:
    return _templates_page(unsent(TemplateForm))


@bp.action("/reply-templates", "修改答复模板", own("manager"))
def change_reply_template() -> BaseResponse | tuple[str, int]:
    """Keep one, under a name that may be there already, or remove it."""
    form = TemplateForm()
    if form.validate_on_submit():
        with form.storing(TemplateError):
            if form.pressed.data == "remove":
                remove_template(form.name.data.strip())
            else:
                save_template(form.name.data, form.text.data)
    if form.errors:
        return _templates_page(form), 422
    flash(_("答复模板已保存。") if form.pressed.data == "save" else _("答复模板已删除。"), "ok")
    return redirect(url_for("console.reply_templates"))


def _templates_page(form: TemplateForm) -> str:
    return render_template(
        "tickets/reply_templates.html", form=form, templates=templates(), slots=list(SLOTS), demo=False
    )
