"""The questionnaire editor's words for the format's keys, types and comparisons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from questionnaires.legal import LABELS as MARKS
from survey_app.ground.language import language

TYPES = {
    "single": _("单选"), "multiple": _("多选"), "scale": _("量表"), "matrix": _("矩阵"), "dropdown": _("下拉选择"),
    "ranking": _("排序"), "recommend": _("推荐度0–10"), "number": _("数字题"), "date": _("日期"), "short_text": _("短文字"),
    "long_text": _("长文字"), "statement": _("说明文字"),
}  # fmt: skip
LABELS = {
    "id": _("问卷编号"), "version": _("版本"), "title": _("标题"), "organiser": _("主办单位"), "consent": _("知情同意"),
    "consent.version": _("告知书版本"), "text": _("文字"), "columns": _("用于抽样和分组的题"), "columns.measure": _("官方满意度"), "columns.home_county": _("居住县区"),
    "columns.sex": _("性别"), "columns.age_band": _("年龄段"), "screened_out": _("不符合条件时说的话"), "thanks": _("结束时的感谢"),
    "pages": _("分页"), "screens": _("提前结束"), "quotas": _("配额"), "limit": _("最多份数"), "message": _("说的话"), "when": _("条件"),
    "minors": _("年龄限制"), "minors.question": _("看哪道题"), "minors.under": _("不够年龄的选项代码，或最低年龄"), "contradictions": _("前后矛盾"),
    "legal": _("法定标识"), "legal.approved": _("获批内容的摘要"),
    "key": _("代码"), "code": _("代码"), "type": _("题型"), "help": _("题下说明"), "options": _("各选项"), "options_from": _("选项来自"),
    "rows": _("各行"), "required": _("必答"), "soft_required": _("未答时再问一次"), "show_if": _("显示条件"), "screen_out": _("选了就结束"),
    "attention": _("认真作答的选项"), "faces": _("配表情"), "random_options": _("选项随机排列"), "random_rows": _("各行随机排列"), "minimum": _("最小"),
    "maximum": _("最大"), "whole": _("只要整数"), "earliest": _("最早(日期或 today)"), "latest": _("最晚(日期或 today)"), "min_length": _("最少字数"),
    "max_length": _("最多字数"), "pattern": _("格式(正则表达式)"), "pattern_hint": _("格式不符时的提示"), "min_choices": _("最少选几项"),
    "max_choices": _("最多选几项"), "exclusive": _("选它就不能选别的"), "other": _("可另填文字"), "fixed": _("随机时不动"), "missing": _("算作没有回答"),
    "indicators": _("对应指标号"), "page": _("从这里另起一页"), "random": _("随机组名(同名的相邻部分随机排列)"),
}  # fmt: skip
CHOICES = {
    "home_areas": _("本市县区"), "one": _("全部一页"), "sections": _("一部分一页"), "questions": _("一题一页"), "dont_know": _("不知道"),
    "refused": _("不愿回答"), "not_used": _("没有用过"), **TYPES,
}  # fmt: skip
OPERATORS = {
    "in": _("是其中之一"), "not in": _("不是其中之一(含未答)"), "equals": _("等于"), "not equals": _("不等于(含未答)"),
    "not_equals": _("答了别的"), "not not_equals": _("不是答了别的"), "at_least": _("不小于"), "not at_least": _("小于(含未答)"),
    "at_most": _("不大于"), "not at_most": _("大于(含未答)"), "answered": _("已回答"), "not answered": _("没有回答"),
    "contains": _("选了"), "not contains": _("没有选"), "count_at_least": _("至少选了几项"), "not count_at_least": _("不足几项(含未答)"),
    "count_at_most": _("至多选了几项"), "not count_at_most": _("多于几项(含未答)"), "before": _("早于"), "not before": _("不早于(含未答)"),
    "after": _("晚于"), "not after": _("不晚于(含未答)"),
}  # fmt: skip
MAIN = {  # what stands open on a form; the rest is folded
    "about": ("title", "organiser", "id", "version", "consent", "screened_out", "thanks"),
    "section": ("title", "page"),
    "question": ("text", "rows", "options", "help", "required", "soft_required", "key", "type"),
}


def label(name: str) -> str:
    """What a control is called: by the key alone, or with what it stands in where that changes its meaning."""
    parts = [part for part in name.split(".") if not part.isdecimal()]
    if parts[0] == "legal" and parts[-1] in MARKS:
        return MARKS[parts[-1]][language()]
    return str(LABELS.get(".".join(parts[-2:])) or LABELS.get(parts[-1], parts[-1]))
