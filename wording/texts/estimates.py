"""What is said of estimates."""

TEXTS = {
    "weights_unacknowledged": (
        "权数有严重问题：请先看过所列各条，勾选“已看过”后再提交。",
        "the weights have severe findings: look at those listed and tick that you have seen them",
    ),
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
    "at": ("{path}：{said}", "{path}: {said}"),
    "no_such_path": ("没有这个文件或文件夹：{path}", "{path}: no such file or directory"),
    "no_parquet": ("{path}：文件夹里没有Parquet文件", "{path}: the directory holds no Parquet file"),
    "kinds_of_file": (
        "{path}：应为 .csv、.xlsx、.parquet 或Parquet文件夹",
        "{path}: expected .csv, .xlsx, .parquet or a directory of Parquet files",
    ),
    "line_quote_not_closed": (
        "第{number}行的引号没有成对，或引号后面还有字",
        "line {number} has a quote that is not closed, or something behind it",
    ),
    "cannot_read": ("读不懂这个文件", "cannot be read: {value}"),
    "line_cells_where_headings": (
        "第{number}行有{width}格，标题有{width_}格",
        "line {number} has {width} cells where there are {width_} headings",
    ),
    "columns_missing_from_responses": ("应答中缺少列：{hints}", "columns missing from the responses: {hints}"),
    "weight_missing_or_no": (
        "权数“{design_weight}”有{absent}行缺失或不是数字，{negative}行为负",
        "the weight '{design_weight}' is missing or no number in {absent} rows and negative in {negative}",
    ),
    "column_near": ("“{name}”（是不是“{near}”？）", "'{name}' (did you mean '{near}'?)"),
    "values_missing": (
        "“{name}”在{n}份应答中缺失；设计或校准所用的列不能有缺失",
        "'{name}' is missing in {n} responses; a design or calibration column must be complete",
    ),
    "values_missing_at": (
        "“{name}”在{n}份应答中缺失（最先几行：{rows}）；设计或校准所用的列不能有缺失",
        "'{name}' is missing in {n} responses (first rows: {rows}); a design or calibration column must be complete",
    ),
    "no_spark": (
        "没有安装Spark：pip install 'minyi[spark]'，或用 --engine duckdb",
        "Spark is not installed: pip install 'minyi[spark]', or use --engine duckdb",
    ),
    "no_java": (
        "Spark要用Java 17，这台机器上没有；请用 --engine duckdb",
        "Spark needs Java 17, which is not on this machine; use --engine duckdb",
    ),
    "no_such_figure": ("本估计没有这个数字", "this estimate has no such figure"),
    "note_length": ("请写批注，不超过{most}字", "write a note of {most} characters at most"),
}
