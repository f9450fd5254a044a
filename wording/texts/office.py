"""What is said of office."""

TEXTS = {
    "file_no_longer_send": ("文件已经过期，请重新上传", "the file is no longer there; please send it again"),
}
