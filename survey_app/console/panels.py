"""What waits for the signed-in person on the home page; each part of the console adds its own panels."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

Panel = Callable[[], "Markup | str | None"]
_PANELS: list[tuple[int, Panel]] = []


def panel(order: int) -> Callable[[Panel], Panel]:
    """Register a function that gives the HTML of one `<section>`, or None where it has nothing to say."""

    def register(function: Panel) -> Panel:
        _PANELS.append((order, function))
        return function

    return register


def panels() -> list[Markup]:
    """Every panel with something to say to the signed-in person, in order."""
    shown = [function() for _order, function in sorted(_PANELS, key=lambda pair: pair[0])]
    return [Markup(text) for text in shown if text]  # nosec B704  # rendered by our own templates
