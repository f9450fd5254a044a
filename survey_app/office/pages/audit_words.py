"""The audit trail in a person's words: what was done, to what, and what differs before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from survey_app.console.frame import area_name, role_names
from survey_app.console.words import doer
from survey_app.models import Area, AuditEntry, Site, Survey, db

NOUNS = {
    "account": _("账号"), "access": _("填答入口"), "area": _("地区"), "areas": _("地区"), "assignment": _("牵头部门分工"),
    "assignments": _("牵头部门分工"), "contact": _("要访问的人"), "device": _("访问员平板"), "entry": _("纸质问卷录入"), "estimate": _("估计"),
    "evidence": _("佐证材料"), "factor": _("第二重验证"), "file": _("文件"), "final": _("最终评分"), "flags": _("疑问标记"),
    "flag": _("疑问标记"), "grant": _("权限"), "import": _("导入"), "invitation": _("邀请码"), "job": _("后台任务"),
    "period": _("填报周期"), "programme": _("评价方案"), "installation": _("本系统"), "questionnaire": _("问卷"), "rectification": _("整改事项"), "response": _("应答"),
    "sign_off": _("双人签署"), "site": _("调查点"), "sites": _("调查点"), "survey": _("调查"), "ticket": _("工单"),
    "tickets": _("工单"), "token": _("接口密钥"), "scenario": _("假设方案"), "schedule": _("定时任务"), "run": _("估计"), "value": _("指标数值"), "values": _("指标数值"), "final_run": _("最终评分"), "quota": _("配额"), "batch": _("评分批次"), "secret": _("密钥"),
    "objection": _("异议"), "register": _("台账"), "settings": _("公开信息"), "backup": _("备份"), "hotline": _("12345热线"), "reply_template": _("答复模板"), "letterhead": _("单位名称与标识"), "department": _("部门"), "provider": _("统一登录"),
}  # fmt: skip
VERBS = {
    "add": _("增加"), "accept": _("采用"), "accepted": _("通过"), "answer": _("答复"), "answered": _("答复"), "approved": _("批准"),
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
    "use": _("选定"), "verified": _("核验通过"), "verify": _("核验销号"), "unflag": _("取消标记"), "unseal": _("查看原文"), "deactivate": _("停用"),
    "reactivate": _("恢复使用"), "extend": _("延期"), "save": _("保存"), "purge": _("到期清除"), "least_cell": _("改最小公布单元"), "questionnaire": _("换问卷"), "entered": _("填写"), "decline": _("不予受理"), "route": _("转办"), "start": _("开始办理"), "join": _("合并办理"), "part": _("分开办理"), "words": _("改对照表"),
    "hotline_in": _("12345转来"), "hotline_out": _("导出给12345"),
}  # fmt: skip
WHOLE = {
    "sign_in": _("登录"),
    "denied": _("被拒绝的访问"),
    "hotline.read": _("经接口取走给12345的工单"),
    "survey.archive": _("把应答转存为文件"),
    "survey.archive_back": _("把转存的应答写回数据库"),
    "response.open": _("打开一份应答的答案"),
    "response.process": _("打开一份应答的过程"),
    "response.run_package": _("导出估计的数据包"),
    "channel.change": _("修改发送渠道"),
    "channel.remove": _("删除发送渠道"),
    "channel.secret": _("更换Webhook密钥"),
    "channel.test": _("发送测试消息"),
    "provider.change": _("修改统一登录"),
    "provider.remove": _("删除统一登录"),
    "provider.rule_add": _("增加统一登录的授权"),
    "provider.rule_remove": _("删除统一登录的授权"),
    "identity.approve": _("批准统一登录的人"),
    "identity.join": _("把统一登录并入账号"),
    "identity.turn_away": _("拒绝统一登录的人"),
    "invited.list": _("导入邀请名单"),
    "invited.send": _("发送邀请或提醒"),
    "invited.forget": _("删除邀请名单的号码"),
    "outbox.again": _("重新发送失败的消息"),
    "notices.rules": _("规定通知规则"),
    "department.address": _("修改部门通讯录"),
    "note.add": _("给数字加批注"),
    "note.remove": _("撤下数字的批注"),
    "department.add": _("新增部门"),
    "department.rename": _("部门改名"),
    "department.remove": _("删除部门"),
    "earlier.add": _("录入以往公布的数字"),
    "earlier.remove": _("删除以往公布的数字"),
    "results.day": _("定结果公布日期"),
    "results.release": _("发布调查结果"),
    "link.make": _("开出只读链接"),
    "link.revoke": _("收回只读链接"),
    "letterhead.change": _("改单位名称与标识"),
    "dispatch.make": _("生成调度简报"),
    "draft.create": _("起草问卷"),
    "draft.remove": _("删除问卷草稿"),
    "part.save": _("存入题库"),
    "part.remove": _("从题库删除"),
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
    "map.store": _("上传县(市、区)地图"),
    "survey.extend": _("按计划延长截止时间"),
    "figure.open": _("截止前打开官方题的数字"),
    "survey.settle": _("收尾完成，应答冻结"),
    "response.file": _("导出应答数据"),
    "response.review_file": _("导出核查表"),
    "programme.add": _("添加评价方案"),
    "run": _("新的估计与评分"),
    "import.responses": _("导入应答"),
    "answers.import": _("导入其他工具的答卷"),
    "answers.mapping": _("保存答卷对照表"),
    "register.none": _("台账报“无”"),
    "register.none_back": _("撤回台账的“无”"),
}
KEYS = {
    "joined_to": _("合并办理"), "role": _("角色"), "area": _("地区"), "department": _("部门"), "state": _("状态"), "full_name": _("姓名"),
    "licence": _("开放许可"), "language": _("语言"), "method": _("请求方式"), "reason": _("理由"), "active": _("可登录"), "codes": _("恢复码个数"),
    "left": _("剩余恢复码"), "plan": _("方案"), "rows": _("行数"), "value": _("数值"), "name": _("名称"),
    "title": _("标题"), "due": _("期限"), "count": _("数量"), "fingerprint": _("内容校验码"), "batch": _("评分批次"), "kind": _("类型"), "open": _("未落实"),
    "period": _("填报周期"), "programme": _("评价方案"), "estimate": _("估计"), "estimate_run": _("估计"), "digest": _("摘要"), "size": _("字节数"),
    "sites": _("调查点"), "invitations": _("邀请码"), "made": _("新标记"), "version": _("版本"), "leads": _("牵头部门"),
    "supporting": _("配合部门"), "shared": _("共同负责"), "about": _("事项"), "file": _("文件"), "trials_deleted": _("删除的试填"), "public_url": _("公开网址"), "organiser": _("主办单位"),
    "handler": _("个人信息处理者"), "contact": _("联系方式"), "icp": _("ICP备案号"), "police": _("公安备案号"), "seals_erased": _("撤回的回答封存"),
    "file_digest": _("文件摘要"), "added": _("新增"), "already": _("已有"), "at": _("时间"), "attempts": _("上门次数"),
    "base_weight": _("基础权数"), "by": _("经办人"), "changed": _("更改"), "city": _("城市"), "closed_at": _("结束时间"),
    "closes_at": _("截止时间"), "opens_at": _("开始时间"), "code": _("编码"), "day": _("日期"), "days": _("天数"), "deadline": _("截止日期"),
    "disposition": _("访问结果"), "double_entry": _("双人录入"), "eligible": _("符合条件人数"), "exception": _("例外"),
    "expires_at": _("到期时间"), "fields": _("字段"), "figure": _("数字"), "files": _("材料"), "flagged": _("有疑问标记"),
    "flags": _("疑问标记"), "forms": _("份数"), "gone": _("已删除"), "grants": _("权限"), "hours": _("开放时间"),
    "inclusion_probability": _("入样概率"), "interviews": _("访问"), "kept_codes": _("沿用二维码"), "keying": _("录入次序"),
    "label": _("名称"), "least": _("最小公布单元"), "letter": _("来函"), "lines": _("行数"), "lower": _("区间下限"), "upper": _("区间上限"),
    "made_at": _("生成时间"), "mode": _("方式"), "name_en": _("英文名"), "new": _("新增"), "note": _("说明"), "number": _("编号"),
    "objection_days": _("公示工作日"), "open_codes_admit": _("公开二维码计入抽样"), "operator": _("录入人"), "parent": _("上级"),
    "people": _("人数"), "persons": _("人数"), "points": _("分数"), "question": _("题目"), "questionnaire": _("问卷"),
    "received": _("收到日期"), "removed": _("删除"), "replicates": _("重复权数"), "reserves": _("备选"), "residents": _("居民数"),
    "response": _("应答"), "responses": _("应答"), "retired": _("已停用"), "revoked": _("已收回"), "row": _("行"), "run": _("估计"),
    "sampled": _("抽样点"), "sealed": _("已封存"), "sessions": _("登录"), "short": _("未达目标"), "site": _("调查点"), "source": _("来源"),
    "stops_when_full": _("满额即停"), "stratum": _("层"), "survey": _("调查"), "taken_back": _("已撤回"), "target": _("目标"),
    "since": _("自"), "text": _("内容"), "tickets": _("工单"), "time_zone": _("时区"), "times": _("次数"), "until": _("截至"), "wave_of": _("上一期"),
    "too_fast": _("作答过快"), "straight_lining": _("整排同一答案"), "duplicate": _("答案相同"), "burst": _("短时集中"),
    "colour": _("主色"), "shown": _("显示在页面上"), "weight_take": _("权数所按份数"), "full": _("满额"), "privacy_purpose": _("用途"), "privacy_kinds": _("收集什么"),
    "privacy_retention": _("保存多久"), "privacy_rights": _("市民的权利"), "privacy_processors": _("委托处理"), "verification": _("根目录校验文件"),
    "evidence": _("佐证材料"), "level": _("级别"), "handling": _("处置情况"), "second_day": _("另一日期"),
    "secret": _("密钥"), "provider": _("统一登录"), "subject": _("对方的编号"), "claim": _("声明"),
    "collector": _("采集方"), "columns": _("列数"), "stored": _("存入"), "invited": _("凭邀请码"), "screened_out": _("中途结束"),
    "twice": _("文件内重复"), "refused": _("没有存入"), "empty": _("未答"), "skipped": _("跳题"),
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
    """'account:anna' as 账号 and Anna's name; surveys, areas and sites by their names too."""
    noun, colon, key = code.partition(":")
    if not colon or noun not in NOUNS:
        return code
    if noun == "account":
        return f"{NOUNS[noun]} {doer(key)}"
    parts = [
        next((name for kind in ("site", "survey", "area") if (name := _things().get((kind, part)))), part)
        for part in key.split("/")
    ]
    return f"{NOUNS[noun]} {' / '.join(parts)}"


