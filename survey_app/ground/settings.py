"""Every setting, once: its variable, kind, default and words. The only place that reads the environment.

One order: command line, environment, what is kept (secrets in files, what public pages show in the database), default.
A survey's own number in the database stands before the installation's, for that survey. docs has the table of this.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

from survey_app.ground import setting_kinds as kinds
from survey_app.ground.crypto import SM
from survey_app.ground.roles import ROLES
from survey_app.ground.setting_kinds import Kind, Network, nearest, one_of, some_of, whole, without_password
from survey_app.ground.uploads import BODY_LIMIT
from survey_app.ground.working_days import Calendar, read_calendar
from wording import Message, Refusal, Text, said_of

PREFIX = "MINYI_"
COMMAND_LINE, ENVIRONMENT, DEFAULT = "command line", "environment", "default"
FLASK_NAMES = {"SQLALCHEMY_DATABASE_URI": "database_url", "SECURITY_PASSWORD_SALT": "password_salt"}
KEPT = "kept"  # made at first start
LOOKS = 50  # at a secret's file that is still empty, a fiftieth of a second apart
MADE: set[Path] = set()  # files of secrets that this process has made
log = logging.getLogger("minyi")


class SettingsError(Refusal):
    """What stops the start: a line for each wrong value and unknown name."""


@dataclass(frozen=True)
class About:
    """What is known of a setting beside its value. formerly: a name still read; shown: the default in words, a key;
    console: where nothing else sets it, the console's page of public information does."""

    kind: Kind
    words: str
    name: str = ""
    formerly: str = ""
    secret: bool = False
    shown: str = "none"
    console: bool = False


def setting(default: Any, kind: Kind, words: str, **more: Any) -> Any:
    """A field with what is to be known of it; a secret stays out of whatever prints the settings."""
    about = About(kind, words, **more)
    return field(default=default, repr=not about.secret, metadata={"about": about})


def _secret(words: str) -> Any:
    """A field that is never shown; where none is given, a file made once holds it."""
    return setting("", kinds.TEXT, words, secret=True, shown=KEPT)


def _public(words: str, kind: Kind = kinds.LINE, shown: str = "none") -> Any:
    """A text of public pages, which the console may keep."""
    return setting("", kind, words, shown=shown, console=True)


