"""What is said of people."""

TEXTS = {
    "name_characters_no_spaces": (
        "用户名为2至{longest_name}个字，不含空格",
        "a name has 2 to {longest_name} characters and no spaces",
    ),
    "department_name": ("部门名称为1至{most}个字", "a department's name has 1 to {most} characters"),
    "department_there": ("已经有“{department}”", "'{department}' is there already"),
    "department_near": (
        "“{department}”是否就是“{meant}”？不是的话，请勾选不是同一个部门",
        "is '{department}' not '{meant}'? If it is another, tick so",
    ),
    "department_of_programme": (
        "“{department}”是评价方案里的部门，不能在这里改",
        "'{department}' is a department of the programme and cannot be changed here",
    ),
    "department_in_use": ("“{department}”还在使用，不能删除", "'{department}' is in use and cannot be removed"),
    "department_reason": ("请写明改名的理由", "say why the name changes"),
    "no_such_department": ("没有部门“{department}”", "there is no department '{department}'"),
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
    # signing in at a provider
    "provider_needed": ("请填写", "please fill this in"),
    "provider_name_taken": ("已经有叫“{name}”的登录方式", "there is already a way to sign in called '{name}'"),
    "provider_address": ("要以https://开头的网址", "an address that begins with https://"),
    "provider_secret_anew": (
        "网址改了，请重新填写密钥：原来的不会发到新的网址",
        "the address has changed; enter the secret again, for the old one is not sent to a new address",
    ),
    "provider_organisation": (
        "“{name}”：您登录的不是本单位，请在钉钉里选本单位再试",
        "'{name}': you signed in for another organisation; choose ours in DingTalk and try again",
    ),
    "provider_nick": (
        "nick是各人自己填的昵称，不能据此授权",
        "nick is what everybody calls himself; nothing can be granted by it",
    ),
    "provider_plain": (
        "“{name}”给出的网址不是https的：{address}。请系统管理员与它的管理方联系",
        "'{name}' names an address that is not https: {address}. An administrator should ask those who run it",
    ),
    "provider_administrator": (
        "统一登录不能授予系统管理员。请在账号页授予",
        "a provider cannot make administrators; give that grant on the account's page",
    ),
    "provider_rule_twice": ("表里已经有这一行", "the table has this line already"),
    "provider_down": (
        "连不上“{name}”，现在不能用它登录。请稍后再试，或用密码登录",
        "'{name}' cannot be reached, so it cannot sign you in now. Try again later, or sign in with a password",
    ),
    "provider_refused": ("“{name}”没有让您登录：{said}", "'{name}' did not sign you in: {said}"),
    "provider_client": (
        "“{name}”不认识本系统的客户端编号或密钥，请告诉系统管理员",
        "'{name}' does not know this system's client number or secret; please tell the administrator",
    ),
    "provider_clock": (
        "“{name}”与本系统的时钟相差太多，不能登录。请告诉系统管理员校准时钟",
        "the clocks of '{name}' and of this system are too far apart to sign in; please tell the administrator",
    ),
    "provider_used": (
        "这次登录已经用过、已过期，或不是在这个浏览器里开始的。请重新登录",
        "this sign-in was used already, is too old, or was not begun in this browser; please sign in again",
    ),
    "provider_issuer": (
        "登录凭据不是“{name}”签发的，没有采用。请告诉系统管理员",
        "the token was not issued by '{name}' and was not taken; please tell the administrator",
    ),
    "provider_audience": (
        "“{name}”的登录凭据是给别的系统的，没有采用。请告诉系统管理员",
        "the token of '{name}' is for another system and was not taken; please tell the administrator",
    ),
    "provider_algorithm": (
        "“{name}”的登录凭据没有用可以核对的方式签名，没有采用。请告诉系统管理员",
        "the token of '{name}' is not signed in a way that can be checked, and was not taken; please tell the administrator",
    ),
    "provider_signature": (
        "“{name}”的登录凭据签名不对或内容不全，没有采用。请告诉系统管理员",
        "the token of '{name}' has a wrong signature or lacks something, and was not taken; please tell the administrator",
    ),
    "provider_subject": (
        "“{name}”前后说的不是同一个人，没有采用。请告诉系统管理员",
        "'{name}' spoke of two different persons, so it was not taken; please tell the administrator",
    ),
    "provider_no_name": (
        "“{name}”没有给出“{claim}”，不知道该叫您什么。请告诉系统管理员",
        "'{name}' did not say '{claim}', by which accounts are named here; please tell the administrator",
    ),
    "provider_waits": (
        "“{name}”已确认您是{person}。等系统管理员批准后，再登录一次就可以了",
        "'{name}' knows you as {person}. Once an administrator has approved it, sign in again",
    ),
    "provider_inactive": ("这个账号已停用，不能登录", "this account is deactivated and cannot sign in"),
    "provider_nothing": (
        "“{name}”现在没有给您任何权限，不能登录。请联系您单位的系统管理员",
        "'{name}' gives you no grant any more, so you cannot sign in; please ask your administrator",
    ),
    "provider_settled": ("这一条已经处理过了", "this has been seen to already"),
    "provider_no_password": (
        "这个账号用统一登录，在这里没有密码。要做这一步，请退出后重新登录",
        "this account signs in at a provider and has no password here; for this, sign out and in again",
    ),
}
