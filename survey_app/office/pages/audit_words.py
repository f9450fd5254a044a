"""The audit trail in a person's words: what was done, to what, and what differs before and after."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import lazy_gettext as _

NOUNS = {
    "account": _("账号"), "access": _("填答入口"), "area": _("地区"), "areas": _("地区"), "assignment": _("牵头部门分工"),
    "assignments": _("牵头部门分工"), "contact": _("要访问的人"), "device": _("访问员平板"), "entry": _("纸质问卷录入"), "estimate": _("估计"),
    "evidence": _("佐证材料"), "factor": _("第二重验证"), "file": _("文件"), "final": _("最终评分"), "flags": _("疑问标记"),
    "flag": _("疑问标记"), "grant": _("权限"), "import": _("导入"), "invitation": _("邀请码"), "job": _("后台任务"),
    "period": _("填报周期"), "questionnaire": _("问卷"), "rectification": _("整改事项"), "response": _("应答"),
    "sign_off": _("双人签署"), "site": _("调查点"), "sites": _("调查点"), "survey": _("调查"), "ticket": _("工单"),
    "tickets": _("工单"), "scenario": _("假设方案"), "schedule": _("定时任务"), "run": _("估计"), "value": _("指标数值"), "values": _("指标数值"), "final_run": _("最终评分"), "quota": _("配额"), "batch": _("评分批次"),
}  # fmt: skip
VERBS = {
    "accept": _("采用"), "accepted": _("通过"), "answer": _("答复"), "answered": _("答复"), "approved": _("批准"),
    "ask": _("追问"), "assign": _("分派"), "attach": _("附上"), "batch": _("批量标记"), "change": _("更改"),
    "clone": _("另立下一轮"), "close": _("办结"), "closed": _("办结"), "create": _("新建"), "describe": _("修改姓名或语言"),
    "discard": _("放弃"), "done": _("申请销号"), "end_sessions": _("退出其他设备"), "erase": _("删除"), "flag": _("标记"),
    "full": _("因人多暂停"), "give": _("授予"), "hours": _("改开放时间"), "import": _("导入"), "key": _("录入"),
    "make": _("生成"), "off": _("停用"), "outcome": _("登记结果"), "outcomes": _("登记结果"), "own_password": _("本人改密码"),
    "plan": _("换方案"), "progress": _("写进展"), "proposed": _("提交审批"), "publish": _("公开"),
    "recovery_made": _("生成恢复码"), "recovery_used": _("用恢复码登录"), "reissue": _("重新生成"), "remove": _("删除"),
    "reopen": _("重新打开"), "replace": _("替换"), "reset": _("管理员重置"), "reset_password": _("重置密码"), "responses": _("导入应答"),
    "restore": _("恢复"), "retire": _("停用"), "returned": _("退回"), "reveal": _("查看联系方式"), "revoke": _("收回"),
    "rotate_code": _("换编码"), "set": _("设置"), "settings": _("改设置"), "snapshot": _("月度存档"), "state": _("改状态"),
    "store": _("入库"), "submitted": _("报送"), "take": _("收回"), "take_on": _("列入整改"), "withdrawn": _("撤回"),
    "verified": _("核验通过"), "verify": _("核验销号"), "unflag": _("取消标记"), "unseal": _("查看原文"), "deactivate": _("停用"),
    "reactivate": _("恢复使用"), "extend": _("延期"), "save": _("保存"), "purge": _("到期清除"), "least_cell": _("改最小公布单元"), "questionnaire": _("换问卷"), "entered": _("填写"), "decline": _("不予受理"), "route": _("转办"), "start": _("开始办理"),
}  # fmt: skip
WHOLE = {
    "sign_in": _("登录"),
    "denied": _("被拒绝的访问"),
    "response.open": _("打开一份应答的答案"),
    "response.process": _("打开一份应答的过程"),
    "response.run_package": _("导出估计的数据包"),
    "note.add": _("给数字加批注"),
    "note.remove": _("撤下数字的批注"),
    "earlier.add": _("录入以往公布的数字"),
    "earlier.remove": _("删除以往公布的数字"),
    "link.make": _("开出只读链接"),
    "link.revoke": _("收回只读链接"),
    "letterhead.change": _("改简报的抬头"),
    "voice.read": _("翻看开放题回答"),
    "code.create": _("增加编码"),
    "code.change": _("修改编码"),
    "response.quarantine": _("放行或作废待核查的应答"),
    "flag.confirm": _("确认标记成立"),
    "objections.open": _("开始公示"),
    "objections.raise": _("提出异议"),
    "period.official": _("指定正式调查"),
    "sites.correct": _("更正抽样调查点的数字"),
    "settings.change": _("改公开信息"),
    "backup.make": _("备份"),
    "backup.restore": _("从备份恢复"),
    "schedule.run": _("立即执行定时任务"),
    "secret.note": _("记下密钥的指纹"),
    "secret.rotate": _("更换密钥"),
    "paper.print": _("打印纸质问卷"),
    "paper.keyed": _("声明纸质问卷已全部录入"),
    "survey.extend": _("按计划延长截止时间"),
    "figure.open": _("截止前打开官方题的数字"),
    "survey.settle": _("收尾完成，应答冻结"),
    "response.file": _("导出应答数据"),
    "response.review_file": _("导出核查表"),
    "run": _("新的估计与评分"),
    "import.responses": _("导入应答"),
}
KEYS = {
    "role": _("角色"), "area": _("地区"), "department": _("部门"), "state": _("状态"), "full_name": _("姓名"),
    "language": _("语言"), "method": _("请求方式"), "reason": _("理由"), "active": _("可登录"), "codes": _("恢复码个数"),
    "left": _("剩余恢复码"), "plan": _("方案"), "rows": _("行数"), "value": _("数值"), "name": _("名称"),
    "title": _("标题"), "due": _("期限"), "count": _("数量"), "batch": _("评分批次"), "kind": _("类型"), "open": _("未落实"),
    "period": _("填报周期"), "estimate": _("估计"), "estimate_run": _("估计"), "digest": _("摘要"), "size": _("字节数"),
    "sites": _("调查点"), "invitations": _("邀请码"), "made": _("新标记"), "version": _("版本"), "leads": _("牵头部门"),
    "supporting": _("配合部门"), "shared": _("共同负责"), "about": _("事项"), "file": _("文件"), "trials_deleted": _("删除的试填"), "public_url": _("公开网址"), "organiser": _("主办单位"),
    "handler": _("个人信息处理者"), "contact": _("联系方式"), "icp": _("ICP备案号"), "police": _("公安备案号"), "seals_erased": _("撤回的回答封存"),
    "file_digest": _("文件摘要"),
}  # fmt: skip
STATES = {
    "proposed": _("待审批"), "approved": _("已批准"), "returned": _("已退回"), "withdrawn": _("已撤回"),
    "draft": _("草稿"), "locked": _("已锁定"), "open": _("进行中"), "paused": _("已暂停"), "closed": _("已结束"),
    "archived": _("已归档"), "submitted": _("待核验"), "accepted": _("已核验"), "received": _("待答复"),
    "working": _("办理中"), "asked": _("待市民补充"), "declined": _("不予受理"),
}  # fmt: skip
BREAKS = {
    "changed": _("被改动"), "missing": _("被删除"), "unlinked": _("次序不符"), "cut_off": _("末尾不符"),
    "not_expected": _("与记下的摘要不符"),
}  # fmt: skip


def action(code: str) -> str:
    """'site.retire' as 调查点 · 停用; what has no words yet keeps its code."""
    if code in WHOLE:
        return str(WHOLE[code])
    noun, _dot, verb = code.partition(".")
    return f"{NOUNS.get(noun, noun)} · {VERBS.get(verb, verb)}" if verb else str(NOUNS.get(noun, noun))


def subject(code: str) -> str:
    """'account:anna' as 账号 anna."""
    noun, colon, key = code.partition(":")
    return f"{NOUNS[noun]} {key}" if colon and noun in NOUNS else code


def differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """What differs: name, before, after; '' on the side where it was not there."""
    old, new = ({"value": value} if not isinstance(value, dict) else value for value in (before, after))
    return [
        (str(KEYS.get(key, key)), _said(old.get(key), key), _said(new.get(key), key))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _said(value: Any, key: str) -> str:
    if value is None:
        return ""
    if key == "role":
        from survey_app.console.frame import role_names

        return role_names().get(value, str(value))
    if key == "state" and value in STATES:
        return str(STATES[value])
    if isinstance(value, bool):
        return "✓" if value else "✕"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
