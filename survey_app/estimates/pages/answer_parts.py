"""The answers to every question as a page, a workbook and an annex say them: a number, a picture, and tables to fold out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from analysis.documents.questions import AnswerRow, BannerDocument, NumberKind, NumberRow, QuestionDocument
from questionnaires.items import Item
from survey_app.console.figures import Figure
from survey_app.console.tables import Column, Table, shown
from survey_app.console.words import english
from survey_app.drawing.charts import Row
from survey_app.estimates import charts_answers
from survey_app.estimates.answers_shown import ShownAnswers
from survey_app.estimates.names import question_missing_names
from survey_app.estimates.pages.named import Named

SHARES = ("satisfied", "first")
ORDER = ("group", "part", "answer", "n", "estimate", "se", "lower", "upper", "value_estimate", "value_se", "value_lower",
         "value_upper", "df", "p_holm")  # fmt: skip
SIGNS = {True: " ▲", False: " ▼"}  # above, below all other groups


@dataclass(frozen=True)
class Part:
    """One question. lead: its number in words; size: who answered, and why others did not; table: every figure;
    banner: answers by group, None where nothing is told apart; tested: the test that answers do not depend on the group."""

    key: str
    title: str
    lead: str
    size: str
    figure: Figure | None
    table: Table
    banner: Table | None = None
    tested: str = ""


@dataclass(frozen=True)
class _Asked:
    """The columns of one question as they may be shown, with their banners in the same order."""

    items: Sequence[Item]
    questions: Sequence[QuestionDocument]
    banners: Sequence[BannerDocument]
    language: str = field(default_factory=lambda: "en" if english() else "zh")

    @property
    def type(self) -> str:
        return self.items[0].question.type

    def label(self, item: Item) -> str:
        """Of a column among those of its question."""
        return item.part_words(self.language)

    def level(self, item: Item, level: str) -> str:
        return item.part_words(self.language) if item.kind == "chosen" else item.level_words(level, self.language)


def parts_of(found: ShownAnswers, named: Named) -> list[Part]:
    """Every question in the questionnaire's order."""
    banners = {one["name"]: one for one in found.banners}
    by_question: dict[str, list[QuestionDocument]] = {}
    for question in found.questions:
        if question["name"] in named.items:
            by_question.setdefault(named.items[question["name"]].question.key, []).append(question)
    return [
        _part(
            _Asked(
                [named.items[one["name"]] for one in questions],
                questions,
                [banners[one["name"]] for one in questions if one["name"] in banners],
            ),
            named,
            found.column,
        )
        for questions in by_question.values()
    ]


def long_table(parts: Iterable[Part]) -> Table:
    """Every figure of every question, one a row: what leaves as CSV."""
    parts = list(parts)
    known = {column.key: column for part in parts for column in part.table.columns}
    columns = [Column("question", _("问题")), *(known[key] for key in ORDER if key in known)]
    return _table(
        "answers", _("各题结果"), columns, ({"question": p.title, **row} for p in parts for row in p.table.rows)
    )


def number_name(kind: NumberKind, at: float | None) -> str:
    names = {
        "mean": _("均值"), "net": _("净推荐值"), "satisfied": _("满意"), "first": _("排在第一"), "quantile": _("分位数"),
    }  # fmt: skip
    return f"{names[kind]} {at:.0%}" if at is not None else str(names[kind])


def _part(asked: _Asked, named: Named, column: str) -> Part:
    question, key = asked.items[0].question, asked.items[0].question.key
    table = _table(
        f"answers-{key}", question.text[asked.language], _columns(asked, column, named), _rows(asked, named, column)
    )
    return Part(
        key, question.text[asked.language], _lead(asked), _size(asked.questions[0], asked), _figure(asked, table), table,
        _banner(asked, named, column), _tested(asked),
    )  # fmt: skip


