"""What is said of files."""

TEXTS = {
    "fill_workbook_exported_here": ("请用本系统导出的表格填写", "please fill in the workbook that was exported here"),
    "another_kind_workbook": ("这是另一种表格", "this is another kind of workbook"),
    "at": ("{place}：{said}", "{place}: {said}"),
    "these_columns_missing": ("缺少列：{absent}", "these columns are missing"),
    "merged_cells_split_them": ("{cell_merged} 是合并单元格，请拆分", "{cell_merged} is merged: split it"),
    "column_twice": ("这一列出现了两次", "this column is there twice"),
}
