"""How the parts of a plan are written as YAML: lists and short tables on one line, numbers as a person writes them."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from analysis.minimum import Minimum


def minimum_written(stated: Minimum) -> CommentedMap:
    document = CommentedMap({"answers": stated.answers, "sites": stated.sites, "df": stated.df})
    if stated.whole is not None:
        whole = stated.whole
        document["whole"] = CommentedMap({"answers": whole.answers, "sites": whole.sites, "df": whole.df})
    document["supplement"] = stated.supplement
    document.fa.set_flow_style()
    return document


def written(document: CommentedMap) -> str:
    out = io.StringIO()
    writer = YAML()
    writer.allow_unicode = True
    writer.width = 120
    writer.dump(document, out)
    return out.getvalue()


def flow(values: Any) -> CommentedSeq:
    """A list on one line."""
    made = CommentedSeq(values)
    made.fa.set_flow_style()
    return made


def number(value: float) -> int | float:
    """As a person would write it: 1 and not 1.0, without binary dust."""
    plain = Decimal(repr(value))
    return int(plain) if plain == plain.to_integral_value() else float(plain)
