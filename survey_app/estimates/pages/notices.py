"""What a reader must know of an estimate, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from analysis.documents import EstimateDocument
from survey_app.estimates.pages.reasons import said
from survey_app.estimates.pages.words import domain_name


def notices_in_words(result: EstimateDocument) -> list[str]:
    """A sentence for each notice; of a result that kept none but texts, those texts."""
    return [_words(notice["key"], notice["params"]) or said(notice["text"]) for notice in result["notices"]]


def _words(key: str, params: Mapping[str, str | int | float]) -> str:
    if key == "margin_scaled":
        margins = {name: domain_name(str(params[name])) for name in ("margin", "first")}
        return str(
            _(
                "“%(margin)s”的总数与“%(first)s”不同，已按%(factor)s倍调整。",
                factor=f"{params['factor']:.6g}",
                **margins,
            )
        )
    if key == "few_respondents":
        return str(
            _("无应答调整的一类(%(named)s)只有%(n)s份应答。", named=params["named"], n=f"{params['respondents']:g}")
        )
    words = {
        "open_answers": _("开放扫码的回答不是概率样本，标准误只反映点位之间的差异，不能代表未参与的人。"),
        "one_sided": _("所有人都满意或都不满意，区间是按样本量计算的精确区间。"),
        "few_df": _("自由度只有%(df)s，区间不可靠。", df=params.get("df")),
        "no_answers": _("无人作答。"),
    }
    return str(words.get(key, ""))
