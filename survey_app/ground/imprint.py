"""Who stands behind the public pages: settings that the console may keep, for pages of citizens and whatever is printed.

The command line and the environment come first; what they leave open is read from the database.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlalchemy import select

from survey_app.ground import audit
from survey_app.ground.crypto import digest
from survey_app.ground.settings import VARIABLES, Settings, in_force, with_stored
from survey_app.ground.web_frame import of_process
from survey_app.models import KeptSetting, Letterhead, db
from wording import Refusal

KEPT_SECONDS = 3.0  # so that a change takes effect within seconds in every worker
NEEDED = ("handler", "contact")  # without them no survey opens outside the demonstration
EXPECTED = (*NEEDED, "organiser", "icp", "police")  # what a start asks for


@dataclass(frozen=True)
class Brand:
    """The office's name, marks and colour (#rrggbb) on every page; '' where it shows none. logo: a data: address."""

    name: str = ""
    name_en: str = ""
    logo: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Imprint:
    """Texts as they are shown; '' where nothing is set. See the settings of the same names, and `Brand`."""

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
    brand: Brand = Brand()

    def missing(self, names: tuple[str, ...] = NEEDED) -> list[str]:
        """Those of `names` that say nothing."""
        return [name for name in names if not getattr(self, name)]

    def file(self, name: str) -> str | None:
        """What the file of this name at the root holds, by which a platform sees whose address this is."""
        return dict(line.split(maxsplit=1) for line in self.verification.splitlines()).get(name)


NAMES = tuple(found.name for found in fields(Imprint) if found.name != "brand")
VARIABLE = {variable.field: variable for variable in VARIABLES if variable.about.console}


def imprint() -> Imprint:
    """What is in force, at most three seconds old."""
    kept: dict[str, tuple[float, Settings, Imprint]] = of_process().setdefault("minyi_imprint", {})
    settings = in_force()
    until, asked, found = kept.get("", (0.0, None, None))
    if found is None or asked is not settings or time.monotonic() >= until:
        new = of(settings, stored(), stored_brand())
        found = found if new == found else new  # the same object says most quickly that nothing is new
        kept[""] = (time.monotonic() + KEPT_SECONDS, settings, found)
    return found


def of(settings: Settings, kept: Mapping[str, str], brand: Brand = Brand()) -> Imprint:  # frozen
    """The settings given, with what is kept where they say nothing."""
    whole = with_stored(settings, kept)
    return Imprint(**{name: getattr(whole, name) for name in NAMES}, brand=brand)


def stored_brand() -> Brand:
    """The office's own, where it is shown on pages."""
    query = select(Letterhead.office, Letterhead.office_en, Letterhead.small_logo, Letterhead.colour)
    found = db.session.execute(query.where(Letterhead.shown)).first()
    return Brand(*found) if found else Brand()


def stored() -> dict[str, str]:
    """Field -> what the console keeps of it; a name of another release says nothing here."""
    known = select(KeptSetting).where(KeptSetting.name.in_(variable.field for variable in VARIABLES))
    return {row.name: row.value for row in db.session.scalars(known)}


class ChangedMeanwhileError(Refusal):
    """Somebody else has changed it since it was shown; nothing is stored."""


def as_shown() -> str:
    """What the console keeps now, as a digest by which a form tells whether it still does."""
    return digest(json.dumps(sorted(stored().items())))


def change(values: Mapping[str, str], by: str, seen: str) -> bool:
    """Keep `values` by field, which the kinds of the settings have read; say whether anything changed. The caller commits.

    seen: as_shown() of when the person was shown it; raises ChangedMeanwhileError where it is another by now. What the command
    line or the environment sets stays theirs.
    """
    audit.wait_turn()
    settings, before = in_force(), stored()
    if seen != as_shown():
        last = db.session.scalars(select(KeptSetting).order_by(KeptSetting.at.desc())).first()
        raise ChangedMeanwhileError("ground.public_changed_meanwhile", by=last.by if last else "–")
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
