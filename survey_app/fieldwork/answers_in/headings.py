"""The columns of another tool's table: which tool made it, what each column holds, and which name a person and stay out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from survey_app.answering.personal_numbers import found_in
from survey_app.fieldwork.answers_in.targets import Targets
from survey_app.files.headed import plain

WJX, KOBO, OTHER = "wjx", "kobo", "other"
NAMES = {WJX: "问卷星", KOBO: "KoboToolbox", OTHER: ""}
ROLES = ("@key", "@finished", "@seconds", "@started", "@site", "@invitation")
LEFT = ""  # not read
OF_TOOL: dict[str, dict[str, str]] = {
    WJX: {
        "序号": "@key", "提交答卷时间": "@finished", "所用时间": "@seconds", "来源": LEFT, "总分": LEFT, "答题时长": "@seconds",
    },
    KOBO: {
        "_uuid": "@key", "start": "@started", "end": "@finished", "_submission_time": LEFT, "_validation_status": "@status",
        "_id": LEFT, "_notes": LEFT, "_status": LEFT, "_tags": LEFT, "_index": LEFT, "__version__": LEFT, "today": LEFT,
        "formhub/uuid": LEFT, "meta/instanceid": LEFT, "meta/instancename": LEFT, "meta/rootuuid": LEFT, "_attachments": LEFT,
        "_xform_id_string": LEFT, "_bamboo_dataset_id": LEFT, "audit": LEFT,
    },
}  # fmt: skip
INSTEAD = {"@key": ("_id",), "@finished": ("_submission_time",)}  # of Kobo, where a form keeps neither _uuid nor end
_WHO = re.compile(
    r"来源详情|来自ip|ip地址|ip|姓名|名字|称呼|手机|手机号码?|电话|电话号码|联系电话|联系方式|微信|微信号|微信昵称|昵称|openid|unionid|qq号?"
    r"|身份证|身份证号码?|证件号码?|邮箱|电子邮箱|地址|家庭住址|详细地址|住址|学号|工号|地理位置|定位|用户名|用户id|name|fullname|phone"
    r"|telephone|mobile|phonenumber|email|e-mail|address|deviceid|imei|subscriberid|simserial|simid|username|_submitted_by"
    r"|_?geolocation|gps|location|.*_(?:latitude|longitude|altitude|precision)"
)
_ASKING = re.compile(
    r"^\s*\d+\s*[、.．:：]\s*|^(?:请(?:填写|输入|留下|提供))?(?:您|你)?的?|[是为]?(?:什么|多少)?[?？:：*\s]*$"
)
_ASIDE = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


@dataclass(frozen=True)
class Column:
    """A column of the file. target: a role, a field, `key=code`; LEFT where it is not read, None where somebody has to say.

    why: personal | tool | number (matched by the question's number alone) | chosen | words | doubled | ''.
    """

    place: int
    heading: str
    target: str | None
    why: str = ""

    @property
    def open(self) -> bool:
        """Whether a person has to say, or to confirm, what it holds."""
        return self.target is None or self.why == "number"


def tool_of(headings: Sequence[str]) -> str:
    """Which tool exported a table with these headings."""
    said = {plain(heading) for heading in headings}
    if {"序号", "提交答卷时间"} <= said:
        return WJX
    return KOBO if said & {"_uuid", "_submission_time", "_validation_status"} else OTHER


def known_headings(targets: Targets) -> set[str]:
    """Headings by which the table is found in its sheet, as `plain` makes them."""
    of_tools = {heading for columns in OF_TOOL.values() for heading in columns}
    texts = {plain(words) for question in targets.asked for words in (question.key, question.text.zh, question.text.en)}
    return of_tools | texts


def columns_of(headings: Sequence[str], targets: Targets, chosen: dict[str, str]) -> list[Column]:
    """What each column holds; chosen: by heading, from the mapping, as far as the questionnaire still has it."""
    tool = tool_of(headings)
    of_tool = dict(OF_TOOL.get(tool, {}))
    said = {plain(heading) for heading in headings}
    for role, others in INSTEAD.items() if tool == KOBO else ():
        if not any(of_tool.get(heading) == role for heading in said):
            of_tool |= dict.fromkeys(others, role)
    places = {heading.removesuffix("_latitude").strip("_") for heading in said if heading.endswith("_latitude")}
    found, met = [], Counter[str]()
    for place, heading in enumerate(map(str.strip, headings)):
        if heading:
            met[heading] += 1
            name = heading if met[heading] == 1 else f"{heading} ({met[heading]})"
            found.append(replace(_column(place, heading, of_tool, targets, chosen, places, name), heading=name))
    return list(_once(found))


def _column(
    place: int, heading: str, of_tool: dict[str, str], targets: Targets, chosen: dict[str, str], places: set[str], name: str,
) -> Column:  # fmt: skip
    named = plain(heading)
    personal = is_personal(heading) or named.split("/")[-1] in places
    before = chosen.get(name)
    if (
        before is not None
        and (before in (LEFT, *ROLES) or before in targets.all)
        and not (personal and before not in (LEFT, "@invitation"))
    ):
        return Column(place, heading, before, "personal" if personal and before == LEFT else "chosen")
    if named in of_tool:
        return Column(place, heading, of_tool[named], "tool")
    target, sure = targets.meant_by(heading)
    if target is not None and sure:
        return Column(place, heading, target, "words")
    if personal:
        return Column(place, heading, LEFT, "personal")
    return Column(place, heading, target, "number" if target else "")


def is_personal(heading: str) -> bool:
    """Whether a column of this heading names a person, a device or a place on earth; an address in a heading too."""
    said = plain(_ASIDE.sub("", heading)).split("/")[-1]
    for _ in range(3):
        said = _ASKING.sub("", said)
    return bool(_WHO.fullmatch(said) or found_in(heading))


def _once(columns: Sequence[Column]) -> Iterator[Column]:
    """No target twice; of a multiple choice the columns of its options are read, which need no splitting, not the whole."""
    split = {column.target.partition("=")[0] for column in columns if column.target and "=" in column.target}
    taken: set[str] = set()
    for column in columns:
        if column.target in split:
            yield replace(column, target=LEFT, why="doubled")
        elif column.target and column.target in taken:
            yield replace(column, target=None, why="")
        else:
            yield column
            taken |= {column.target} if column.target else set()