@dataclass(frozen=True)
class Settings:
    """What is in force. A variable is MINYI_ and the field's name in capitals, where `name` does not say otherwise."""

    database_url: str = setting("", kinds.DATABASE, "The database.", name="DATABASE_URL", shown="sqlite")
    instance: Path = setting(  # noqa: RUF009  # `setting` gives a field, as dataclasses.field does
        Path("instance"), kinds.FOLDER, "Folder of the embedded database and the secrets.", shown="instance"
    )
    public_url: str = setting(
        "",
        kinds.WEB_ADDRESS,
        "Base address in QR codes, cards, tablets' links and `minyi sites`; without it none is made outside the "
        "demonstration; https makes session cookies Secure.",
        shown="no_address",
        console=True,
    )
    programme: str = setting(
        "",
        kinds.TEXT,
        "Id of the programme that rates where neither command nor period names one (`minyi programme use`).",
    )
    host: str = setting("127.0.0.1", kinds.TEXT, "Address that `minyi serve` and `minyi demo` listen on.")
    port: int = setting(8000, whole(1, 65535), "Port they listen on.")
    workers: int = setting(2, whole(1, 64), "Processes of the server.")
    collect_only: bool = setting(False, kinds.SWITCH, "Serve the respondent's pages alone.")
    trusted_proxies: int = setting(
        0,
        whole(0, 10),
        "How many reverse proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto.",
        formerly="TRUSTED_PROXIES",
    )
    secret_key: str = _secret("Signs forms, sessions and links; the same for all servers of one survey.")
    password_salt: str = _secret("Goes into the hash of every password; the same for all servers.")
    totp_key: str = _secret("Encrypts second factors and keys recovery codes; the same for all servers.")
    text_key: str = _secret("Seals contacts and the originals of masked texts; the same for all servers.")
    backup_passphrase: str = setting(
        "", kinds.TEXT, "Seals what `minyi backup` writes, where nobody is there to type it.", secret=True
    )
    backup_folder: str = setting(
        "", kinds.TEXT, "Where the clock writes a backup every night, with the passphrase above."
    )
    backup_keep: int = setting(14, whole(1, 3650), "How many of the nightly backups stay there.")
    results_folder: str = setting(
        "", kinds.TEXT, "Where the clock writes published results as files, for nginx or another site."
    )
    keep_answers: int = setting(
        0,
        whole(0, 36500, "days"),
        "The clock deletes the answers of surveys that closed so long ago; 0: never by itself. A statistical survey's raw answers "
        "are kept two years at least.",
    )
    keep_problems: int = setting(
        0, whole(0, 36500, "days"), "The clock empties citizens' problems that ended so long ago; 0: never by itself."
    )
    require_totp: frozenset[str] = setting(frozenset(), some_of(*ROLES), "Roles that must have a second factor.")
    idle_minutes: int = setting(60, whole(1, 1440, "minutes"), "A session ends after so long without a request.")
    session_hours: int = setting(12, whole(1, 168, "hours"), "A session ends so long after signing in.")
    limits: str = setting(
        "memory://",
        kinds.STORE,
        "Where attempts and submissions are counted: in each worker for itself, or in Redis for all together.",
        formerly="RATELIMIT_STORAGE_URI",
    )
    rate_address: str = setting("1500 per minute; 6000 per hour", kinds.RATES, "Submissions one address may send.")
    rate_site: str = setting("3000 per minute", kinds.RATES, "Submissions one site may take.")
    rate_tickets: str = setting("60 per hour; 200 per day", kinds.RATES, "Problems one address may report.")
    rate_api: str = setting("600 per minute", kinds.RATES, "Calls that one key of the API may make.")
    cryptography: str = setting("standard", one_of("standard", SM), "What seals and signs from now on; all is read.")
    keep_text: str = setting("masked", one_of("masked", "encrypted", "none"), "What is kept of free text (below).")
    least_cell: int = setting(
        10,
        whole(1, 1000, "responses"),
        "What a cell needs to be shown to others than administrators; 1 shows all; a survey may have its own number.",
    )
    jobs: str = setting(
        "thread",
        one_of("thread", "external", "inline"),
        "Where background work (estimates, final runs, imports) is done: in the server's own processes, however many; "
        "only by `minyi jobs run`, as a service beside it; or while the page waits.",
    )
    ticket_reply_days: int = setting(
        5, whole(1, 365, "working days"), "Time to the first reply to a citizen's problem."
    )
    ticket_close_days: int = setting(15, whole(1, 365, "working days"), "Time to the end of a citizen's problem.")
    holidays: str = setting(
        "",
        kinds.CALENDAR,
        "Days off and weekend days worked, one a line: `2026-10-01 off`, `2026-10-10 work`; read at start. A day that "
        "the file names stands before the announced ones.",
        shown="announced",
    )
    time_zone: ZoneInfo = setting(  # noqa: RUF009  # as above
        ZoneInfo("Asia/Shanghai"), kinds.TIME_ZONE, "The clock of the console's pages and of due days."
    )
    spark_master: str = setting(
        "local[*]", kinds.TEXT, "The Spark behind `minyi estimate --engine spark`.", formerly="SPARK_MASTER"
    )
    java_home: str = setting("", kinds.TEXT, "Java 17 for Spark.", name="JAVA_HOME", shown="java")
    organiser: str = _public("主办单位: who holds the surveys, in the footer of every public page.")
    handler: str = _public(
        "Who answers for personal data, at `/privacy`; no survey opens without it, nor without *contact*."
    )
    contact: str = _public("Telephone, address or e-mail of the same, in the footer and at `/privacy`.")
    icp: str = _public("ICP filing number, in the footer, leading to the ministry's register.")
    police: str = _public("公安 filing number, in the footer.")
    privacy_purpose: str = _public("`/privacy`: what the data is for.", kinds.PARAGRAPHS, "own_words")
    privacy_kinds: str = _public("`/privacy`: what is collected.", kinds.PARAGRAPHS, "own_words")
    privacy_retention: str = _public("`/privacy`: how long it is kept.", kinds.PARAGRAPHS, "own_words")
    privacy_rights: str = _public("`/privacy`: what a citizen may ask for.", kinds.PARAGRAPHS, "own_words")
    privacy_processors: str = _public("`/privacy`: who else processes the data, and for what.", kinds.PARAGRAPHS)
    verification: str = _public(
        "Files at the root by which WeChat and others see whose address it is, one a line: `MP_verify_x1.txt x1`.",
        kinds.ROOT_FILES,
    )
    private_receivers: tuple[Network, ...] = setting(
        (), kinds.NETWORKS, "Private networks that webhooks and robots of groups may reach; all others are refused."
    )
    metrics: str = setting(
        "", kinds.LISTENING, "Where /metrics is served to whoever asks, beside the survey's own port."
    )
    metrics_token: str = setting(
        "",
        kinds.TEXT,
        "Opens /metrics at the survey's own port: `Authorization: Bearer …`; without it the page is not there.",
        secret=True,
    )
    logs: Path | None = setting(  # noqa: RUF009  # as above
        None, kinds.FOLDER, "Folder of the two logs of `minyi serve`; one for each machine.", shown="logs"
    )
    log_days: int = setting(200, whole(184, 3650, "days"), "How long a day's logs are kept: six months at least.")
    debug: bool = setting(False, kinds.SWITCH, "A command's failure shows its traceback.")
    allow_unknown: bool = setting(
        False,
        kinds.SWITCH,
        "An unknown `MINYI_` name is warned of and does not stop the start: for going back to an older release.",
    )

    @property
    def database(self) -> str:
        """The database's address: a SQLite file in the instance folder where none is set."""
        return self.database_url or f"sqlite:///{self.instance.resolve() / 'minyi.sqlite3'}"

    def secret(self, name: str) -> str:
        """The secret that signs, seals and hashes now."""
        return self.secrets(name)[0]

    def secrets(self, name: str) -> tuple[str, ...]:
        """The same and those before it, one a line, as given, else from its file, made once for its owner alone."""
        given = str(getattr(self, name)).split("\n")
        if given[0]:
            return tuple(line.strip() for line in given if line.strip())
        path = self.secret_file(name)
        try:
            if not path.is_file():
                make_secret(path)
            return tuple(_kept_secret(path).split())
        except OSError as error:
            raise SettingsError("settings.secret_file", path=path, why=error.strerror) from error

    def secret_file(self, name: str) -> Path:
        """Where a secret is kept that was not given."""
        return self.instance_folder() / name

    def instance_folder(self) -> Path:
        """Where the embedded database and the secrets live; made where it is not there. Raises SettingsError."""
        try:
            self.instance.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError("settings.no_instance", folder=self.instance, why=error.strerror) from error
        return self.instance.resolve()

    def log_folder(self) -> Path:
        """Where the logs stand."""
        return self.logs or self.instance_folder() / "logs"

    def calendar(self) -> Calendar:
        """The working days of this installation."""
        return read_calendar(self.holidays)

    def for_flask(self) -> dict[str, Any]:
        """What an application of Flask is configured with; its key MINYI holds these settings."""
        if not self.database_url:
            self.instance_folder()
        return {
            "MINYI": self,
            "SECRET_KEY": self.secret("secret_key"),
            "SECRET_KEY_FALLBACKS": list(self.secrets("secret_key")[1:]),
            "SQLALCHEMY_DATABASE_URI": self.database,
            "MAX_CONTENT_LENGTH": BODY_LIMIT,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": self.public_url.startswith("https://"),
        }


