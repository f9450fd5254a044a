"""Where a text names a person by number: telephones, identity papers, bank cards, mail, messengers. Nothing is replaced here.

A number is judged by its own check (Luhn, GB 11643's check digit and date), by how it is grouped and by the words around
it: an amount, a date, a coordinate or the number of a lamp post is no person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from survey_app.answering.number_checks import DATE, ISSUED, YEAR, Number, is_card, is_identity, is_mobile


class Kind(StrEnum):
    """What was found; the value is the word that takes its place."""

    MOBILE = "手机"
    LANDLINE = "座机"
    IDENTITY = "证件号"
    CARD = "卡号"
    EMAIL = "邮箱"
    ACCOUNT = "账号"


@dataclass(frozen=True)
class Found:
    """text[start:end] of the text as written."""

    start: int
    end: int
    kind: Kind


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SEPARATOR = r"[ \t.\-_*/(),、]{1,3}"
_RUN = re.compile(rf"\d+(?:{_SEPARATOR}\d+)*(?:[ \-]?[Xx](?![A-Za-z]))?")
_NUMERALS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_FEWEST = 5  # letters, digits and numerals in the shortest of all that is looked for
_NEITHER = re.compile(r"[、。，；：！？\s]|(?![〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖])[一-鿿]")
_LINK = r"""(?:号码|编号|号|是|为|在|：|[ :=#.,("“])*"""
_PERSON = {  # the words that say whose number follows
    Kind.IDENTITY: r"身份证|证件|身份号码|公民身份|\bID card|\bidentity",
    Kind.CARD: r"卡号|银行卡|信用卡|储蓄卡|借记卡|社保卡|医保卡|[账帐][号户]|户头|\bcard\b|\baccount\b",
    Kind.MOBILE: r"电话|手机|座机|固话|联系方式|联系我|来电|回电|致电|拨打|传真|小灵通|\btel\b|\b(?:tele)?phone\b|\bmobile\b|\bcall\b|\bfax\b",
}
_THING = _any_case(
    r"(?:编号|工单|单号|订单|流水号|序列号|受理|案号|文号|信用代码|许可证|代码|条码|条形码|型号|批号|桩号|杆号|灯杆|设备号|表号|户号|"
    r"邮编|坐标|[经纬]度|东经|北纬|里程|面积|人口|预算|投资|造价|金额|总额|产值|[¥$￥]|"
    rf"\b(?:order|serial|ticket|invoice|lamp|pole|reference|budget|population|amount)\b(?: (?:no|number)\b)?){_LINK}$"
)
_THINGS_NUMBER = re.compile(r"号(?:路灯|灯杆|电?线?杆|井盖|工单|订单|设备|站牌|[水电气]表|快递|车)")
_UNIT = re.compile(
    r" ?(?:多|余|左右)?(?:元(?!旦)|块钱|万(?![一事])|亿|人民币|平方|平米|㎡|立方|公里|千米|公顷|亩|公?吨|公斤|千克|度电|千瓦|户(?!主)|"
    r"人次|人口|[年株棵盏%](?!前)|分钟|小时|之间|不等|(?:RMB|yuan|people|persons|residents|tons|km)\b)"
)
_WRITTEN_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SHAPE = re.compile(rf"(?:(?:00)?86|0)?1[3-9]\d{{9}}|\d{{15}}|\d{{17}}[\dX]|{ISSUED.pattern}")

_LOCAL = (  # seven or eight digits of a landline as people group them
    r"[2-8](?:\d{6,7}|\d{2}[ \-.]\d{4}|\d{3}[ \-.]\d{3,4}|\d{2}[ \-.]\d{2}[ \-.]\d{2}|\d(?:[ \-.]\d{2}){3})(?!\d)"
)
_MORE = rf"(?: ?(?:[、/,或和]) ?{_LOCAL})*"
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_EXTENSION = r"(?: ?(?:转|分机号?|ext\.?|x)[ :]?\d{1,6}(?!\d)|-\d{1,5}(?!\d))?"
_LANDLINE = _any_case(
    rf"(?<![\d.])(?:\(?(?:\+|00)86\)?[ \-]?\(?0?{_AREA}\)?|\(0{_AREA}\)|0{_AREA})[ \-_/.]{{0,3}}{_LOCAL}{_EXTENSION}{_MORE}"
)
_BARE = _any_case(
    rf"(?:{_PERSON[Kind.MOBILE]})(?:号码|号|联系|是|为|[ :.,(])*((?:{_LOCAL}|1[3-9]\d{{8}}(?:\d\d)?(?!\d)){_EXTENSION}{_MORE})"
)
_ABROAD = re.compile(r"(?<![\d+])\+[1-9](?:[ \-.()]{0,2}\d){8,14}(?!\d)")
_PAPER = _any_case(
    rf"(?:护照|通行证|台胞证|回乡证|军官证|士官证|居留证|\bpassport(?: no\.?| number)?){_LINK}([A-Z]{{0,2}}\d{{7,10}})(?![A-Z\d])"
)
_EMAIL = _any_case(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64} ?(?:@|[(\[]at[)\]]) ?(?:[A-Za-z0-9\-]{1,63} ?[.。] ?){1,4}[A-Za-z]{2,24}"
)
_MESSENGER = _any_case(
    r"(?P<add>加我?的?|我的|搜)?(?:(?P<qq>(?<![A-Za-z])(?:QQ|Q(?=号))|扣扣|企鹅)|(?P<chat>微信|威信|薇信|维信|V信|(?<![A-Za-z])(?:VX|WX|wechat|weixin)|(?<=加)[V微薇威])|"
    r"(?P<other>抖音|快手|小红书|微博|支付宝|钉钉|(?<![A-Za-z])(?:telegram|whatsapp)))"
    r"(?P<number>号码|[账帐]号|号|ID)? *(?P<is>[是为叫]|is\b)?(?P<colon>[:=])? *(?P<name>[A-Za-z0-9][A-Za-z0-9_\-]{4,19})(?![A-Za-z0-9_\-])"
)
_PEOPLE_OR_TIMES = re.compile(r" ?[人次条个年月]")


def found_in(text: str) -> list[Found]:
    """What names a person in a text, in its order, nothing twice. Full-width, circled and Chinese digits count as digits."""
    if len(_NEITHER.sub("", text)) < _FEWEST:  # most of what people write
        return []
    plain, places = _plain(text)
    found: list[Found] = []
    for kind, start, end in _all(plain):
        found.append(Found(places[start], places[end], kind))
    return sorted(found, key=lambda one: one.start)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text with one way of writing digits, dashes and brackets and without what is not seen; the place of each character."""
    kept, places = [], []
    for place, written in enumerate(text):
        c = unicodedata.normalize("NFKC", written)
        kind = unicodedata.category(written)
        if kind in ("Cf", "Mn", "Me"):  # joiners, the frame of an emoji's digit
            continue
        if len(c) != 1:
            c = written
        elif kind == "Pd":
            c = "-"
        elif c in "·•∙":
            c = "."
        elif kind == "Nd":
            c = str(unicodedata.digit(written))
        kept.append(c)
        places.append(place)
    return "".join(kept), [*places, len(text)]


def _all(plain: str) -> Iterator[tuple[Kind, int, int]]:
    """Each way of looking in turn; what one has found the next ones do not see."""
    for look in (_emails, _numbers, _numerals, _papers, _landlines, _bare, _abroad, _accounts):
        for kind, start, end in list(look(plain)):
            plain = plain[:start] + "\0" * (end - start) + plain[end:]
            yield kind, start, end


def _emails(plain: str) -> Iterator[tuple[Kind, int, int]]:
    return ((Kind.EMAIL, *one.span()) for one in _EMAIL.finditer(plain))


def _numbers(plain: str) -> Iterator[tuple[Kind, int, int]]:
    """Mobile, identity and card numbers in runs of digits, the longest first."""
    for run in _RUN.finditer(plain):
        spans = [(run.start() + group.start(), run.start() + group.end()) for group in re.finditer(r"\d+", run[0])]
        spans[-1] = (spans[-1][0], run.end())
        first = 0
        while first < len(spans):
            start = spans[first][0]
            called = _called(_before(plain, start))
            for last in reversed(_possible(plain, spans, first, called)):
                end = spans[last][1]
                kind = _kind(_number(plain, start, end), called)
                if kind is not None:
                    yield kind, _opened(plain, start, end), end
                    first = last
                    break
            first += 1


def _possible(plain: str, spans: list[tuple[int, int]], first: int, called: Kind | None) -> list[int]:
    """The last groups with which the digits from `first` on have the length and the beginning of something known."""
    digits, found = "", []
    for last in range(first, len(spans)):
        digits += plain[spans[last][0] : spans[last][1]].upper().replace(" ", "").replace("-", "")
        if len(digits) > 22:
            break
        if (len(digits) > 10 and _SHAPE.fullmatch(digits)) or (
            called in (Kind.IDENTITY, Kind.CARD) and len(digits) >= 12
        ):
            found.append(last)
    return found


def _numerals(plain: str) -> Iterator[tuple[Kind, int, int]]:
    """The same where digits are spelled in Chinese: 一三八零零一三八零零零."""
    digits = plain.translate(_NUMERALS)
    if digits == plain:
        return iter(())
    return (one for one in _numbers(digits) if digits[one[1] : one[2]] != plain[one[1] : one[2]])


def _papers(plain: str) -> Iterator[tuple[Kind, int, int]]:
    return ((Kind.IDENTITY, *one.span(1)) for one in _PAPER.finditer(plain))


def _landlines(plain: str) -> Iterator[tuple[Kind, int, int]]:
    for one in _LANDLINE.finditer(plain):
        number = _number(plain, *one.span())
        if not (_is_thing(number) or _UNIT.match(number.after) or DATE.search(one[0])):
            yield Kind.LANDLINE, *one.span()


def _bare(plain: str) -> Iterator[tuple[Kind, int, int]]:
    """A number without area code, or one digit short, where the word before says that it is a telephone's."""
    for one in _BARE.finditer(plain):
        years = all(YEAR.fullmatch(group) for group in re.findall(r"\d+", one[1]))
        amount = _UNIT.match(plain, one.end(1)) or _PEOPLE_OR_TIMES.match(plain, one.end(1))
        if not (years or amount or _WRITTEN_DATE.fullmatch(one[1]) or DATE.search(one[1])):
            yield Kind.LANDLINE, *one.span(1)


def _abroad(plain: str) -> Iterator[tuple[Kind, int, int]]:
    return ((Kind.MOBILE, *one.span()) for one in _ABROAD.finditer(plain) if not _UNIT.match(plain, one.end()))


def _accounts(plain: str) -> Iterator[tuple[Kind, int, int]]:
    for one in _MESSENGER.finditer(plain):
        name, said = one["name"], bool(one["number"] or one["colon"])
        counted = name.isdigit() and (_UNIT.match(plain, one.end()) or _PEOPLE_OR_TIMES.match(plain, one.end()))
        if counted or re.fullmatch(r"\d{4}-\d{1,2}(?:-\d{1,2})?", name):
            continue
        if one["qq"]:
            is_account = bool(re.fullmatch(r"[1-9]\d{4,10}", name))
        elif said:
            is_account = True
        else:
            mixed = name[0].isalpha() and not name.isalpha() and len(name) >= 6
            plain_name = name.isalpha() and len(name) >= 6 and bool(one["add"] or one["is"]) and one["is"] != "is"
            old_name = bool(one["add"]) and name.isdigit()  # a messenger's name that is a number of the older one
            is_account = bool(one["chat"]) and (mixed or plain_name or old_name)
        if is_account:
            yield Kind.ACCOUNT, *one.span("name")


def _number(plain: str, start: int, end: int) -> Number:
    return Number(plain[start:end], _before(plain, start), plain[end : end + 8])


def _before(plain: str, start: int) -> str:
    return re.split(r"[\n。;；!！?？\0]", plain[max(start - 24, 0) : start])[-1]


def _opened(plain: str, start: int, end: int) -> int:
    """With the bracket and the + before a number that is closed or called by them."""
    written = plain[start:end]
    if re.match(r"(?:00)?86", written) and plain[:start].endswith("+"):
        start -= 1
    return start - 1 if written.count(")") > written.count("(") and plain[:start].endswith("(") else start


def _kind(number: Number, called: Kind | None) -> Kind | None:
    """What a number is, if it names a person. called: what the words before it say."""
    digits = number.digits
    if _is_part(number) or _is_thing(number):
        return None
    if is_identity(number) or (called == Kind.IDENTITY and 14 <= len(digits) <= 18):
        return Kind.IDENTITY
    amount = bool(_UNIT.match(number.after))
    if (is_card(number) or (called == Kind.CARD and len(digits) >= 12)) and not amount and "X" not in digits:
        return Kind.CARD
    return Kind.MOBILE if is_mobile(number) and (not amount or called == Kind.MOBILE) else None


def _is_part(number: Number) -> bool:
    """Digits after a decimal point, unless it is the point of a list: '1.13800138000'; or before one."""
    if re.match(r"\.\d{1,4}(?!\d)", number.after):
        return True
    return bool(re.search(r"\d\.$", number.before)) and not re.search(r"(?:^|[,、:]) *\d\.$", number.before)


def _called(before: str) -> Kind | None:
    """The paper or line that the words before say, the nearest of them; none beyond another number."""
    words = re.split(r"\d", before)[-1]
    if not words:
        return None
    said = [(one.end(), kind) for kind, known in _PERSON.items() for one in re.finditer(known, words, re.IGNORECASE)]
    return max(said)[1] if said else None


def _is_thing(number: Number) -> bool:
    """Whether the words beside it say that it is a thing's number or a quantity: 路灯编号, 投资, 号灯杆."""
    person = any(re.search(rf"(?:{known}){_LINK}$", number.before, re.IGNORECASE) for known in _PERSON.values())
    return not person and bool(_THING.search(number.before) or _THINGS_NUMBER.match(number.after))
