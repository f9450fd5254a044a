"""A client of the application that holds pages to their promise: who writes something commits it."""

from __future__ import annotations

from typing import Any

from flask import g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from survey_app.models import db

WROTE = "wrote"


class PhoneClient(FlaskClient):
    """Every request starts afresh, as in production, though the test keeps a context and with it a session open.

    What the test itself did by calling use cases is stored before, as their page or command would have done. A page
    that wrote and did not commit fails the test: in production its words would be lost. A file that is streamed is read
    to its end, as by a browser; left half read it would end in the middle of a later request.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)
        if not has_app_context():
            return super().open(*args, **kwargs)
        for name in list(g):
            g.pop(name)
        if db.session.info.get(WROTE) or db.session.new or db.session.dirty or db.session.deleted:
            db.session.commit()
        db.session.rollback()
        reply = super().open(*args, **kwargs)
        lost = db.session.info.pop(WROTE, False) and reply.status_code < 400
        db.session.rollback()
        assert not lost, f"{reply.request.method} {reply.request.path} wrote something and did not commit it"
        return reply


@event.listens_for(db.session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    session.info[WROTE] = True


@event.listens_for(db.session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info[WROTE] = True


@event.listens_for(db.session, "after_transaction_end")
def _ended(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(WROTE, None)
