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
}
