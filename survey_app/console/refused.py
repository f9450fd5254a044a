"""A refused address in the console's own frame: what is the matter, and the nearest page that the person may open."""

from __future__ import annotations

import logging

from flask import render_template, request
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as BaseResponse

from survey_app.archives.places import ArchivedError, AwayError
from survey_app.console.frame import bp
from survey_app.console.navigation import menu_groups
from survey_app.console.permissions import ROUTES, Route, may, owner
from survey_app.ground.web_frame import refusal, request_id

log = logging.getLogger("minyi")


@bp.app_errorhandler(NotFound)
@bp.app_errorhandler(Forbidden)
@bp.app_errorhandler(MethodNotAllowed)
def refused(error: HTTPException) -> BaseResponse | tuple[str, int]:
    """Whoever has signed in stays among the menu; others, and addresses that are none of the console's, get the bare words."""
    if not request.path.startswith("/console") or not current_user.is_authenticated or error.response is not None:
        return refusal(error)
    code = error.code or 404
    nearest = _nearest(things=request.url_rule is None)
    said = {403: _("这个页面不在您的权限之内"), 405: _("这个地址只接受提交，不能打开")}.get(code, _("没有这个页面"))
    return render_template("console/refused.html", code=code, said=said, nearest=nearest, roles=code == 403), code


def _nearest(things: bool) -> tuple[str, str] | None:
    """Address and words of the closest page above this one. things: also of one thing, which need not be there."""
    adapter, path = request_ctx.url_adapter, request.path.rstrip("/")
    while adapter is not None and path.count("/") > 2:
        path = path.rsplit("/", 1)[0]
        try:
            endpoint, arguments = adapter.match(path, method="GET")
        except HTTPException:
            continue
        route = ROUTES.get(endpoint)
        if (
            route is None
            or (arguments and not things)
            or not may(current_user.grants, endpoint, *owner(endpoint, arguments))
        ):
            continue
        return path, _words(endpoint, route)
    return None


def _words(endpoint: str, route: Route) -> str:
    """What the menu calls the page, where it has a line there."""
    lines = (entry for _heading, inside in menu_groups() for entry in inside)
    return next((line.label for line in lines if line.endpoint == endpoint), str(route.words))


@bp.errorhandler(ArchivedError)
def archived(error: ArchivedError) -> tuple[str, int]:
    """What cannot be done or shown of a survey whose answers lie in files, with the way out."""
    code = 503 if isinstance(error, AwayError) else 409
    if code == 503:
        log.error("request %s: %s", request_id(), error)
    nearest = _nearest(things=True)
    return render_template("console/refused.html", code=code, said=str(error), nearest=nearest, archived=True), code
