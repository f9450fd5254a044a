"""What is said of office."""

TEXTS = {
    "file_no_longer_send": ("文件已经过期，请重新上传", "the file is no longer there; please send it again"),
    "most_new_accounts_time": ("一次最多{most_new}个新账号", "at most {most_new} new accounts at a time"),
    "account_deactivated": ("这个账号已停用", "this account is deactivated"),
    "differs_from_row": ("与第{person_line_number}行的姓名不同", "differs from row {person_line_number}"),
    "same_grant_row_above": ("与前面一行完全相同", "the same grant is in a row above"),
    "no_role": ("没有角色“{role}”", "there is no role '{role}'"),
    "department_account_names_its": ("部门账号要写明部门", "a department's account names its department"),
    "administrator_no_area_no": ("系统管理员不分地区和部门", "an administrator has no area and no department"),
}
