"""What is said of numbers and values as people write them."""

TEXTS = {
    "not_a_number": ("请填数字，不是“{raw}”", "expected a number, not '{raw}'"),
    "ambiguous": ("“{raw}”里的逗号读法不明：小数写点号，如1.5；逗号只作千位分隔，如1,500", "the comma in '{raw}' can be read in two ways: write 1.5, or 1,500 for thousands"),
    "not_whole": ("应为整数，不是“{raw}”", "a whole number, not '{raw}'"),
    "yes_or_no": ("请填“是”或“否”，不是“{raw}”", "expected yes or no, 是/否, not '{raw}'"),
    "above_one": ("占比不能大于1，而{shown}大于1", "a share is a fraction of one, and {shown} is above 1"),
    "above_one_spelt": ("占比不能大于1，{shown}%写成{shown}%或{spelt}", "a share is a fraction of one, and {shown} is above 1; write {spelt} or {shown}% for {shown} %"),
    "above_hundred": ("占比不能大于1，{shown}超过100%", "a share is at most 100 %, not {shown}"),
    "no_share": ("比例写成95%或0.95，不是“{raw}”", "write a share as 95% or 0.95, not '{raw}'"),
    "no_percentage": ("请填数字，不填百分数“{raw}”", "expected a number, not the percentage '{raw}'"),
    "unit_has_it": ("单位已经是“{mark}”，{raw}请写成{bare}", "the unit is already {mark}: write {bare}"),
    "which": ("{shown}是{one}还是{two}？请写成{one}或{two}", "is {shown} {one} or {two}? write the one you mean with its %"),
    "outside": ("{shown}不在通常的{low}–{high}之内：请核对，无误请写明确认的理由", "{shown} is outside the usual {low}–{high}: check it, and give the reason if it is right"),
    "nothing_over_nothing": ("分子、分母都是0：请改填“不适用”的原因", "0/0 is no value: say instead why it does not apply"),
    "over_nothing": ("分母为0，分子却是{numerator}", "the denominator is 0 and the numerator {numerator}"),
    "nothing_confirmed": ("有确认的理由，没有数值", "a confirmation stands here without a value"),
    "both_ends": ("范围要填两端", "both ends of the range"),
    "at_least_0": ("“{raw}”应不小于0", "'{raw}' must be at least 0"),
}
