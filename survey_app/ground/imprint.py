"""Who stands behind the public pages: settings that the console may keep, for pages of citizens and whatever is printed.

The command line and the environment come first; what they leave open is read from the database.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.settings import VARIABLES, Settings, in_force, with_stored
from survey_app.ground.web_frame import of_process
from survey_app.models import KeptSetting, db

KEPT_SECONDS = 3.0  # so that a change takes effect within seconds in every worker
NEEDED = ("handler", "contact")  # without them no survey opens outside the demonstration
EXPECTED = (*NEEDED, "organiser", "icp", "police")  # what a start asks for


@dataclass(frozen=True)
class Imprint:
    """Texts as they are shown; '' where nothing is set. See the settings of the same names."""

    public_url: str
    organiser: str
    handler: str
    contact: str
    icp: str
    police: str
    privacy_purpose: str
    privacy_kinds: str
    privacy_retention: str
    privacy_rights: str
    privacy_processors: str
    verification: str

    def missing(self, names: tuple[str, ...] = NEEDED) -> list[str]:
        """Those of `names` that say nothing."""
        return [name for name in names if not getattr(self, name)]

    def file(self, name: str) -> str | None:
        """What the file of this name at the root holds, by which a platform sees whose address this is."""
        return dict(line.split(maxsplit=1) for line in self.verification.splitlines()).get(name)


NAMES = tuple(found.name for found in fields(Imprint))
VARIABLE = {variable.field: variable for variable in VARIABLES if variable.about.console}


def imprint() -> Imprint:
    """What is in force, at most three seconds old."""
    kept: dict[str, tuple[float, Settings, Imprint]] = of_process().setdefault("minyi_imprint", {})
    settings = in_force()
    until, asked, found = kept.get("", (0.0, None, None))
    if found is None or asked is not settings or time.monotonic() >= until:
        found = of(settings, stored())
        kept[""] = (time.monotonic() + KEPT_SECONDS, settings, found)
    return found


def of(settings: Settings, kept: Mapping[str, str]) -> Imprint:
    """The settings given, with what is kept where they say nothing."""
    whole = with_stored(settings, kept)
    return Imprint(**{name: getattr(whole, name) for name in NAMES})


def stored() -> dict[str, str]:
    """Field -> what the console keeps of it."""
    return {row.name: row.value for row in db.session.scalars(select(KeptSetting))}


def change(values: Mapping[str, str], by: str) -> bool:
    """Keep `values` by field, which the kinds of the settings have read; say whether anything changed. The caller commits.

    What the command line or the environment sets stays theirs.
    """
    settings, before = in_force(), stored()
    after = {name: value for name, value in values.items() if not getattr(settings, name)}
    changed = {name: value for name, value in after.items() if value != before.get(name, "")}
    for name, value in changed.items():
        db.session.merge(KeptSetting(name=name, value=value, by=by))
    if changed:
        old = {name: before.get(name, "") for name in changed}
        audit.record("settings.change", "settings:public", old, changed)
    forget()
    return bool(changed)


def forget() -> None:
    """Let this worker read anew at once."""
    of_process().pop("minyi_imprint", None)
