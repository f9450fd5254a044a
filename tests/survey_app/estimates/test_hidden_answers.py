"""An answer that few gave does not come back from the numbers that stand beside it."""

import pytest

from survey_app.estimates.answers_shown import _protect, _protect_banner


def question(counts, kinds=("mean",)):
    """Answers 1, 2, … with these counts, and numbers of these kinds."""
    rows = [
        {"level": str(at), "n": n, "estimate": n / sum(counts), "se": 0.01, "lower": 0.0, "upper": 1.0}
        for at, n in enumerate(counts, 1)
    ]
    numbers = [{"kind": kind, "at": None, "estimate": 3.2, "se": 0.1, "lower": 3.0, "upper": 3.4} for kind in kinds]
    missing = dict.fromkeys(("not_shown", "skipped", "dont_know", "refused"), 0)
    return {
        "name": "q",
        "n": sum(counts),
        "responses": sum(counts),
        "missing": missing,
        "df": 20,
        "answers": rows,
        "numbers": numbers,
    }


def hidden(one):
    return [row["level"] for row in one["answers"] if row.get("suppressed")]


def test_a_mean_beside_two_hidden_answers_is_hidden_with_them():
    one = question([4, 30, 200, 300, 90], ("mean", "quantile"))
    _protect(one, 10)
    assert len(hidden(one)) == 2
    assert [row["estimate"] for row in one["numbers"]] == [None, None]


def test_a_mean_stays_where_nothing_is_hidden():
    one = question([40, 30, 200, 300, 90])
    _protect(one, 10)
    assert (hidden(one), one["numbers"][0]["estimate"]) == ([], 3.2)


@pytest.mark.parametrize("counts", [[4, 30, 200, 300, 90], [100, 90, 80, 3, 60]])
def test_where_mean_and_satisfied_stand_elsewhere_no_single_answer_is_shown(counts):
    """Total, mean and share of satisfied are three equations: of two hidden answers they would leave nothing open."""
    one = question(counts, ("mean", "satisfied"))
    _protect(one, 10)
    assert hidden(one) == ["1", "2", "3", "4", "5"]
    assert one["numbers"][0]["estimate"] == 3.2


def test_a_group_that_shows_none_of_its_answers_has_complements_beside_it():
    groups = [
        question([4, 30, 200, 300, 90], ("mean", "satisfied")),
        *(question([40, 30, 200, 300, 90], ("mean", "satisfied")) for _ in range(3)),
    ]
    banner = {"name": "q", "levels": ["a", "b", "c", "d"], "groups": groups, "marks": []}
    _protect_banner(banner, 10)
    gone = [hidden(one) for one in groups]
    assert len(gone[0]) == 5
    assert sum(len(one) == 5 for one in gone) >= 2  # what the whole has less the others would tell it otherwise
    assert all(len(one) in (0, 5) for one in gone)
