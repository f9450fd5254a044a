"""Simulated problems of the demonstration city, in every state, some late, some rated, some published."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from PIL import Image, ImageDraw
from sqlalchemy import select

from survey_app.ground import sign_off
from survey_app.ground.clock import office, today
from survey_app.ground.settings import in_force
from survey_app.models import Survey, Ticket, TicketPublication, db
from survey_app.tickets.fields import Counter, counter_of
from survey_app.tickets.numbers import number_hash
from survey_app.tickets.publication import PUBLISHED
from survey_app.tickets.reporting import checked, hand_in
from survey_app.tickets.routing import route_waiting
from survey_app.tickets.steps import CITIZEN, first_dates, take

TICKETS = 64
CITY_SHARE = 0.35  # of the problems, said to be the whole city's
CLERK = "demo"
PROBLEMS = {
    "parking": ("商场地下停车场缴费系统经常卡住，出口排队二十分钟。", "医院门口电子屏显示有空位，进去却没有车位。"),
    "traffic": ("学校门口的红绿灯放学时段配时太短，老人过不去。", "导航提示的限行路段与现场标志不一致。"),
    "bus": ("公交到站预报常常差十分钟，冬天等车很冷。", "手机乘车码在末班车上刷不出来。"),
    "health": ("医院自助机不能打印外地检查报告。", "网上预约挂号付款后没有收到确认。"),
    "online_services": ("网上办居住证提示材料不全，但没有说缺哪一项。", "办事大厅的预约号和网上的不是同一个。"),
    "community": ("小区智慧门禁停用半个月，没人修。", "社区服务小程序里的维修报修没有回音。"),
    "charging": ("充电桩三个坏两个，应用上仍显示可用。",),
    "network": ("村里手机信号时有时无，打电话要到院子外面。",),
    "elderly": ("老人手环的求助按钮按了没有人回应。",),
    "environment": ("空气质量显示屏一周没有更新。",),
    "education": ("入学报名系统最后一天打不开。",),
    "other": ("公园的无障碍坡道被锁住，轮椅进不去。",),
}
REPLY = "您好，已派人到现场核实，正在联系维护单位处理，有进展会及时告诉您。"
QUESTION = "请问具体是哪个出入口，大约什么时间？"
ANSWER = "东门，早上七点半左右。"
FINAL = "您好，设备已修复并恢复使用，今后每周巡检一次。感谢您的反映。"
DECLINED = "您反映的事项属于小区业主共同决定的范围，请向业主委员会提出；需要帮助可联系社区。"
WHERE = ("人民路与解放路口", "市民中心", "第二小学门口", "火车站南广场", "幸福小区", "")
# what becomes of a ticket, how often, and the least and most days since it was received
FATES = (
    ("new", 0.16, 0, 4), ("late", 0.08, 9, 20), ("working", 0.16, 3, 12), ("stuck", 0.06, 25, 45),
    ("asked", 0.10, 4, 12), ("closed", 0.38, 8, 70), ("declined", 0.06, 8, 60),
)  # fmt: skip


@dataclass(frozen=True)
class Fate:
    name: str
    received_on: date
    first_after: int  # working days until the first reply
    closed_after: int


def store_tickets(survey: Survey, generator: np.random.Generator) -> int:
    """Hand in the demonstration's problems and play them to their present state; their number."""
    counter = counter_of(survey)
    fates = [_fate(generator) for _ in range(TICKETS)]
    numbers = [_hand_in(counter, generator, place) for place in range(TICKETS)]
    route_waiting()
    for place, (number, fate) in enumerate(zip(numbers, fates, strict=True)):
        ticket = db.session.scalars(select(Ticket).where(Ticket.number_hash == number_hash(number))).one()
        _play(ticket, fate, generator, place)
    return TICKETS


