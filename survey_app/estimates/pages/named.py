"""Columns and levels in a reader's words: of the design as everywhere, of questions as the survey asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.plan import CROSS
from questionnaires.items import Item, items_of
from survey_app.answering.definitions import definition_of
from survey_app.console.words import english
from survey_app.estimates.pages.words import domain_names, level_name
from survey_app.models import EstimateRun


@dataclass(frozen=True)
class Named:
    """items: the questions by the names of their columns; none where only the design's names are known."""

    items: Mapping[str, Item] = field(default_factory=dict)

    @classmethod
    def of(cls, run: EstimateRun) -> Named:
        return cls(items_of(definition_of(run.survey)))

    def column(self, name: str) -> str:
        """Of a column, or of columns that are crossed."""
        return CROSS.join(self._column(part) for part in name.split(CROSS))

    def level(self, name: str, level: str) -> str:
        """Of a level of the column `name`, crossed as it is."""
        names, levels = name.split(CROSS), level.split(CROSS)
        if len(names) != len(levels):
            return level_name(level)
        return CROSS.join(self._level(*pair) for pair in zip(names, levels, strict=True))

    def _column(self, name: str) -> str:
        item, known = self.items.get(name), domain_names()
        if name in known or item is None:
            return known.get(name, name)
        return item.words("en" if english() else "zh")

    def _level(self, name: str, level: str) -> str:
        item = None if name in domain_names() else self.items.get(name)
        return item.level_words(level, "en" if english() else "zh") if item else level_name(level)


NO_QUESTIONS = Named()
