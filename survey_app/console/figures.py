"""Figures of the console: drawn as SVG, saved as SVG or PNG, each with its numbers as a table beside it."""

from __future__ import annotations

from dataclasses import dataclass

import vl_convert
from flask import Response, request

from survey_app.console.tables import Table, asked, this_page

PNG_SCALE = 2.0


@dataclass(frozen=True)
class Figure:
    """A drawn figure. `name` is its address on the page (?figure=name&format=svg); `caption` says what it shows."""

    name: str
    caption: str
    svg: str
    table: Table | None = None

    def address(self, ending: str) -> str:
        """Where this figure leaves as `ending` (svg, png), with the page's own arguments kept."""
        return this_page({**asked(), "figure": [self.name], "format": [ending]})


def requested_figure(*figures: Figure) -> Response | None:
    """The file that ?figure=…&format=… asks for, None for the page itself. Call it first in a view."""
    wanted = next((figure for figure in figures if figure.name == request.args.get("figure")), None)
    if wanted is None:
        return None
    if request.args.get("format") == "png":
        return _sent(wanted, "png", vl_convert.svg_to_png(wanted.svg, scale=PNG_SCALE), "image/png")
    return _sent(wanted, "svg", wanted.svg.encode(), "image/svg+xml")


def _sent(figure: Figure, ending: str, body: bytes, mimetype: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={figure.name}.{ending}"}
    return Response(body, mimetype=mimetype, headers=headers)
