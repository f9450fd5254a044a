"""What is said of estimates."""

TEXTS = {
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
}
