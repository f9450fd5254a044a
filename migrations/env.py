"""Alembic's entry: runs the revisions on the engine the application hands over."""

from alembic import context
from sqlalchemy import Engine

from survey_app.models import db

engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
