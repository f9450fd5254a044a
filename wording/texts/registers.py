"""What is said of registers."""

TEXTS = {
    "no_metric": ("评分规则{rulebook}第{number}项没有指标“{metric}”", "rulebook {rulebook} has no metric '{metric}' in row {number}"),
    "no_reading": ("没有读法“{reading}”", "there is no reading '{reading}'"),
    "title_needed": ("请写明名称", "give its name"),
    "no_level": ("层级或类型没有“{level}”，应为{levels}", "'{level}' is not one of {levels}"),
    "not_none": ("本周期已登记{n}条，不能报“无”", "{n} items of this period are written down: it is not a nil return"),
    "no_register": ("“{area}”没有台账“{register}”；有：{listed}", "'{area}' has no register '{register}'; it has: {listed}"),
    "none_stated": ("已报“无”：{area} {register}，周期{period}。", "Nil return: {area}, {register}, period {period}."),
    "already": ("“{title}”({day})已经登记", "'{title}' ({day}) is registered already"),
    "changed_since": ("此后已有改动，请看过最新内容再改", "it has changed since; look at it and change it again"),
    "removed": ("已经移除", "it has been removed already"),
    "reason_needed": ("请写明移除的理由", "say why it is removed"),
    "negative": ("不能小于零", "not below zero"),
}
