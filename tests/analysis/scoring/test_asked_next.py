"""What a form says that a better rating asks of each value."""

from __future__ import annotations

from analysis.scoring import load_rulebook
from analysis.scoring.asked_next import asked_next, asked_of_declared
from analysis.scoring.values import read_values
from wording import reading

CITY, COUNTY = load_rulebook("jining-2023-municipal"), load_rulebook("jining-2023-county")


def asked(book, number, **values):
    with reading("zh"):
        return {
            key: str(said)
            for key, said in asked_next(book.indicator(number), read_values(book, {str(number): values})).items()
        }


def test_the_lowest_step_above_the_present_one_that_asks_anything_of_a_value():
    assert asked(COUNTY, 1) == {"online": "3星 ≥ 85%"}
    assert asked(COUNTY, 1, online=0.9) == {"online": "5星 ≥ 95%"}
    assert asked(COUNTY, 1, online=0.95) == {}
    assert asked(COUNTY, 4)["difference"] == "4星 < 40%"
    assert asked(CITY, 30, gigabit=0.8, ports=10000)["ports"] == "4星 ≥ 2万个"


def test_one_of_several_says_that_it_is():
    assert asked(CITY, 3) == {
        "exempt_count": "3星 ≥ 300项(任一)",
        "exempt_share": "3星 ≥ 70%(任一)",
        "issued": "3星 ≥ 50%",
    }


def test_what_a_piece_earns_or_costs_and_what_voids():
    assert asked(COUNTY, 37)["provincial_awards"] == "每项0.5分，最多5分"
    assert asked(COUNTY, 37)["central_media"] == "每项2分"
    assert asked(COUNTY, 36) == {"deducted_points": "每项-1分、> 20分：整体不得分", "major_incident": "是：整体不得分"}
    with reading("zh"):
        assert {key: str(said) for key, said in asked_of_declared(CITY).items()} == {"national_benchmark": "五星级要求"}
