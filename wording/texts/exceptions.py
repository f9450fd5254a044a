"""What is said of plans that count although they came after the first answer."""

TEXTS = {
    "unknown": ("没有这一例外：{exception}", "there is no such exception: {exception}"),
    "no_version": ("没有第{number}版计划", "the plan has no version {number}"),
    "not_fixed": ("还没有应答，计划可以直接修改，只需写明理由", "there is no answer yet: the plan can simply be changed, with a reason"),
    "nothing_differs": ("与正式的第{number}版没有差别", "it does not differ from version {number}, which counts"),
    "source_only": (
        "“与来源不符”只能更正人口数和点位数据，不能改：{names}。口径、剔除、区间、最低样本和结束时间一律不能改",
        "where a figure differs from its source only populations and figures of sites are put right, not: {names}; measure, exclusions, interval, minimum and closing never change",
    ),
    "not_computable_only": (
        "“算不出”只能改校准、权数归类等使计划可算的部分，不能改：{names}。口径、剔除、区间、最低样本和结束时间一律不能改",
        "where a plan cannot be computed only what makes it computable changes (calibration, classes of weights), not: {names}; measure, exclusions, interval, minimum and closing never change",
    ),
    "said": ("新的计划不能用：{error}", "the new plan cannot be used: {error}"),
    "before_close": ("调查还没有结束：应答还在增加，是否算得出要到结束后才能核实", "the survey is not over: more answers come, and whether the plan can be computed is seen after its close"),
    "is_computable": ("程序核实：第{number}版计划算得出来", "the program tried it: version {number} of the plan can be computed"),
    "still_not": ("新的计划也算不出：{said}", "the new plan cannot be computed either: {said}"),
    "no_answers": ("还没有计入样本的应答，无从核实", "there are no sample responses yet, so nothing can be tried"),
    "plan_moved": ("提出之后正式的计划已换成第{number}版，请重新提出", "version {number} of the plan counts since this was stated; state it anew"),
    "run_before": (
        "估计 #{run} 按更正前的计划或数据作出，第{version}版计划起不再算正式口径，请重新估计",
        "estimate #{run} was made before version {version} of the plan put things right and counts no more; make a new one",
    ),
    "correction_new_site": ("“{name}”不是本调查已有的点位；更正只能改已有点位的数据", "'{name}' is no site of this survey; a correction changes figures of sites that are there"),
    "changed_meanwhile": (
        "没有保存：您打开页面之后，{by}在{at}改了计划。请看下列改动；仍要以您的内容代替，请再保存一次。{lines}",
        "nothing was saved: {by} has changed the plan at {at}, after you opened the page. Look at these changes; save once more if yours shall stand in its place.{lines}",
    ),
    "correction_nothing": ("与已有的点位数据没有差别", "nothing differs from the sites' figures as they are"),
}
