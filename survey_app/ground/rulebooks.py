"""The rulebook that rates each kind of unit where nothing else is named: the installation's default."""

from __future__ import annotations

RULEBOOKS = {"city": "jining-2023-municipal", "county": "jining-2023-county"}
