"""Accounts from a workbook in the console: check, look, confirm; the one-time passwords leave as a file, once."""

from __future__ import annotations

import csv
import io

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey_app.console.forms import unsent
from survey_app.console.frame import bp
from survey_app.console.jobs import RESULT_PAGES, started
from survey_app.console.permissions import ADMINISTER
from survey_app.console.tables import Column, Table
from survey_app.documents.spreadsheets import XLSX, harmless
from survey_app.files.tables_in import Preview, template_csv, template_xlsx
from survey_app.ground import keeping
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.jobs import queue
from survey_app.office import account_files
from survey_app.office.pages.forms import AccountFileForm, ConfirmForm

LARGEST = 1024 * 1024  # bytes
RESULT_PAGES["accounts"] = lambda token: url_for("console.accounts_done", token=token)


@bp.page("/accounts/import", "导入账号", ADMINISTER)
def accounts_import() -> str:
    return _page()


@bp.page("/accounts/import/template.<ending>", "下载账号空白表", ADMINISTER)
def accounts_template(ending: str) -> Response:
    """A blank table with examples, and what to write in each column."""
    make = {"xlsx": (template_xlsx, XLSX), "csv": (template_csv, "text/csv; charset=utf-8")}
    if ending not in make:
        abort(404)
    write, content_type = make[ending]
    headers = {"Content-Disposition": f"attachment; filename=accounts.{ending}"}
    return Response(write(account_files.FIELDS, account_files.EXAMPLES), content_type=content_type, headers=headers)


@bp.action("/accounts/import", "检查账号文件", ADMINISTER)
@takes_files(LARGEST)
def accounts_check() -> str | tuple[str, int]:
    """Every mistake of the file, or what it would change; nothing is stored yet."""
    form = AccountFileForm()
    if not form.validate():
        return _page(form=form), 422
    file = form.file.data
    data = file.read()
    found = account_files.preview(file.filename, data)
    if found.faults:
        return _page(found, file.filename), 422
    kept = {"name": file.filename, "data": data.hex()}
    with transaction():
        token = keeping.keep(keeping.ACCOUNTS, kept, user_id=current_user.id)
    return _page(found, file.filename, token)


@bp.action("/accounts/import/confirm", "确认导入账号", ADMINISTER)
def accounts_store() -> BaseResponse:
    """Make what was shown, as a background job: passwords are hashed slowly on purpose."""
    token = ConfirmForm().token.data or ""
    if keeping.look(keeping.ACCOUNTS, token, user_id=current_user.id) is None:
        flash(_("文件已不在，请重新选择。"), "error")
        return redirect(url_for("console.accounts_import"))
    arguments = {"kept": token, "user": current_user.id}
    return started(queue.enqueue("accounts", arguments, current_user.username or ""))


@bp.page("/accounts/import/done/<token>", "账号导入结果", ADMINISTER)
def accounts_done(token: str) -> str:
    made = keeping.look(keeping.PASSWORDS, token, user_id=current_user.id)
    return render_template("office/accounts_done.html", made=made, token=token, demo=False)


@bp.action("/accounts/import/done/<token>", "下载一次性密码", ADMINISTER)
def accounts_passwords(token: str) -> BaseResponse:
    """The one-time passwords as a file; afterwards they are nowhere."""
    with transaction():
        made = keeping.take(keeping.PASSWORDS, token, user_id=current_user.id)
    if not made:
        flash(_("一次性密码已经下载过，或者已过一小时。请为需要的账号重置密码。"), "error")
        return redirect(url_for("console.accounts_page"))
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_("用户名"), _("姓名"), _("一次性密码")])
    writer.writerows([harmless(cell) for cell in row] for row in made)
    headers = {"Content-Disposition": "attachment; filename=one-time-passwords.csv"}
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _page(found: Preview | None = None, name: str = "", token: str = "", form: AccountFileForm | None = None) -> str:
    columns = [Column("row", _("行"), "number"), Column("column", _("列")), Column("message", _("问题"))]
    rows = [
        {"row": fault.row or None, "column": fault.column, "message": str(fault)}
        for fault in (found.faults if found else ())
    ]
    return render_template(
        "office/accounts_import.html",
        form=form or unsent(AccountFileForm),
        found=found,
        name=name,
        token=token,
        faults=Table("faults", _("要改正的地方"), columns, rows),
        notes=[str(note) for note in (found.notes if found else ())],
        fields=account_files.FIELDS,
        demo=False,
    )
