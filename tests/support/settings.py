"""Settings of a running application, changed for the rest of a test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask


def change(app: Flask, **values: Any) -> None:
    """Put `values` into force in `app`."""
    app.config["MINYI"] = replace(app.config["MINYI"], **values)
