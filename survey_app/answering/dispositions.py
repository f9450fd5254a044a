"""What may become of a sampled person: AAPOR's final dispositions (Standard Definitions, 10th edition, 2023).

The groups are AAPOR's: I interview, P partial interview, R refusal and break-off, NC no contact, O other eligible
non-interview, UH unknown whether the address holds a household, UO unknown otherwise, NE not eligible.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Disposition:
    """One code with its group and its name in both languages."""

    code: str
    group: str
    zh: str
    en: str


DISPOSITIONS = (
    Disposition("1.1", "I", "完成访问", "Complete interview"),
    Disposition("1.2", "P", "部分完成", "Partial interview"),
    Disposition("2.11", "R", "拒绝", "Refusal"),
    Disposition("2.12", "R", "中途退出", "Break-off"),
    Disposition("2.20", "NC", "未能联系上", "Non-contact"),
    Disposition("2.23", "NC", "进不了楼或小区", "Unable to enter the building"),
    Disposition("2.24", "NC", "无人在家", "No one at home"),
    Disposition("2.25", "NC", "本人外出或不便", "Respondent away or unavailable"),
    Disposition("2.30", "O", "其他未访原因", "Other"),
    Disposition("2.31", "O", "已去世", "Dead"),
    Disposition("2.32", "O", "身体或精神原因不能作答", "Physically or mentally unable"),
    Disposition("2.33", "O", "语言不通", "Language"),
    Disposition("3.11", "UH", "尚未联系", "Not attempted or worked"),
    Disposition("3.17", "UH", "无法到达或不安全", "Unable to reach, unsafe area"),
    Disposition("3.18", "UH", "地址找不到", "Unable to locate the address"),
    Disposition("3.19", "UH", "没有任何回音", "Nothing ever returned"),
    Disposition("3.20", "UO", "有住户，不知是否合格", "Household, unknown if eligible respondent"),
    Disposition("3.21", "UO", "未完成甄别", "No screener completed"),
    Disposition("3.90", "UO", "其他未知情况", "Other unknown"),
    Disposition("4.10", "NE", "不在抽样范围", "Out of sample"),
    Disposition("4.50", "NE", "非住宅", "Not a residence"),
    Disposition("4.60", "NE", "空置", "Vacant"),
    Disposition("4.70", "NE", "无合格被访者", "No eligible respondent"),
    Disposition("4.80", "NE", "配额已满", "Quota filled"),
)
BY_CODE = {disposition.code: disposition for disposition in DISPOSITIONS}
GROUPS = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
INTERVIEWS = ("I", "P")
COMPLETE, NOT_ELIGIBLE, NOTHING_KNOWN = "1.1", "4.70", "3.19"


def group_of(code: str) -> str:
    """The group of a stored code; an empty one is a person of whom nothing has been heard."""
    return BY_CODE[code or NOTHING_KNOWN].group


def read_disposition(cell: str) -> str | None:
    """A code, or a name in either language; 1.10 and 2.2 are read as spreadsheets leave them. None: there is none such."""
    wanted = cell.strip().casefold()
    for each in DISPOSITIONS:
        if wanted in (each.code, each.zh.casefold(), each.en.casefold(), f"{each.code} {each.zh}".casefold()):
            return each.code
    short = {code.rstrip("0"): code for code in BY_CODE if code.endswith("0")}
    return (short | {"1.10": "1.1", "1.20": "1.2", "1": "1.1"}).get(wanted)
