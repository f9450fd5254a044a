"""Forms, passwords, waiting files, previews of workbooks and unfinished answers: one table instead of four.

Going up, everything still open is carried over and keeps its address. Going down, unfinished answers and waiting
files of interviews are forgotten: they stand under the hash of a key that only their holder has.

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

HOURS = {"form": 24, "passwords": 1, "accounts": 1}
WEEK = timedelta(days=7)


def upgrade() -> None:
    new = op.create_table(
        "kept_thing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{other}.id"], name=op.f(f"fk_kept_thing_{name}_{other}"), ondelete="CASCADE"
            )
            for name, other in (("user_id", "user_account"), ("survey_id", "survey"), ("site_id", "site"))
        ),
        sa.ForeignKeyConstraint(["digest"], ["stored_file.digest"], name=op.f("fk_kept_thing_digest_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_thing")),
        sa.UniqueConstraint("token", name=op.f("uq_kept_thing_token")),
    )
    for column in ("user_id", "survey_id", "site_id", "expires_at"):
        op.create_index(f"ix_kept_thing_{column}", "kept_thing", [column])
    bind = op.get_bind()
    for row in bind.execute(sa.select(WORKBOOK)).all():  # first, since their addresses have these numbers
        note = {"name": row.name} | ({"period": row.period} if row.period else {})
        _put(
            new, f"workbook {row.id}", row.kind, row.at, None if row.state == "stored" else row.at + WEEK,
            json.dumps(row.preview, ensure_ascii=False).encode(), id=row.id, digest=row.digest, by=row.by, note=note,
        )  # fmt: skip
    if bind.dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('kept_thing', 'id'), coalesce(max(id), 0) + 1) FROM kept_thing"
        )
    for row in bind.execute(sa.select(KEPT)).all():
        ends = row.created_at + timedelta(hours=HOURS[row.purpose])
        body, more = row.content.encode(), {"token": row.token, "user_id": row.user_id, "sealed": True}
        _put(new, "", row.purpose, row.created_at, ends, body, **more)
    for row in bind.execute(sa.select(WAITING)).all():
        note = {"name": row.name, "mode": row.mode}
        holder = {"survey_id": row.survey_id, "by": row.owner, "note": note}
        _put(new, row.key, "interviews", row.kept_at, row.kept_at + timedelta(hours=1), row.body, **holder)
    for row in bind.execute(sa.select(DRAFT)).all():
        given = [name.partition("__")[0] for name, values in row.answers.items() if any(values)]
        content = {"answers": row.answers, "started_at": row.started_at.isoformat()}
        body, note = json.dumps(content, ensure_ascii=False).encode(), {"question": given[-1] if given else ""}
        _put(
            new, row.submission_key, "draft", row.updated_at, row.updated_at + WEEK, body, site_id=row.site_id,
            note=note,
        )  # fmt: skip
    for table in (KEPT, WAITING, WORKBOOK, DRAFT):
        op.drop_table(table.name)


def downgrade() -> None:
    op.create_table(
        "kept",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_kept_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_kept")),
    )
    op.create_index("ix_kept_user_id", "kept", ["user_id"])
    op.create_table(
        "waiting_file",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], ondelete="CASCADE", name=op.f("fk_waiting_file_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_waiting_file")),
    )
    op.create_index("ix_waiting_file_kept_at", "waiting_file", ["kept_at"])
    op.create_table(
        "workbook_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("period", sa.String(16), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["period.code"], name=op.f("fk_workbook_import_period_period")),
        sa.ForeignKeyConstraint(["digest"], ["stored_file.digest"], name=op.f("fk_workbook_import_digest_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbook_import")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_key", sa.String(32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_draft_site_id_site"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_draft_submission_key")),
    )
    op.create_index("ix_draft_site_id", "draft", ["site_id"])
    op.create_index("ix_draft_updated_at", "draft", ["updated_at"])
    bind = op.get_bind()
    for row in bind.execute(sa.select(NEW)).all():
        if row.purpose in HOURS:
            values = {"token": row.token, "user_id": row.user_id, "purpose": row.purpose}
            bind.execute(sa.insert(KEPT).values(content=row.body.decode(), created_at=row.made_at, **values))
        elif row.purpose in ("values", "assignments"):
            state = "previewed" if row.expires_at else "stored"
            values = {"id": row.id, "kind": row.purpose, "period": row.note.get("period"), "digest": row.digest}
            values |= {"name": row.note["name"], "preview": json.loads(row.body), "state": state, "by": row.by}
            bind.execute(sa.insert(WORKBOOK).values(at=row.made_at, **values))
    if bind.dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('workbook_import', 'id'), coalesce(max(id), 0) + 1) FROM workbook_import"
        )
    op.drop_table("kept_thing")


def _put(table: sa.Table, key: str, purpose: str, made_at: Any, expires_at: Any, body: bytes, **more: Any) -> None:
    values = {"token": sha256(key.encode()).hexdigest(), "by": "", "note": {}, "sealed": False} | more
    values |= {"purpose": purpose, "made_at": made_at, "expires_at": expires_at, "body": body}
    op.get_bind().execute(sa.insert(table).values(values))


def _columns(text: str) -> list[Any]:
    kinds: dict[str, Any] = {"json": sa.JSON(), "at": UtcDateTime(), "body": sa.LargeBinary(), "": None}
    parts = [part.partition(":") for part in text.split()]
    return [sa.column(name, kinds[kind]) for name, _colon, kind in parts]


KEPT = sa.table("kept", *_columns("token user_id purpose content created_at:at"))
WAITING = sa.table("waiting_file", *_columns("key survey_id owner name mode body:body kept_at:at"))
WORKBOOK = sa.table("workbook_import", *_columns("id kind period digest name preview:json state by at:at"))
DRAFT = sa.table("draft", *_columns("submission_key site_id answers:json started_at:at updated_at:at"))
NEW = sa.table(
    "kept_thing", *_columns("id token purpose user_id digest by note:json body:body made_at:at expires_at:at")
)
