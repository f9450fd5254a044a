"""The modules whose functions are jobs, one line each; a worker imports them before it takes work."""

from __future__ import annotations

import importlib

MODULES = (
    "survey_app.scoring.estimate_and_score",
    "survey_app.estimates.review",
    "survey_app.fieldwork.poster_jobs",
    "survey_app.office.audit_checks",
    "survey_app.office.account_files",
    "survey_app.responses.flag_jobs",
)  # fmt: skip


def load() -> None:
    """Import every module, so that its kinds are known. Once imported it costs nothing."""
    for name in MODULES:
        importlib.import_module(name)
