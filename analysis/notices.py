"""What a reader must know of an estimate, as keys with parameters: whoever shows it words it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

TEXTS = {
    "unofficial_plan": "NOT OFFICIAL: made by version {version} of the plan, changed after the first answer; version {official} counts",
    "superseding_plan": "version {version} of the plan was confirmed by two people: {now} here replaces {before} of run {run}",
    "open_answers": "open answers are not a probability sample: the standard error reflects differences between sites only "
    "and says nothing about people who did not take part",
    "margin_scaled": "margin '{margin}' was scaled by {factor:.9g} to the total of '{first}'",
    "margins_of_the_rest_scaled": "{margins} scaled by {factor:.9g} to the people who are left",
    "levels_gone": "nobody is left of '{margin}' {levels}: it left the population",
    "residents_left_out": "{elsewhere} residents asked elsewhere went too, {others} others asked there stayed",
    "weights_as_in_the_whole": "weights were made and trimmed as in the whole sample",
    "few_respondents": "nonresponse class {named} has only {respondents:g} respondents",
    "one_sided": "everyone, or nobody, is satisfied: the interval is the exact one on n",
    "few_df": "only {df} degrees of freedom: the interval is unreliable",
    "no_answers": "no answers",
    "capped_factors": "the plan's largest factor cut the weights at {named} to {limit:.3g}: {people:g} people fewer are carried",
    "silent_sites": "{number} drawn sites have no answer that counts: {named}; their class carries their people",
    "silent_strata": "nobody answered in {named}: {share:g} % of the population is carried by no weight",
    "typed_weights": "base weights of {sites} sites were typed by hand and assume a take of {take}",
    "eligible_by_margin": "eligible persons of {sites} sites: residents times the share of their area by the plan's margins",
    "eligible_by_assumed": "eligible persons of {sites} sites: residents times the plan's eligible_share",
    "eligible_by_residents": "eligible persons of {sites} sites: all their residents, for want of a share",
    "heavy_psu": "'{psu}' carries {of_stratum:.0f} % of the weight in '{stratum}' and {of_all:.0f} % of all",
    "blanks_cross": "{missing} of {responses} responses gave no answer: the figure is {lower:.2%} with all of them "
    "dissatisfied and {upper:.2%} with all satisfied, and the outcome is not the same",
    "no_level": "'{column}' has no level '{level}'; it has: {levels}",
    "no_denominator": "the denominator's total is 0",
    "no_interval": "no degree of freedom: no interval",
    "table_too_small": "fewer than two levels of '{column}' were answered: no test",
    "table_cells_empty": "nobody is in {cells}: R's svychisq, which this follows, leaves such a cell out of the test",
    "table_follows": "'{column}' follows from '{other}': empty cells are empty by logic, no test",
    "table_impossible": "{cells} cannot occur, the plan says: no test of independence",
    "table_not_impossible": "the plan says that {cells} cannot occur, and {n} responses are there: no test",
    "table_singular": "too many cells are empty, or nothing varies: no test",
}


class NoticeDocument(TypedDict):
    """A notice in a document; its key is empty where a document of an earlier release had the text alone."""

    key: str
    params: dict[str, str | int | float]
    text: str


@dataclass(frozen=True)
class Notice:
    """key: one of TEXTS. params: plain values that its words name."""

    key: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English, as it stands in documents beside key and parameters."""
        return TEXTS[self.key].format(**self.params)

    def as_dict(self) -> NoticeDocument:
        return {"key": self.key, "params": dict(self.params), "text": self.text}
