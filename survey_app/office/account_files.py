"""Accounts from a workbook: one row per grant, checked whole, shown as changes, stored with one-time passwords.

A file adds accounts and grants and corrects names. It takes nothing away: who is missing from it stays as he is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from survey_app.files.tables_in import Change, Field, Line, Preview, Table, TableRefusedError
from survey_app.ground import audit, roles
from survey_app.ground.roles import ADMINISTRATOR
from survey_app.jobs.queue import Progress, Silent
from survey_app.models import Grant, User, db
from survey_app.people import accounts
from survey_app.people.accounts import add_account, add_grant, new_grant, said_of
from wording import Message

ROLE_WORDS = {
    "administrator": ("系统管理员", "管理员"),
    "manager": ("调查管理员", "survey manager"),
    "evaluator": ("评估员",),
    "department": ("部门",),
    "scorer": ("评分员",),
    "auditor": ("审计员",),
}
FIELDS = (
    Field("username", "用户名", "user name", "登录用，2至60个字，不含空格。同一人有几项权限就写几行", "for signing in, no spaces; one row for each grant of a person", True, ("账号", "account", "name")),
    Field("full_name", "姓名", "full name", "可不填", "may stay empty", False, ("名字",)),
    Field("role", "角色", "role", "系统管理员、调查管理员、评估员、部门、评分员、审计员之一", "administrator, manager, evaluator, department, scorer or auditor", True),
    Field("area", "地区", "area", "地区名称；不填为全市", "name of the area; empty for the whole city", False, ("县(市、区)", "所属地区")),
    Field("department", "部门", "department", "角色为“部门”时必填", "needed for the role department", False, ("单位", "所属部门")),
)  # fmt: skip
EXAMPLES = (
    ("zhangwei", "张伟", "评估员", "", ""),
    ("jiaotong", "李娜", "部门", "", "某局"),
    ("jiaxian", "王芳", "评估员", "甲县", ""),
    ("jiaxian", "王芳", "评分员", "甲县", ""),
)
MOST_NEW = 500  # accounts of one file: every password is hashed slowly on purpose


@dataclass
class Person:
    """What the file says about one account. user: the stored one, None for a new one."""

    name: str
    line: Line
    user: User | None
    full_name: str = ""
    grants: list[Grant] = field(default_factory=list)

    def added(self) -> list[Grant]:
        """The grants that are not there yet."""
        stored = [said_of(grant) for grant in self.user.grants] if self.user else []
        return [grant for grant in self.grants if said_of(grant) not in stored]


def preview(name: str, data: bytes) -> Preview:
    """What the file would do. Nothing is stored."""
    with db.session.no_autoflush:
        table, people = _read(name, data)
        return table.preview([_change(person) for person in people])


def store(name: str, data: bytes, progress: Progress | None = None) -> list[tuple[str, str, str]]:
    """Add accounts and grants: (user name, name, one-time password) of the new ones. The caller commits.

    Raises TableRefusedError; nothing is stored then.
    """
    told = progress or Silent()
    with db.session.no_autoflush:
        table, people = _read(name, data)
        refused = table.preview([]).faults
    if refused:
        raise TableRefusedError(refused)
    made = []
    for place, person in enumerate(people):
        told.tell(place, len(people), "正在建立账号", "making accounts")
        if person.user is None:
            user, password = add_account(person.name, person.full_name, person.grants)
            made.append((user.username or "", user.full_name, password))
            continue
        if person.full_name and person.full_name != person.user.full_name:
            before, person.user.full_name = person.user.full_name, person.full_name
            changed = ({"full_name": before}, {"full_name": person.full_name})
            audit.record("account.describe", f"account:{person.user.username}", *changed)
        for grant in person.added():
            add_grant(person.user, grant, f"导入 {name}"[:200])
    audit.record("account.import", f"file:{name}"[:120], after={"new": len(made), "people": len(people)})
    return made


def _read(name: str, data: bytes) -> tuple[Table, list[Person]]:
    table = Table.read(name, data, FIELDS)
    people: dict[str, Person] = {}
    for line in table.lines if not table.faults else ():
        _person(line, people)
    new = sum(person.user is None for person in people.values())
    if new > MOST_NEW:
        table.lines[0].fault("username", Message("office.most_new_accounts_time", most_new=MOST_NEW))
    return table, list(people.values())


def _person(line: Line, people: dict[str, Person]) -> None:
    name = line.text("username", accounts.LONGEST_NAME)
    wrong = accounts.wrong_name(name)
    if wrong:
        line.fault("username", wrong)
        return
    person = people.setdefault(name.lower(), Person(name, line, accounts.find(name)))
    if person.user is not None and not person.user.active and person.line is line:
        line.fault("username", Message("office.account_deactivated"))
    full_name = line.text("full_name", 80)
    if full_name and person.full_name and full_name != person.full_name:
        line.fault("full_name", Message("office.differs_from_row", person_line_number=person.line.number))
    person.full_name = person.full_name or full_name
    grant = _grant(line)
    if grant is None:
        return
    if any(said_of(grant) == said_of(other) for other in person.grants):
        line.fault("role", Message("office.same_grant_row_above"))
        return
    person.grants.append(grant)


def _grant(line: Line) -> Grant | None:
    """The grant of a row; None where anything is wrong with it, all of which is noted."""
    role, area, department = _role(line.text("role")), line.text("area"), line.text("department", 80)
    good = True
    if role not in roles.ROLES:
        line.fault("role", Message("office.no_role", role=role))
        good = False
    if area and accounts.area_called(area) is None:
        line.fault("area", accounts.no_area(area))
        good = False
    if role == "department" and not department:
        line.fault("department", Message("office.department_account_names_its"))
        good = False
    if role == ADMINISTRATOR and (area or department):
        line.fault("role", Message("office.administrator_no_area_no"))
        good = False
    if not good:
        return None
    try:
        return new_grant(role, area, department)
    except accounts.AccountError as error:
        line.fault("department", error.said)
        return None


def _role(said: str) -> str:
    plain = said.casefold()
    return next((role for role, words in ROLE_WORDS.items() if plain in (role, *words)), said)


def _change(person: Person) -> Change:
    added = [("grant", "", grant_in_words(grant)) for grant in person.added()]
    old = person.user.full_name if person.user else ""
    named = [("full_name", old, person.full_name)] if person.full_name and person.full_name != old else []
    fields = (*named, *added)
    return Change("add" if person.user is None else "change" if fields else "same", person.name, fields)


def grant_in_words(grant: Grant) -> str:
    """评估员 · 甲县 · 某局, as both languages read it."""
    place = grant.area.name if grant.area else "全市"
    return " · ".join(filter(None, (ROLE_WORDS[grant.role][0], place, grant.department)))
