"""The SQLAlchemy handle, typed declarative base, and column types that both engines understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
    Document: TypeAlias = dict[str, Json]  # of whatever release stored it: `ground.stored` reads it
else:  # SQLAlchemy evaluates annotations, and knows no type that names itself
    Document = dict


class Base(DeclarativeBase):
    """Named constraints, so that migrations can drop them on every engine."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite would otherwise hand back naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment


def now() -> datetime:
    """The present moment in UTC: the default of every created_at column."""
    return datetime.now(UTC)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, with one engine, and so one pool of connections, for the applications of a process."""

    def join(self, app: Flask, first: Flask) -> None:
        """Let `app` use the engine of `first`, with sessions of its own."""
        with first.app_context():
            app.extensions["minyi_engines"] = self.engines
        app.extensions["sqlalchemy"] = self
        app.teardown_appcontext(lambda _error: self.session.remove())

    @property
    def engines(self) -> Mapping[str | None, Engine]:
        shared: Mapping[str | None, Engine] | None = current_app.extensions.get("minyi_engines")
        return super().engines if shared is None else shared

    @property
    def single(self) -> Engine:
        """The engine for what is one statement and needs no BEGIN and COMMIT around it, each a way to the server of PostgreSQL."""
        found: Engine | None = current_app.extensions.get("minyi_single")
        if found is None:
            apart = self.engine.dialect.name == "postgresql"
            found = self.engine.execution_options(isolation_level="AUTOCOMMIT") if apart else self.engine
            current_app.extensions["minyi_single"] = found
        return found


db = Database(model_class=Base)

if TYPE_CHECKING:  # Flask-SQLAlchemy types db.Model as Any, which would untype every column
    Model = Base
else:
    Model = db.Model
