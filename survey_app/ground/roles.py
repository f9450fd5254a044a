"""The roles a grant may give."""

from __future__ import annotations

ADMINISTRATOR = "administrator"


ROLES = (ADMINISTRATOR, "manager", "evaluator", "department", "scorer", "auditor")
