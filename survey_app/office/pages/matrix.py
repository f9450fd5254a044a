"""The permission matrix as a page: what every role may open, taken from the table that is enforced."""

from __future__ import annotations

from flask import Response, current_app, render_template
from flask_babel import gettext as _

from survey_app.console.frame import bp, role_names
from survey_app.console.permissions import EVERYONE, OPERATIONS, ROUTES
from survey_app.console.tables import Column, Table, requested_export


@bp.page("/matrix", "查看各角色的权限", EVERYONE)
def matrix_page() -> str | Response:
    table = matrix()
    return requested_export(table) or render_template("office/matrix.html", table=table, demo=False)


def matrix() -> Table:
    """One row per route, in the order of the addresses, and one per operation of the API under its page's roles."""
    rules = {rule.endpoint: rule for rule in current_app.url_map.iter_rules() if rule.endpoint in ROUTES}
    scopes = {"all": _("全部"), "own": _("本地区")}
    columns = [Column("words", _("做什么")), Column("kind", _("方式")), Column("address", _("地址"))]
    columns += [Column(role, name) for role, name in role_names().items()]
    rows = []
    for endpoint, rule in sorted(rules.items(), key=lambda pair: pair[1].rule):
        changes = "POST" in (rule.methods or ()) and "GET" not in (rule.methods or ())
        cells = {role: scopes.get(ROUTES[endpoint].may.get(role, ""), "") for role in role_names()}
        kind = _("更改") if changes else _("查看")
        rows.append({"words": str(ROUTES[endpoint].words), "kind": kind, "address": rule.rule, **cells})
    for one in sorted(OPERATIONS.values(), key=lambda one: (one.address, one.method)):
        cells = {role: scopes.get(ROUTES[one.like].may.get(role, ""), "") for role in role_names()}
        kind = _("接口查看") if one.method == "GET" else _("接口更改")
        rows.append({"words": _(one.words), "kind": kind, "address": one.address, **cells})
    return Table("matrix", _("角色与页面"), columns, rows)