def _hand_in(counter: Counter, generator: np.random.Generator, place: int) -> str:
    keys = [key for key in PROBLEMS if counter.field(key)]
    weights = np.array([len(PROBLEMS[key]) * (3 if key == "parking" else 1) for key in keys], dtype=float)
    key = keys[int(generator.choice(len(keys), p=weights / weights.sum()))]
    city = generator.random() < CITY_SHARE
    area = counter.places[0] if city else counter.places[int(generator.integers(1, len(counter.places)))]
    words = PROBLEMS[key]
    form = {
        "field": key,
        "area": str(area.area_id),
        "text": words[int(generator.integers(len(words)))],
        "where": WHERE[int(generator.integers(len(WHERE)))],
        "contact": "演示 13800000000" if generator.random() < 0.4 else "",
    }
    photos = [_picture(place)] if place % 5 == 0 else []
    return hand_in(counter, checked(counter, form, photos), secrets.token_hex(12))


def _fate(generator: np.random.Generator) -> Fate:
    name, _share, least, most = FATES[int(generator.choice(len(FATES), p=[fate[1] for fate in FATES]))]
    received = today() - timedelta(days=int(generator.integers(least, most + 1)))
    first = 1 + int(generator.poisson(2))
    return Fate(name, received, first, first + 1 + int(generator.poisson(5)))


def _play(ticket: Ticket, fate: Fate, generator: np.random.Generator, place: int) -> None:
    """Take the steps, then put them on the days they are meant to have happened on."""
    _steps(ticket, fate)
    days = {"first": in_force().calendar().after(fate.received_on, fate.first_after)}
    days["end"] = in_force().calendar().after(fate.received_on, fate.closed_after)
    days = {name: min(day, today()) for name, day in days.items()}
    waited = in_force().calendar().after(fate.received_on, 15)
    ticket.received_on = fate.received_on
    ticket.reply_due_on = in_force().calendar().after(fate.received_on, 5)
    ticket.close_due_on = max(waited, first_dates(fate.received_on)["close_due_on"])
    if ticket.first_reply_on:
        ticket.first_reply_on = days["first"]
    if ticket.asked_on:
        ticket.asked_on = days["first"]
    if ticket.closed_on:
        ticket.closed_on = days["end"]
    for event in ticket.events:
        event.on = (
            fate.received_on
            if event.step == "route"
            else days["end"]
            if event.step in ("close", "decline", "rate")
            else days["first"]
        )
        if event.at is not None:
            event.at = datetime.combine(event.on, time(9 + place % 8, place % 60), office())
    if ticket.state == "closed" and generator.random() < 0.7:
        ticket.satisfaction = int(generator.choice((5, 4, 3, 2, 1), p=(0.3, 0.35, 0.15, 0.12, 0.08)))
    if ticket.state == "closed" and place % 2 == 0:
        _publish(ticket, days["end"])


def _steps(ticket: Ticket, fate: Fate) -> None:
    steps = {
        "working": [("interim", REPLY)],
        "stuck": [("interim", REPLY)],
        "asked": [("ask", QUESTION)],
        "declined": [("decline", DECLINED)],
        "closed": [("ask", QUESTION), ("supplement", ANSWER), ("close", FINAL)],
    }.get(fate.name, [])
    for step, words in steps:
        if step == "supplement":
            take(ticket, step, CITIZEN, CITIZEN, words)
        else:
            take(ticket, step, "coordinator" if step == "decline" else "department", CLERK, words)


def _publish(ticket: Ticket, day: date) -> None:
    subject = f"ticket:{ticket.id}"
    sign_off.take_step(subject, sign_off.PROPOSED, f"{CLERK}-a", "")
    sign_off.take_step(subject, sign_off.APPROVED, f"{CLERK}-b", "演示")
    db.session.add(
        TicketPublication(
            ticket_id=ticket.id,
            state=PUBLISHED,
            problem=ticket.text,
            reply=FINAL,
            published_on=day,
            department=ticket.department or ticket.handler_area.name,
        )
    )


def _picture(place: int) -> bytes:
    """A drawn street corner, so that nobody's photo is shown."""
    image = Image.new("RGB", (960, 640), (178, 205, 226))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 420, 960, 640), fill=(120, 124, 128))
    for step in range(6):
        left = 20 + step * 160
        pen.rectangle((left, 160 + (step * place) % 120, left + 120, 420), fill=(150 + step * 9, 140, 120 + place % 60))
    pen.rectangle((430, 210, 450, 520), fill=(60, 60, 60))
    pen.ellipse((405, 150, 475, 220), fill=(190, 40, 30))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
