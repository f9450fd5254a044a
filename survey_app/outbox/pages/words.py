"""What states, kinds, events and settings of the outbox are called in the console."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.outbox.channels import WEBHOOK
from survey_app.outbox.events import EVENTS, FOR_RECEIVERS, FOR_STAFF
from wording import Message


def state_names() -> dict[str, str]:
    return {
        "queued": _("等待发送"),
        "sending": _("正在发送"),
        "sent": _("已发出"),
        "delivered": _("已送达"),
        "dropped": _("不再需要"),
        "failed": _("发送失败"),
    }


def kind_names() -> dict[str, str]:
    return {
        "mail": _("电子邮件"),
        "sms": _("短信"),
        "wecom": _("企业微信群机器人"),
        "dingtalk": _("钉钉群机器人"),
        "webhook": "Webhook",
    }


def way_names() -> dict[str, str]:
    return {"now": _("立即"), "digest": _("每天汇总"), "off": _("不通知")}


def event_names() -> dict[str, str]:
    return {name: str(Message(event.title)) for name, event in EVENTS.items()}


def events_for(kind: str) -> list[tuple[str, str]]:
    """What a group or a receiver can be told of, to choose from."""
    if kind == WEBHOOK:
        return [(event.name, f"{Message(event.title)} ({event.outside})") for event in FOR_RECEIVERS]
    return [(event.name, str(Message(event.title))) for event in FOR_STAFF]


def setting_names() -> dict[str, tuple[str, str]]:
    """Label and help of each setting of a channel."""
    return {
        "address": (
            _("网址"),
            _("以 https:// 开头。群机器人的网址里有密钥：加密保存，以后不再显示；不填则保留原来的。"),
        ),
        "provider": (_("短信服务商"), _("stand_in 是模拟服务商，不真正发送；其他服务商由运维安装。")),
        "signature": (_("短信签名"), _("在服务商处审核通过的签名，不带【】。")),
        "key": (_("服务商账号"), ""),
        "secret": (_("服务商密钥"), _("加密保存，以后不再显示；不填则保留原来的。")),
        "template_invitation": (_("模板编号：邀请"), _("参数：survey、organiser、link、until。模板里请写明怎样拒收。")),
        "template_reminder": (_("模板编号：提醒"), _("参数：survey、organiser、link、until。")),
        "template_ticket_answered": (_("模板编号：问题有答复"), _("参数：area、day、link。")),
        "template_test": (_("模板编号：测试"), _("参数：by。")),
        "template_invitation_en": (_("英文模板编号：邀请"), _("发给选了英文的人；不填则用中文模板。")),
        "template_reminder_en": (_("英文模板编号：提醒"), _("同上。")),
        "template_ticket_answered_en": (_("英文模板编号：问题有答复"), _("同上。")),
        "signing": (_("加签密钥"), _("钉钉安全设置选“加签”时以 SEC 开头的那一串。")),
        "host": (_("邮件服务器"), _("例如 smtp.example.gov.cn")),
        "port": (_("端口"), _("TLS 一般是465，STARTTLS 一般是587，不加密一般是25。")),
        "security": (_("加密方式"), _("只有单位内网的服务器才可以不加密。")),
        "sender": (_("发件地址"), _("可以带名称，例如 评估办公室 <notice@example.gov.cn>")),
        "user": (_("登录用户名"), _("服务器不要求登录时不填。")),
        "password": (_("登录密码或授权码"), _("加密保存，以后不再显示；不填则保留原来的。")),
        "authority": (_("服务器证书的签发证书"), _("服务器用单位自己签发的证书时，在这里贴 PEM 文本。")),
    }


def choice_names() -> dict[str, str]:
    return {"tls": "TLS", "starttls": "STARTTLS", "none": _("不加密")}
