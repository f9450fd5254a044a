"""What is said of estimates."""

TEXTS = {
    "site": ("点“{site}”", "site '{site}'"),
    "site_of_line": ("点“{site}”(第{line}行)", "site '{site}' (line {line})"),
    "site_named": ("{name}：{said}", "{name}: {said}"),
    "typed_weight_lacks_take": (
        "{site}：手工填写的权数应大于0，并说明按几份应答计",
        "{site}: a weight typed by hand is above 0 and says the take that it assumes",
    ),
    "site_probability": (
        "{site}：入样概率应大于0、不超过1",
        "{site}: its probability must lie above 0 and at most at 1",
    ),
    "site_without_people": ("{site}：没有符合条件的人", "{site}: it has no eligible persons"),
    "site_overdrawn": (
        "{site}：抽取人数应在1人与符合条件的{eligible:g}人之间，不是{drawn:g}人",
        "{site}: between one person and its {eligible:g} eligible ones can be drawn, not {drawn:g}",
    ),
    "site_overfull": (
        "{site}：有{answers}人作答，但符合条件的只有{eligible:g}人",
        "{site}: {answers} persons answered, but it has only {eligible:g} eligible ones",
    ),
    "site_not_drawn": (
        "点“{site}”有应答，但不在抽中的点之列",
        "the site '{site}' has answers but is not among the sites drawn",
    ),
    "no_sample_responses_yet": ("{survey_title}: 还没有可用于估计的抽样应答", "no sample responses yet"),
}
