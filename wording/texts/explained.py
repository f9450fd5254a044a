"""The way of one figure, step by step: `minyi estimate --explain`."""

TEXTS = {
    "no_area": (
        "计划没有“{area}”这个分组，或无人属于它；有：{known}",
        "the plan has no domain '{area}', or nobody is in it; there are {known}",
    ),
    "no_figure": ("“{area}”没有可说明的数字：{why}", "there is no figure of '{area}' to explain: {why}"),
    "not_as_json": (
        "--explain 是给人读的算式，不与 --json 一起用；JSON里已有各步的结果",
        "--explain is a calculation for people to read and has no JSON; the document has its results",
    ),
    "alone": (
        "--explain 只打印一个数的来历，不与 {option} 一起用；请另运行一次",
        "--explain prints the way of one figure alone and does not go with {option}; run that by itself",
    ),
    "area_needs_explain": ("--area 要和 --explain 一起用", "--area goes with --explain"),
    "head": ("怎样得出：{area}的{official}", "How it comes about: {official}, {area}"),
    "whole": ("全市", "the whole"),
    "counts": (
        "1. 份数：应答{responses}份，未回答官方题目{blank}份，计入n = {n}{left_out}",
        "1. Counts: {responses} responses, {blank} without an answer to the official question, n = {n}{left_out}",
    ),
    "left_out": (
        "；另按标记剔除{flagged}份，作答方式不计{modes}份",
        "; besides, {flagged} left out for flags and {modes} for their way of answering",
    ),
    "base": (
        "2. 设计权数(一份应答代表的人数)：合计Σd = {base:.9g}",
        "2. Base weights (whom an answer stands for): Σd = {base:.9g}",
    ),
    "classes": (
        "3. 应答调整：同类权数乘以 (符合条件的 ÷ 应答的)",
        "3. Nonresponse: weights of a class times eligible ÷ respondents",
    ),
    "class": (
        "   {name}：{eligible:.9g} ÷ {respondents:.9g} = {factor:.7g}",
        "   {name}: {eligible:.9g} ÷ {respondents:.9g} = {factor:.7g}",
    ),
    "capped": ("   {name}：{factor:.7g}(已达上限)", "   {name}: {factor:.7g} (at its limit)"),
    "no_classes": ("3. 应答调整：计划没有", "3. Nonresponse: the plan has no adjustment"),
    "no_calibration": (
        "4. 校准：计划没有；最终权数w = d × 应答倍数",
        "4. Calibration: none; final weight w = d × the factor above",
    ),
    "calibration": (
        "4. 校准({method})，按{margins}：最终权数w ÷ d在{least:.7g}与{most:.7g}之间",
        "4. Calibration ({method}) to {margins}: final weight w ÷ d between {least:.7g} and {most:.7g}",
    ),
    "point": (
        "5. 加权{official}：Σwy ÷ Σw = {value:.9g} ÷ {weight:.9g} = {estimate:.9g}",
        "5. Weighted {official}: Σwy ÷ Σw = {value:.9g} ÷ {weight:.9g} = {estimate:.9g}",
    ),
    "share_y": ("   满意的答案y = 1，其余y = 0", "   y = 1 for a satisfied answer, else 0"),
    "index_y": ("   y为答案的分数(0–100)", "   y is the points of an answer (0–100)"),
    "linear": (
        "6. 线性化：每点t = (Σwy − {estimate:.9g} × Σw) ÷ {weight:.9g}，Σ取该点的应答",
        "6. Linearised: t = (Σwy − {estimate:.9g} × Σw) ÷ {weight:.9g}, Σ over the answers of a site",
    ),
    "residual": (
        "6. 线性化：每点t = Σw·e，e为 (y − {estimate:.9g}) ÷ {weight:.9g} 对校准变量作设计加权回归后的残差",
        "6. Linearised: t = Σw·e over a site, e the residual of (y − {estimate:.9g}) ÷ {weight:.9g} after regression on the calibration variables",
    ),
    "sites_head": ("   层 · 点 | n | Σd | Σw | Σwy | t", "   stratum · site | n | Σd | Σw | Σwy | t"),
    "site": (
        "   {stratum} · {psu} | {n} | {base:.9g} | {weight:.9g} | {value:.9g} | {total:.9g}",
        "   {stratum} · {psu} | {n} | {base:.9g} | {weight:.9g} | {value:.9g} | {total:.9g}",
    ),
    "many_sites": (
        "   共{sites}个点，超过{shown}个，只列各层",
        "   {sites} sites, more than {shown}: strata alone are listed",
    ),
    "formula": (
        "   各层方差V = (1 − f) × m ÷ (m − 1) × Σ(t − t̄)²，m为层内点数(未列出的点t = 0)，f为抽中的比例",
        "   variance of a stratum V = (1 − f) × m ÷ (m − 1) × Σ(t − t̄)², m its sites (those not listed have t = 0), f the part of them drawn",
    ),
    "formula_direct": (
        "   各层方差V = (1 − f) × m ÷ (m − 1) × Σ(t − t̄)²，m为层内应答数，f为抽中的比例",
        "   variance of a stratum V = (1 − f) × m ÷ (m − 1) × Σ(t − t̄)², m its answers, f the part of all that they are",
    ),
    "by_stage": (
        "   V另含点内抽人一段，表中V是两段之和",
        "   V has besides it the part from drawing people inside sites; the table gives both together",
    ),
    "unequal": (
        "   不等概率不重复抽样：V按{rule}计算，不用上式",
        "   drawn without replacement with unequal probabilities: V is {rule}, not the formula above",
    ),
    "sen": ("Sen–Yates–Grundy公式", "Sen, Yates and Grundy's"),
    "brewer": ("Brewer近似", "Brewer's"),
    "lonely": ("   只有一个点的层：{rule}", "   a stratum of one site: {rule}"),
    "stratum_head": ("   层 | m | f | Σ(t − t̄)² | V", "   stratum | m | f | Σ(t − t̄)² | V"),
    "stratum": (
        "   {stratum} | {units} | {fraction:.7g} | {squares:.9g} | {variance:.9g}",
        "   {stratum} | {units} | {fraction:.7g} | {squares:.9g} | {variance:.9g}",
    ),
    "averaged": (
        "   各层之和再乘{factor:.9g}(singleton: average)",
        "   their sum times {factor:.9g} (singleton: average)",
    ),
    "error": ("   标准误 = √ΣV = √{variance:.9g} = {se:.9g}", "   se = √ΣV = √{variance:.9g} = {se:.9g}"),
    "no_error": (
        "   没有标准误：{area}没有能显示方差的层",
        "   no standard error: no stratum of {area} shows a variance",
    ),
    "df": (
        "7. 自由度 = 有应答的点(或应答) − 其层 = {units} − {strata} = {df}",
        "7. df = sites (or answers) with a member − their strata = {units} − {strata} = {df}",
    ),
    "size": (
        "8. 有效样本量n* = p(1 − p) ÷ se² × (t(n − 1) ÷ t(df))² = {size:.9g}，t(n − 1) = {t_n:.7g}，t(df) = {t_df:.7g}",
        "8. Effective size n* = p(1 − p) ÷ se² × (t(n − 1) ÷ t(df))² = {size:.9g}, t(n − 1) = {t_n:.7g}, t(df) = {t_df:.7g}",
    ),
    "limits": (
        "   {confidence:.0%}{interval}：{lower:.9g} – {upper:.9g}",
        "   {confidence:.0%} {interval} interval: {lower:.9g} – {upper:.9g}",
    ),
    "quantile": ("8. t(df) = {t_df:.7g}", "8. t(df) = {t_df:.7g}"),
    "no_limits": ("8. 没有区间", "8. No interval"),
    "outcome": ("9. 结论：{figure:.9g} 落在{cost}一档", "9. Outcome: {figure:.9g} lies in the zone: {cost}"),
    "no_outcome": ("9. 结论：没有选定评分规则，不作判断", "9. Outcome: no rulebook, nothing is decided"),
}