def _table(name: str, caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Table:
    """Without the columns that no row has anything in; every row has the others."""
    found = list(rows)
    kept = [column for column in columns if any(row.get(column.key) not in (None, "") for row in found)]
    return Table(name, caption, kept, [{column.key: row.get(column.key) for column in kept} for row in found])


def _figures(row: AnswerRow | NumberRow, shares: bool) -> Row:
    """A row's figure in the columns of shares, or of numbers."""
    prefix = "" if shares else "value_"
    return {f"{prefix}{key}": row[key] for key in ("estimate", "se", "lower", "upper")}


def _columns(asked: _Asked, column: str, named: Named) -> list[Column]:
    return [
        *([Column("group", named.column(column))] if asked.banners else []),
        *([Column("part", _("选项") if asked.type == "ranking" else _("项目"))] if asked.type in ("matrix", "ranking") else []),
        Column("answer", _("回答")), Column("n", "n", "number"), Column("estimate", _("比例"), "share"),
        Column("se", _("标准误"), "share"), Column("lower", _("下限"), "share"), Column("upper", _("上限"), "share"),
        Column("value_estimate", _("数值"), "fine"), Column("value_se", _("数值的标准误"), "fine"),
        Column("value_lower", _("数值下限"), "fine"), Column("value_upper", _("数值上限"), "fine"),
        Column("df", _("自由度"), "number"), Column("p_holm", _("与其余组之差 p(Holm)"), "p"),
    ]  # fmt: skip


def _rows(asked: _Asked, named: Named, column: str) -> Iterator[Row]:
    """All first, then group by group."""
    yield from _of_group(asked, asked.questions, _("全部"), {})
    for place, level in enumerate(asked.banners[0]["levels"] if asked.banners else ()):
        marks = {
            (one["name"], mark["level"]): mark["p_holm"]
            for one in asked.banners
            for mark in one["marks"]
            if mark["group"] == level
        }
        yield from _of_group(asked, [one["groups"][place] for one in asked.banners], named.level(column, level), marks)


def _of_group(
    asked: _Asked, questions: Sequence[QuestionDocument], group: str, marks: Mapping[tuple[str, str], float | None]
) -> Iterator[Row]:
    for item, question in zip(asked.items, questions, strict=True):
        same = {"group": group, "part": asked.label(item), "df": question["df"]}
        for row in question["answers"]:
            p = marks.get((item.name, row["level"]))
            yield {**same, "answer": asked.level(item, row["level"]), "n": row["n"], **_figures(row, True), "p_holm": p}
        for number in question["numbers"]:
            share = number["kind"] in SHARES
            name = number_name(number["kind"], number["at"])
            yield {**same, "answer": name, "n": question["n"], **_figures(number, share)}
        if item.kind in ("chosen", "place") and item is not asked.items[-1]:
            continue  # they were left open together
        for kind, number_of in question["missing"].items():
            yield {**same, "answer": question_missing_names()[kind], "n": number_of}
        if item.kind in ("written", "date"):
            yield {**same, "answer": _("作答"), "n": question["n"]}


def _size(question: QuestionDocument, asked: _Asked) -> str:
    """n, and the others by kind; of a matrix each row has its own, in the table."""
    if asked.type == "matrix":
        sizes = [one["n"] for one in asked.questions if one["n"] is not None]
        told = [f"n = {min(sizes):,}–{max(sizes):,}"] if sizes else []
        rated = any(row["kind"] == "satisfied" for one in asked.questions for row in one["numbers"])
        return str(_("；")).join([*told, *([_("右侧数字为作了评价的人中满意的比例")] if rated else [])])
    n = "–" if question["n"] is None else f"{question['n']:,}"
    names = question_missing_names()
    told = [f"{names[kind]} {'–' if number is None else f'{number:,}'}" for kind, number in question["missing"].items()]
    fixed = [
        row for row in question["answers"] if row["estimate"] is not None and 0 < row["estimate"] < 1 and row["se"] == 0
    ]
    known = [_("由校准用的人口结构给定，没有抽样误差")] if fixed else []
    return str(_("；")).join([f"n = {n}", *told, *known])


def _lead(asked: _Asked) -> str:
    """What a reader came for: the share satisfied, the net score, the mean, or the answer that most gave."""
    question = asked.questions[0]
    numbers = {row["kind"]: row for row in question["numbers"] if row["kind"] != "quantile"}
    if asked.type == "matrix":
        return ""
    for kind in ("satisfied", "net", "mean"):
        if kind in numbers and asked.type != "ranking":
            return f"{number_name(kind, None)} {_worded(numbers[kind])}"
    rows = [
        (name, row["estimate"], _share(row))
        for item, one in zip(asked.items, asked.questions, strict=True)
        for name, row in _told(asked, item, one)
        if row["estimate"] is not None
    ]
    if rows:
        name, _estimate, told = max(rows, key=lambda row: row[1])
        return str(_("最多：%(answer)s", answer=f"{name} {told}"))
    if question["n"] is None or asked.items[0].kind not in ("written", "date"):
        return ""
    return str(_("%(n)s份写了", n=f"{question['n']:,}"))


def _told(asked: _Asked, item: Item, question: QuestionDocument) -> Iterator[tuple[str, AnswerRow | NumberRow]]:
    """What of a column may be the largest: its answers, or of an option that was ranked how many put it first."""
    if asked.type == "ranking":
        yield from ((asked.label(item), row) for row in question["numbers"] if row["kind"] == "first")
    else:
        yield from ((asked.level(item, row["level"]), row) for row in question["answers"])


def _share(row: AnswerRow | NumberRow) -> str:
    """A share with its interval, where it has one."""
    text = shown(row["estimate"], "share")
    if row["lower"] in (None, row["estimate"]):
        return text
    return f"{text} ({shown(row['lower'], 'share')} – {shown(row['upper'], 'share')})"


def _worded(row: NumberRow) -> str:
    if row["kind"] in SHARES:
        return _share(row)
    scale, sign, digits = (100, "+", 1) if row["kind"] == "net" else (1, "", 2)
    values = [row[key] for key in ("estimate", "lower", "upper")]
    told = ["–" if value is None else f"{value * scale:{sign}.{digits}f}" for value in values]
    return told[0] if values[1] is None else f"{told[0]} ({told[1]} – {told[2]})"


def _figure(asked: _Asked, table: Table) -> Figure | None:
    title, name = asked.items[0].question.text[asked.language], f"q-{asked.items[0].question.key}"
    if asked.type == "matrix":
        svg = _matrix(asked)
    elif asked.type == "recommend":
        svg = _scores(asked)
    else:
        bars = _bars(asked)
        svg = charts_answers.answers_chart(bars) if bars else ""
    return Figure(name, title, svg) if svg else None


def _bars(asked: _Asked) -> list[Row]:
    rows: list[Row] = []
    for item, question in zip(asked.items, asked.questions, strict=True):
        if asked.type == "ranking":
            numbers = {row["kind"]: row for row in question["numbers"]}
            first, mean = numbers.get("first", _NOTHING), numbers.get("mean", _NOTHING)
            place = "" if mean["estimate"] is None else _(" · 平均名次 %(mean)s", mean=f"{mean['estimate']:.2f}")
            rows.append(_bar(asked.label(item) + place, first))
        else:
            rows += [_bar(asked.level(item, row["level"]), row) for row in question["answers"]]
    multiple = asked.type in ("multiple", "ranking")
    return sorted(rows, key=lambda row: -(row["estimate"] or 0.0)) if multiple else rows


_NOTHING: NumberRow = {"kind": "mean", "at": None, "estimate": None, "se": None, "lower": None, "upper": None}


def _bar(name: str, row: AnswerRow | NumberRow) -> Row:
    limits = {key: row[key] for key in ("estimate", "lower", "upper")}
    return {"name": name, "text": shown(row["estimate"], "share"), **limits}


def _matrix(asked: _Asked) -> str:
    levels = list(dict.fromkeys(row["level"] for question in asked.questions for row in question["answers"]))
    answers = [asked.level(asked.items[0], level) for level in levels]
    rows: list[Row] = []
    for item, question in zip(asked.items, asked.questions, strict=True):
        satisfied = next((row for row in question["numbers"] if row["kind"] in ("satisfied", "mean")), None)
        text = "–" if satisfied is None else _worded(satisfied).partition(" (")[0]
        shares = {row["level"]: row["estimate"] for row in question["answers"]}
        rows.append({"name": asked.label(item), "text": text, "shares": [shares.get(level) for level in levels]})
    return charts_answers.matrix_chart(rows, answers) if answers else ""


def _scores(asked: _Asked) -> str:
    words = {
        "axis": _("0为完全不可能，10为非常可能"),
        "detractors": _("0–6 不推荐"),
        "passives": _("7–8 中间"),
        "promoters": _("9–10 推荐"),
    }
    rows: list[Row] = [
        {
            **{key: row[key] for key in ("estimate", "lower", "upper")}, "name": row["level"],
            "side": words["promoters" if int(row["level"]) > 8 else "passives" if int(row["level"]) > 6 else "detractors"],
        }
        for row in asked.questions[0]["answers"]
    ]  # fmt: skip
    return charts_answers.scores_chart(rows, words) if rows else ""


def _banner(asked: _Asked, named: Named, column: str) -> Table | None:
    """Answers down, groups across; a sign where a group differs from all others together, family-wise."""
    if not asked.banners:
        return None
    levels = asked.banners[0]["levels"]
    columns = [Column("answer", _("回答")), Column("all", _("全部"))]
    columns += [Column(f"g{place}", named.level(column, level)) for place, level in enumerate(levels)]
    rows: list[Row] = [
        {"answer": "n", **_across(asked.questions[0]["n"], [one["n"] for one in asked.banners[0]["groups"]], "number")}
    ]
    for item, question, one in zip(asked.items, asked.questions, asked.banners, strict=True):
        marks = {(mark["level"], mark["group"]): mark for mark in one["marks"]}
        label = asked.label(item) if asked.type in ("matrix", "ranking") else ""
        if not (asked.type == "matrix" and question["numbers"]):
            for place, row in enumerate(question["answers"]):
                signs = []
                for level in levels:
                    mark = marks.get((row["level"], level))
                    signs.append(SIGNS[(mark["difference"] or 0) > 0] if mark and mark["differs"] else "")
                own = [_answer(group, place) for group in one["groups"]]
                rows.append(
                    {"answer": asked.level(item, row["level"]), **_across(row["estimate"], own, "share", signs)}
                )
        for number in question["numbers"]:
            name = number_name(number["kind"], number["at"])
            own = [_number(group, number) for group in one["groups"]]
            kind = "share" if number["kind"] in SHARES else "fine"
            rows.append({"answer": f"{label} {name}".strip(), **_across(number["estimate"], own, kind)})
    return Table(f"by-{asked.items[0].question.key}", asked.items[0].question.text[asked.language], columns, rows)


def _answer(group: QuestionDocument, place: int) -> float | None:
    return group["answers"][place]["estimate"] if place < len(group["answers"]) else None


def _number(group: QuestionDocument, like: NumberRow) -> float | None:
    same = (row["estimate"] for row in group["numbers"] if (row["kind"], row["at"]) == (like["kind"], like["at"]))
    return next(same, None)


def _across(whole: Any, groups: Sequence[Any], kind: Any, signs: Sequence[str] = ()) -> Row:
    told = {f"g{place}": shown(value, kind) + (signs[place] if signs else "") for place, value in enumerate(groups)}
    return {"all": shown(whole, kind), **told}


def _tested(asked: _Asked) -> str:
    """Of a question with one column; of several columns each has its own in the table that leaves."""
    tested = [one for one in asked.banners if one["p"] is not None and one["F"] is not None]
    if len(asked.banners) != 1 or not tested:
        return ""
    one = tested[0]
    return f"Rao–Scott F({one['ndf']:.1f}, {one['ddf']:.1f}) = {one['F']:.2f}, p = {shown(one['p'], 'p')}, p(Holm) = {shown(one['p_holm'], 'p')}"
