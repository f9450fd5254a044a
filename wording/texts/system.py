"""Why the system did not open or write a file, by the name of its error number."""

TEXTS = {
    "enoent": ("没有这个文件或文件夹", "No such file or directory"),
    "eacces": ("没有权限", "Permission denied"),
    "eperm": ("没有权限", "Operation not permitted"),
    "eisdir": ("这是一个文件夹", "Is a directory"),
    "enotdir": ("路径中有一处不是文件夹", "Not a directory"),
    "eexist": ("已经有这个文件", "File exists"),
    "enospc": ("磁盘已满", "No space left on device"),
    "edquot": ("磁盘配额已满", "Disk quota exceeded"),
    "erofs": ("文件系统只读", "Read-only file system"),
    "enametoolong": ("文件名太长", "File name too long"),
    "eio": ("磁盘读写出错", "Input/output error"),
}