def new_secret() -> str:
    """As many random bits as any of its uses can take."""
    return secrets.token_urlsafe(48)


def make_secret(path: Path) -> None:
    """A secret in a file of its owner alone; where another process was quicker, its own stands."""
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(new_secret())
        MADE.add(path)


def _kept_secret(path: Path) -> str:
    """What the file holds. Another process may be writing it just now; an empty file is never taken for a secret."""
    for _ in range(LOOKS):
        found = path.read_text(encoding="ascii").strip()
        if found:
            return found
        time.sleep(0.02)
    raise SettingsError("settings.secret_empty", path=path)


@dataclass(frozen=True)
class Variable:
    """A setting by the name of its variable."""

    field: str
    name: str
    about: About
    default: Any


VARIABLES = tuple(
    Variable(found.name, about.name or PREFIX + found.name.upper(), about, found.default)
    for found in fields(Settings)
    for about in [found.metadata["about"]]
)


@dataclass(frozen=True)
class Reading:
    """Settings as read. origins: where each comes from; wrong: what stops the start; doubts: what does not."""

    settings: Settings
    origins: Mapping[str, str]
    wrong: tuple[Text, ...]
    doubts: tuple[Text, ...]


def read(given: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Reading:
    """Settings from `given` (fields: the command line's, or values of a program) and the environment.

    All that is wrong is told together; a wrong value's default stands in its place.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    wrong: list[Text] = []
    doubts: list[Text] = []
    for variable in VARIABLES:
        name, value, origin = _found(variable, given or {}, environment, doubts)
        try:
            if value is not None:
                values[variable.field] = variable.about.kind.read(value) if isinstance(value, str) else value
        except ValueError as error:
            shown = "" if variable.about.secret else without_password(str(value))
            told = Message("settings.value", name=name, value=repr(shown), said=said_of(error))
            wrong.append(told if shown else Message("settings.secret_value", name=name, said=said_of(error)))
            continue
        origins[variable.field] = origin
    settings = Settings(**values)
    (doubts if settings.allow_unknown else wrong).extend(_unknown(environment))
    return Reading(settings, origins, tuple(wrong), tuple(doubts))


def with_stored(settings: Settings, stored: Mapping[str, str]) -> Settings:
    """The same with what the database keeps, by field, where neither command line nor environment says anything."""
    texts: Any = {name: getattr(settings, name) or value for name, value in stored.items() if hasattr(settings, name)}
    return replace(settings, **texts)


def _found(
    variable: Variable, given: Mapping[str, Any], environment: Mapping[str, str], doubts: list[Text]
) -> tuple[str, Any, str]:
    """Name, value and origin; an empty variable is none."""
    if given.get(variable.field) is not None:
        return f"--{variable.field.replace('_', '-')}", given[variable.field], COMMAND_LINE
    if environment.get(variable.name):
        return variable.name, environment[variable.name], ENVIRONMENT
    former = variable.about.formerly
    if former and environment.get(former):
        doubts.append(Message("settings.former_name", former=former, name=variable.name))
        return former, environment[former], ENVIRONMENT
    return variable.name, None, DEFAULT


def _unknown(environment: Mapping[str, str]) -> list[Text]:
    names = [variable.name for variable in VARIABLES]
    found = sorted(name for name in environment if name.startswith(PREFIX) and name not in names)
    ours = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
    near = [nearest(name.removeprefix(PREFIX), ours, PREFIX) for name in found]
    return [Message("settings.unknown", name=name, near=like) for name, like in zip(found, near, strict=True)]


def load(given: Mapping[str, Any] | None = None) -> Settings:
    """The settings in force. Raises SettingsError; a doubt is logged, once in a process."""
    reading = read(given)
    if reading.wrong:
        raise SettingsError(reading.wrong)
    for doubt in reading.doubts:
        if doubt not in _said:
            _said.add(doubt)
            log.warning("%s", doubt)
    return reading.settings


_said: set[Text] = set()


def apart(overrides: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a program hands over, by Flask's way of naming: values of settings, and keys of Flask and its extensions."""
    ours = {variable.field for variable in VARIABLES}
    named = {key: FLASK_NAMES.get(key, key.lower()) for key in overrides}
    given = {named[key]: value for key, value in overrides.items() if named[key] in ours}
    return given, {key: value for key, value in overrides.items() if named[key] not in ours}


def in_force() -> Settings:
    """Those of the running application; outside of one, what the environment says."""
    found: Settings | None = current_app._get_current_object().config.get("MINYI") if has_app_context() else None  # type: ignore[attr-defined]
    return found or load()
