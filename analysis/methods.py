"""The versions of the method: what a release changed in how the same answers and values become a figure.

A plan names its version and a run keeps it, so that what was locked or stored before is estimated and verified as it
was. A rule that differs is one line of `Method`; whoever computes asks for it by its name (`plan.method.some_rule`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, overload

from wording import Refusal


@dataclass(frozen=True)
class Since:
    """A rule of `version` and all later ones: true for those, false before. zh, en: what it does, for the reader."""

    version: int
    zh: str
    en: str

    @overload
    def __get__(self, method: None, owner: type[Method]) -> Since: ...
    @overload
    def __get__(self, method: Method, owner: type[Method]) -> bool: ...
    def __get__(self, method: Method | None, owner: type[Method]) -> Since | bool:
        return self if method is None else method.version >= self.version


class MethodDocument(TypedDict):
    version: int
    text: str


@dataclass(frozen=True)
class Method:
    """One version of the method, with the rules that not every version has."""

    version: int

    units_left_out_whole = Since(
        2,
        "去掉一个单元时，其居民连同所占人口一并去掉，其余边际相应缩小",
        "a unit left out goes with its residents and their population, and the other margins shrink with it",
    )
    weights_follow_sites = Since(
        2,
        "权数按各点实际应答人数计算(入样概率的倒数乘以应答人数对应的倍数)，不按目标份数",
        "weights follow the answers a site gave, not its target: one over the probability as drawn, times eligible over respondents",
    )
    process_flags_only = Since(
        2,
        "计划未指明疑问种类时，只按作答过程剔除，不按答案内容剔除",
        "a plan that names no kinds of flags leaves out by how an answer came, never by what it says",
    )
    empty_totals = Since(2, "无人作答的合计不算作0", "a total that nobody answered is no figure, not 0")
    rounding_is_no_error = Since(
        3,
        "只是舍入造成的标准误按0计：全体一致的一组用精确区间，由边际定死的答案没有抽样误差；只差舍入的边际不作说明",
        "a standard error that is mere rounding is 0: a unanimous group has its exact interval, an answer that margins fix has no sampling error, and margins that differ by rounding are not noted",
    )
    average_of_own_strata = Since(
        3,
        "singleton 为 average 时，每组只按自己的层取平均；只有一个抽样点的层之外再无他层的组没有标准误",
        "'singleton: average' takes a domain's own strata; a domain that has none with two PSUs has no standard error",
    )
    psus_that_weigh = Since(
        3,
        "附加指标的份数和自由度只计有权数的应答，影响最大的抽样点连同其层写明",
        "further figures count answers, and so PSUs, of some weight alone; the most influential PSU is named with its stratum",
    )
    drivers_adjusted = Since(
        3,
        "影响因素“两轴都明确”按服务个数作Holm调整；关联为负的服务另列，不算锦上添花；各项评价的共线程度写明",
        "a driver is sure after Holm's adjustment for the number of services; one with a negative slope is named so, never 'excess'; how far ratings go together is stated",
    )
    equal_points_tie = Since(
        3,
        "得分率相同的领域名次并列，名次范围有重合的不算有差别",
        "fields of equal points share the ranks of their tie, and differ only from ranks outside it",
    )
    official_se_of_a_share = Since(
        3,
        "official_se 应是一个比例的标准误(不小于0，小于0.5)",
        "official_se must be a standard error of a share, from 0 to below 0.5",
    )

    few_sites_pooled = Since(
        4,
        "自由度不足20时，概率所用的方差与各层合并的设计效应(相当于20个自由度)合并，自由度按Satterthwaite；区间仍按各自的方差；样本太小或开放作答的，不给出概率",
        "below 20 degrees of freedom probabilities take their variance pooled with the design effect of all strata, which counts as 20, and Satterthwaite's df; intervals stay direct; small samples and open answers have none",
    )

    counties_side_by_side = Since(
        4,
        "各县(市、区)列出按满意度排的名次范围，各县两两比较同时成立；八个县以上的，另列参考全部各县后的概率",
        "counties have ranges of ranks by satisfaction that hold together, county against county; from eight on, a probability with all counties considered stands beside",
    )

    drivers_in_pairs = Since(
        4,
        "影响因素中，漏答某项服务的答卷仍计入所答各项(按两两可用的答卷算协方差)",
        "a response that skips a service counts, among drivers, for every pair of services it speaks of",
    )

    def sentence(self, language: str) -> str:
        """Which version it is, and what it has or lacks beside others, in 'zh' or 'en'."""
        english, newest = language == "en", self == CURRENT
        rules = [rule for rule in _rules() if (rule.version > self.version) != newest]
        told = ("; " if english else "；").join(rule.en if english else rule.zh for rule in rules)
        if newest:
            head = f"Method {self.version}" if english else f"方法第{self.version}版"
        elif english:
            head = f"Method {self.version}, not the present one ({CURRENT.version}), which also has"
        else:
            head = f"方法第{self.version}版；现行第{CURRENT.version}版另有的规则不适用"
        end, colon = (".", ": ") if english else ("。", "：")
        return f"{head}{colon}{told}{end}" if told else f"{head}{end}"

    def as_dict(self) -> MethodDocument:
        """As documents name it; `method_of` reads it."""
        return {"version": self.version, "text": self.sentence("en")}


FIRST = Method(1)  # of everything that was locked or stored before methods had versions
CURRENT = Method(4)
METHODS = {version: Method(version) for version in range(FIRST.version, CURRENT.version + 1)}


def named(version: object) -> Method:
    """The method that a plan names by its number. Raises ValueError in the user's words."""
    if isinstance(version, Method):
        return version
    if type(version) is not int or version not in METHODS:
        raise Refusal("analysis.no_method_methods", version=version, str=[*map(str, METHODS)])
    return METHODS[version]


def method_of(document: Mapping[str, Any]) -> Method:
    """The method that a stored document was made with. Raises ValueError where a later release made it."""
    return named(document["method"]["version"]) if "method" in document else FIRST


def _rules() -> Iterator[Since]:
    return (rule for rule in vars(Method).values() if isinstance(rule, Since))
