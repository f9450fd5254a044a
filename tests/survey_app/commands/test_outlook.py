"""Ranges of `minyi outlook` are read as numbers are read everywhere."""

from __future__ import annotations

import pytest

from analysis.scoring.outlook import OutlookError, Range
from survey_app.commands.outlook import read_ranges


def written(path, body):
    path.write_text(body, encoding="utf-8")
    return read_ranges(path)


def test_a_share_is_written_with_its_sign_or_as_a_fraction(tmp_path):
    body = "1: {online: [80%, 0.95], fast: ['８０％', 95%]}\n2: {done: 30%}\n"
    assert written(tmp_path / "ranges.yaml", body) == (
        Range(1, "online", 0.8, 0.95), Range(1, "fast", 0.8, 0.95), Range(2, "done", chance=0.3),
    )  # fmt: skip


@pytest.mark.parametrize("given", ["[.nan, 0.9]", "[0.8, .inf]", "[0.8]", "true", "[yes, 1]", "[a, b]"])
def test_what_is_no_number_is_refused_with_its_place(tmp_path, given):
    with pytest.raises(OutlookError) as refused:
        written(tmp_path / "ranges.yaml", f"3: {{online: {given}}}\n")
    assert "online" in str(refused.value)
