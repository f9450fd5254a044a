"""What is said of scoring."""

TEXTS = {
    "give_scenario_name_most": ("请给方案起名，不超过80字", "give the scenario a name of at most 80 characters"),
    "already_scenario": ("已有名为“{name}”的方案", "there is already a scenario '{name}'"),
    "chosen_twice": ("{number}：选了两次", "{number}: chosen twice"),
    "return_needs_comment": ("请写明退回的理由", "a return needs a comment"),
    "withdrawal_needs_reason": ("请写明撤销的理由", "a withdrawal needs a reason"),
    "change_needs_reason": ("请写明变更的理由", "a change needs a reason"),
    "name_department": ("请填写责任部门", "name the department"),
    "no_gap_chosen": ("没有选择任何差距", "no gap was chosen"),
    "item_finished": ("这一项已经结束，不能再写进展", "this item is finished"),
    "write_something_or_attach": ("请写进展，或附上材料", "write something, or attach a file"),
    "indicator_values_not_been": (
        "这项指标的数值还没有核定，不能销号",
        "the indicator's values have not been accepted by a verifier yet",
    ),
    "verified_value_not_reached": (
        "已核定的数值还没有达到{item_to_stars}星要求，不能销号",
        "the verified value has not reached {item_to_stars} stars",
    ),
    "item_finished_2": ("这一项已经结束，不能变更", "this item is finished"),
    "nothing_changed": ("没有任何变更", "nothing was changed"),
    "day_passed": ("期限不能早于今天", "the day has passed"),
    "no_tier_stars": ("{at}：没有{pick_to_stars}星这一档", "{at}: there is no tier of {pick_to_stars} stars"),
    "reached_stars_already": ("{at}：已达到{pick_to_stars}星", "{at}: has reached {pick_to_stars} stars already"),
    "item_under_way_already": ("{at}：已有正在整改的事项", "{at}: an item of it is under way already"),
    "name_department_2": ("{at}：请填写责任部门", "{at}: name the department"),
    "department_name_most_characters": (
        "{at}：部门名称不超过80字",
        "{at}: a department's name has at most 80 characters",
    ),
    "day_passed_2": ("{at}：期限不能早于今天", "{at}: the day has passed"),
    "somebody_faster_reload_page": ("别人已经先做了这一步，请刷新页面", "somebody was faster; please reload the page"),
    "who_submitted_cannot_verify": ("提交的人不能自己核验", "who submitted it cannot verify it"),
    "no_such_kind_run": ("没有这种运行：{kind}", "there is no such kind of run"),
    "points_still_open": ("有{n}处尚未落实，不能作最终评分", "{n} points are still open"),
    "say_why_run_supersedes": (
        "已有获批的最终评分，请写明重新评分的理由",
        "say why this run supersedes the approved one",
    ),
    "trial_not_signed_off": ("试算不需要审批", "a trial is not signed off"),
    "its_estimate_no_longer": ("所用的满意度估计已不是批准状态", "its estimate is no longer approved"),
    "another_run_approved_since": (
        "此后另有最终评分获批，请重新运行",
        "another run was approved since; please run again",
    ),
    "whole_number_from": ("{name}：请填{least}到{most}的整数", "{name}: a whole number from {least} to {most}"),
}
