"""The modules whose functions are jobs, one line each; a worker imports them before it takes work."""

from __future__ import annotations

import importlib

MODULES = (
    "survey_app.services.estimate_jobs",
    "survey_app.services.review",
    "survey_app.services.poster_jobs",
    "survey_app.services.audit_checks",
    "survey_app.services.account_files",
    "survey_app.services.flag_jobs",
)  # fmt: skip


def load() -> None:
    """Import every module, so that its kinds are known. Once imported it costs nothing."""
    for name in MODULES:
        importlib.import_module(name)
