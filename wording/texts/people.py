"""What is said of people."""

TEXTS = {
    "name_characters_no_spaces": (
        "用户名为2至{longest_name}个字，不含空格",
        "a name has 2 to {longest_name} characters and no spaces",
    ),
    "already_account": ("已经有账号“{name}”", "there is already an account '{name}'"),
    "grant_already": ("“{user_username}”已经有这项权限", "'{user_username}' has this grant already"),
    "no_such_grant": ("“{name}”没有这项权限", "'{name}' has no such grant"),
    "last_administrator_cannot_taken": (
        "不能收回最后一名系统管理员的权限",
        "the last administrator cannot be taken away",
    ),
    "no_role": ("没有角色“{role}”", "there is no role '{role}'; there are: {roles}"),
    "department_account_names_its": ("部门账号要写明部门", "a department's account names its department"),
    "administrator_for_whole_city": (
        "系统管理员不分地区和部门",
        "an administrator is for the whole city and every department",
    ),
    "most_characters_department": (
        "部门名称最多{longest_department}字",
        "at most {longest_department} characters of department",
    ),
    "no_second_factor": ("“{user_username}”没有第二重验证", "'{user_username}' has no second factor"),
    "last_administrator_cannot_deactivated": (
        "不能停用最后一名系统管理员",
        "the last administrator cannot be deactivated",
    ),
    "no_account": ("没有账号“{name}”", "there is no account '{name}'"),
    "no_area": ("没有地区“{name}”", "there is no area '{name}'"),
    "no_area_near": ("没有地区“{name}”，是否应为“{near}”？", "there is no area '{name}'; did you mean '{near}'?"),
    "no_indicator_names_did": (
        "没有部门“{department}”，是否应为“{meant}”？确是另一个部门的，请注明是新部门",
        "no indicator names '{department}'; did you mean '{meant}'? If it is another one, say that it is new",
    ),
}