def look_up(entries: Iterable[AuditEntry]) -> None:
    """Read the names of the sites of these entries at once, for `subject`."""
    codes = {entry.subject.removeprefix("site:").partition("/")[0] for entry in entries if entry.subject[:5] == "site:"}
    found = db.session.execute(select(Site.code, Site.name).where(Site.code.in_(codes))) if codes else ()
    _things().update({("site", code): f"{name} ({code})" for code, name in found})


def _things() -> dict[tuple[str, str], str]:
    """(kind, code) -> the name of a survey or an area, and of the sites that were looked up."""
    if "audit_things" not in g:
        surveys = {("survey", code): title for code, title in db.session.execute(select(Survey.code, Survey.title))}
        g.audit_things = surveys | {("area", area.code): area_name(area) for area in db.session.scalars(select(Area))}
    things: dict[tuple[str, str], str] = g.audit_things
    return things


def differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """What differs: name, before, after; '' on the side where it was not there. What stands inside is told by its own lines."""
    old, new = ({"value": value} if not isinstance(value, dict) else value for value in (before, after))
    told: list[tuple[str, str, str]] = []
    for key in dict.fromkeys([*old, *new]):
        was, became = old.get(key), new.get(key)
        if was == became:
            continue
        if any(isinstance(value, dict) for value in (was, became)) and all(
            value is None or isinstance(value, dict) for value in (was, became)
        ):
            told += [(f"{_key(key)} · {name}", old, new) for name, old, new in differences(was or {}, became or {})]
        else:
            told.append((_key(key), _said(was, key), _said(became, key)))
    return told


def in_words(entry: AuditEntry) -> str:
    """What an entry changed, in a line."""
    return "；".join(
        f"{name}：{' → '.join(filter(None, values))}" for name, *values in differences(entry.before, entry.after)
    )


def _key(key: str) -> str:
    return str(KEYS.get(key) or _things().get(("area", key), key))


def _said(value: Any, key: str) -> str:
    if value is None:
        return ""
    if key == "role":
        return role_names().get(value, str(value))
    if key == "state" and value in STATES:
        return str(STATES[value])
    if key in ("by", "operator"):
        return doer(str(value))
    if isinstance(value, bool):
        return "✓" if value else "✕"
    if isinstance(value, dict):
        return "；".join(f"{_key(name)} {_said(part, name)}" for name, part in value.items())
    if isinstance(value, list):
        return "、".join(_said(part, key) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
