"""Background work of the office: accounts from a file, a check of the whole audit trail."""

from __future__ import annotations

from survey_app.files.tables_in import TableRefusedError
from survey_app.ground import keeping
from survey_app.jobs.queue import Arguments, Progress, job
from survey_app.models import User, db
from survey_app.office import account_files, audit_checks
from survey_app.people.accounts import AccountError


@job("accounts", "导入账号", "Import accounts", refusals=(AccountError, TableRefusedError))
def import_accounts(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"kept": token of the file, "user": id of who asked}. The passwords wait for that person alone."""
    user = db.session.get_one(User, arguments["user"])
    kept = keeping.take(keeping.ACCOUNTS, str(arguments["kept"]), user_id=user.id)
    if kept is None:
        raise AccountError("office.file_no_longer_send")
    made = account_files.store(kept["name"], bytes.fromhex(kept["data"]), progress)
    return f"accounts:{keeping.keep(keeping.PASSWORDS, made, user_id=user.id)}"


@job("audit", "核对全部审计记录", "Check the whole audit trail")
def check_audit(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"by": name, "upto": number of entries}. A whole check."""
    return f"audit:{audit_checks.check_all(str(arguments['by']), progress).id}"
