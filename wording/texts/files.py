"""What is said of files."""

TEXTS = {
    "workbook_too_large_once": ("工作簿展开后太大", "the workbook is too large once unpacked"),
    "not_excel_workbook_or": ("打不开：不是Excel工作簿(.xlsx)，或文件已损坏", "not an Excel workbook, or damaged"),
    "csv_neither_utf_nor": ("CSV 须为 UTF-8 或 GB 18030 编码", "the CSV is neither UTF-8 nor GB 18030"),
    "most_rows_time": ("一次最多{most_rows:,}行", "at most {most_rows:,} rows at a time"),
    "file_empty": ("文件是空的", "the file is empty"),
    "file_must_end_xlsx": ("请用 .xlsx 或 .csv 文件", "the file must end in .xlsx or .csv"),
    "csv_cannot_read": ("CSV文件读不懂：{error}", "the CSV cannot be read"),
    "fill_workbook_exported_here": ("请用本系统导出的表格填写", "please fill in the workbook that was exported here"),
    "another_kind_workbook": ("这是另一种表格", "this is another kind of workbook"),
    "most_rows": ("最多{most_rows}行", "at most {most_rows} rows"),
    "at": ("{place}：{said}", "{place}: {said}"),
}
