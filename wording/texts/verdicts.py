"""What is said of a figure that met the lines of a rulebook."""

TEXTS = {
    "stars_by_zone": (
        "没有可用的数字，评级随之而定：{stars}。",
        "There is no figure to go by; the star depends on it: {stars}.",
    ),
    "star_in_zone": ("{place}为{star}", "{place} {star}"),
    "verdict": ("{ruled}{error}{chances}", "{ruled} {error} {chances}"),
    "verdict_against": ("{ruled}{error}{chances}{compared}", "{ruled} {error} {chances} {compared}"),
    "ruled_alone": ("{ruled}{error}", "{ruled} {error}"),
    "below": ("{figure}，低于{line}，按规则{cost}。", "{figure}, below {line}: by the rule {cost}."),
    "not_below": ("{figure}，不低于{line}，按规则{cost}。", "{figure}, not below {line}: by the rule {cost}."),
    "no_line": ("{figure}，按规则{cost}。", "{figure}: by the rule {cost}."),
    "nothing": ("不扣分", "nothing is taken off"),
    "earns": ("得{points}分", "{points} points are given"),
    "points": ("减{points}分", "{points} points are taken off"),
    "void": ("整体不得分", "the whole scores nothing"),
    "interval": (
        "抽样误差：{confidence}区间 {lower}–{upper} {held}。",
        "Sampling error: the {confidence} interval {lower}–{upper} {held}.",
    ),
    "interval_alone": (
        "抽样误差：{confidence}区间 {lower}–{upper}。",
        "Sampling error: the {confidence} interval is {lower}–{upper}.",
    ),
    "holds": ("含{lines}", "holds {lines}"),
    "holds_not": ("不含{line}", "does not hold {line}"),
    "holds_another": ("不含{line}，含{lines}", "does not hold {line}, but holds {lines}"),
    "no_interval": (
        "抽样误差：自由度为{df}，没有可用的区间，也不给出概率。",
        "Sampling error: with {df} degrees of freedom there is no interval, and no probability is stated.",
    ),
    "no_error": (
        "抽样误差：没有给出，因此没有区间，也没有概率。",
        "Sampling error: none was given, so there is no interval and no probability.",
    ),
    "as_if": ("视同随机抽取的{confidence}", "{confidence} (as if drawn at random)"),
    "exception": (
        "不给出概率，因为计划声明了例外：{sentence}",
        "No probability is stated, for the plan declares an exception: {sentence}",
    ),
    "chances": ("真实满意度的概率：{chances}。", "Probability of the true figure: {chances}."),
    "chance": ("{cost}{chance}", "{cost} {chance}"),
    "few_df": (
        "自由度为{df}，不足{least}，不给出概率。",
        "With {df} degrees of freedom, fewer than {least}, no probability is stated.",
    ),
    "no_chances": ("不给出概率。", "No probability is stated."),
    "compared": (
        "规则比较的是点估计值，不是概率：虽然“{likelier}”的概率最大，仍按点估计值{cost}。",
        "The rule compares the point figure, not the probabilities: '{likelier}' is likeliest, and still {cost}.",
    ),
    "ranks": (
        "名次范围按满意度排，{confidence:.0%}的把握同时成立；范围相互重叠的县(市、区)未必分得出先后。",
        "Ranges of ranks by satisfaction hold together at {confidence:.0%}; counties whose ranges overlap may be equal.",
    ),
    "pooled": (
        "“参考各县”的概率把各县一并考虑；规则只比较本县自己的数字。",
        "Probabilities 'with all counties considered' draw on every county; the rule compares the county's own figure.",
    ),
    "apart": (
        "按满意度的名次范围：{ranks}。明确高于本县的：{above}；明确低于本县的：{below}。",
        "Range of ranks by satisfaction: {ranks}. Surely above this county: {above}; surely below it: {below}.",
    ),
    "nobody": ("没有", "none"),
    "of_city": ("公众满意度{said}", "Public satisfaction {said}"),
    "of_level": ("{level}：{said}", "{level}: {said}"),
    "mover": (
        "不含影响最大的{kind}“{name}”，结果为{figure}（{moved:+.2f}个百分点），按规则{cost}，{turned}。",
        "Without the {kind} '{name}', which moves it most, the figure is {figure} ({moved:+.2f} points): by the rule "
        "{cost}; {turned}.",
    ),
    "kind_site": ("抽样点", "site"),
    "kind_unit": ("调查单元", "unit"),
    "kind_hours": ("时段", "hours"),
    "kind_network": ("过半来自同一网络的日子", "site and day of which over half came from one network,"),
    "kind_mode": ("作答方式", "way of answering"),
    "outcome_stays": ("结论不变", "the outcome stays"),
    "outcome_changes": ("结论改变", "the outcome changes"),
    "many": (
        "这里并列{n}个区间，每个按{confidence}计算：平均约每{each}个这样的说法有一个不成立。",
        "{n} intervals stand here side by side, each at {confidence}: about one in {each} such statements errs.",
    ),
}
