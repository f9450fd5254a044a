"""Why an indicator has its points, as scorecards keep it: Chinese, in the marks below; English is made of it where it is
read. Names and units are the rulebook's own."""

TEXTS = {
    "satisfaction": ("公众满意度", "public satisfaction"),
    "not_reached": ("未达到{stars}星:", "{stars} stars not reached: "),
    "tiers_apart": (
        "达到{reached}星要求,但未达到{below}星要求",
        "meets what {reached} stars ask, but not what {below} stars ask",
    ),
    "actual": ("【{value}】", " [{value}]"),
    "unknown": ("未知", "unknown"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "not_applicable": ("不适用({reason})", "not applicable ({reason})"),
    "confirmed": ("{value},已确认:{reason}", "{value}, confirmed: {reason}"),
    "either": ("或", " or "),
    "earned": (" {points}分", ", {points} points"),
    "at_most": (";本项最高{points}分", "; at most {points} points in all"),
    "void": (";整体不得分", "; the whole scores nothing"),
    "satisfaction_unknown": ("公众满意度未知", "public satisfaction unknown"),
    "no_cost": ("不扣分", ": nothing is taken off"),
    "below_costs": ("低于{line}%,减{points}分", ": below {line}%, {points} points are taken off"),
    "below_voids": ("低于{line}%,整体不得分", ": below {line}%, the whole scores nothing"),
    "vetoed": ("整体不得分: {names}", "the whole scores nothing: {names}"),
    "to_declare": ("需认定: {said}", "to be declared: {said}"),
    # rules without tiers, in a sentence each
    "figure_costs": ("公众满意度{costs}", "public satisfaction{costs}"),
    "takes": ("减去{metric}", "{metric} is taken off"),
    "voids_above": ("{metric}超过{points}分,整体不得分", "{metric} above {points} points: the whole scores nothing"),
    "voids": ("{criterion},整体不得分", "{criterion}: the whole scores nothing"),
    "one": ("个", "one"),
    "earns": ("{metric}每{unit}加{points}分", "{metric}: {points} points for each {unit}"),
    "earns_up_to": (
        "{metric}每{unit}加{points}分,最高{most}分",
        "{metric}: {points} points for each {unit}, at most {most}",
    ),
    "all_at_most": ("本项最高{points}分", "at most {points} points in all"),
    # how far a value is off, as items of rectification keep it
    "not_done": ("：尚未做到", ": not done yet"),
    "not_known": ("：未知", ": unknown"),
    "value_unknown": ("：数值未知，要求{sign}", ": unknown, must be {sign}"),
    "too_high": ("：须再降{distance}", ": {distance} too high"),
    "too_high_by_more": ("：须再降{distance}以上", ": more than {distance} too high"),
    "short": ("：还差{distance}", ": {distance} short"),
    "short_by_more": ("：还差{distance}以上", ": more than {distance} short"),
    "percentage_points": ("{n}个百分点", "{n} percentage points"),
    "and": ("；", "; "),
}
