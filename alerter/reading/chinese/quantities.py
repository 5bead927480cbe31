"""Quantities in Chinese: `8618万吨`, `57.3%`, `近四成`, `三分之一`, `增长2.4倍`, `翻番`, `每吨31.5万元`.

Units become those of the contract: tonnes, a currency's code, `cny_per_t`. What is bounded says so: 近 and
约 nearly, 逾 and 超 more than, 不超过 at most. A range gives its lower and its upper figure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from alerter.core.reading import Bound

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_CN = "[零〇一二三四五六七八九十百千两]"
_NUM = r"(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?)"
_SCALE = "(?:[十百千]?[万亿]|万亿|千|百)"
_SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_MORE = "(?:余|多)?"
_MONEY = {
    "人民币": "cny",
    "美元": "usd",
    "欧元": "eur",
    "日元": "jpy",
    "韩元": "krw",
    "英镑": "gbp",
    "卢比": "inr",
    "林吉特": "myr",
    "元": "cny",
}
_COUNTED = {
    **dict.fromkeys(("公吨", "吨"), ("t", 1.0)),
    **dict.fromkeys(("千克", "公斤"), ("kg", 1.0)),
    **dict.fromkeys(("辆", "台", "个", "件", "片", "枚", "颗", "架"), ("units", 1.0)),
    **dict.fromkeys(("立方米",), ("m3", 1.0)),
    **dict.fromkeys(("桶/日", "桶/天"), ("bbl_per_day", 1.0)),
    "桶": ("bbl", 1.0),
}
_NO_UNIT = (
    "(?!月|百分点|工作日|国家|方面|品种|类|税|项|基点|省|城市|实体|企业|成员|股|案|交易日|季|季度|小时|种)"
)
_PER = {
    "公吨": "t",
    "吨度": "mtu",
    "吨": "t",
    "磅": "lb",
    "盎司": "oz",
    "克": "g",
    "千克": "kg",
    "公斤": "kg",
    "桶": "bbl",
}
_MONEY_UNIT = "美分|" + "|".join(sorted(_MONEY, key=len, reverse=True))
_PER_UNIT = "|".join(sorted(_PER, key=len, reverse=True))
_UNIT = "|".join(sorted(_COUNTED, key=len, reverse=True))
_JOIN = "[-~—至到]{1,2}"
_NOT_TENTHS = "(?!为|本|交|品|立|功|果|员|都|熟|长|形|型|分|套|因)"
_QUANTITY = re.compile(
    rf"""
      (?P<sign>[-+](?=\d))?
      (?:(?P<low>{_NUM})(?P<low_scale>{_SCALE})?(?:%|吨|公吨|{_MONEY_UNIT})?{_JOIN})?
      (?P<number>{_NUM})(?P<some>余)?(?P<scale>{_SCALE})?(?P<more>{_MORE})
      (?:
          (?P<points>(?:个)?百分点|个基点)
        | (?P<percent>%)(?P<open>以上)?
        | (?P<times>倍)(?P<times_more>多|以上)?
        | (?P<tenths>成){_NOT_TENTHS}(?P<tenths_more>多|以上)?
        | (?P<priced>{_MONEY_UNIT})(?:每|/|一)(?P<per>{_PER_UNIT})
        | (?P<money>{_MONEY_UNIT})(?!/)
        | (?P<unit>{_UNIT}){_NO_UNIT}
      )
    | (?P<cn>{_CN}{{1,6}})(?:
          (?P<cn_tenths>成)(?P<half>半|[一二三四五六七八九](?!成))?{_NOT_TENTHS}(?P<cn_tenths_more>多|以上)?
        | 分之(?P<part>{_CN}{{1,3}})(?P<part_point>点{_CN}{{1,2}})?
        | (?P<cn_times>倍)(?P<cn_times_more>多|以上)?
        | (?P<cn_scale>[万亿]{{1,2}})?(?P<cn_more>{_MORE})(?P<cn_unit>吨|美元|欧元|元|辆)
      )
    | (?P<halved>减半|腰斩|折半|砍半)
    | (?P<quadrupled>翻(?:了)?[两二]番)
    | (?P<doubled>翻番|翻(?:了)?(?:近|逾)?(?:一番|一倍|倍)|倍增)
    | (?P<half_of>(?<=近)半|(?<=过)半|(?:一半)(?:以上)?)
    """,
    re.VERBOSE,
)
_PER_BEFORE = re.compile(rf"每(?P<per>{_PER_UNIT})(?:约|近|逾|超过?|在)?$")
_LOOK_BACK = 6
_AT_LEAST = re.compile("(?:超过?|逾|不低于|不少于|至少|多于|高于|突破|过|大于|超出)(?:每[吨磅桶])?$")
_AT_MOST = re.compile("(?:不超过|不高于|至多|最多|不足|低于|多达|不到)(?:每[吨磅桶])?$")
_APPROX = re.compile("(?:近|将近|接近|约|大约|约为|大概|约合|逼近|几近|几乎)(?:每[吨磅桶])?$")
_OPEN_AFTER = re.compile("以上|余|多(?!少)")
_APPROX_AFTER = re.compile("左右|上下|附近")
_AT_MOST_AFTER = re.compile("以内|以下")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts, at the characters start to end (half-open).

    `change` = a change said in a word or as a multiple: the value is the signed percentage. `times` = how
    many times something, in hundredths; whether that is a change its verb tells.
    """

    kind: Literal["pct", "level", "change", "times"]
    value: float
    unit: str | None
    bound: Bound
    start: int
    end: int
    sign: int = 0
    is_rough: bool = False
    """A fraction or a word, which a precise figure may repeat."""


def quantities(body: str, start: int, end: int) -> list[Quantity]:
    """All quantities between two characters (half-open), in order."""
    found = _QUANTITY.finditer(body, start, end)
    return _ranges(body, [quantity for one in found for quantity in _read(body, one)])


def _ranges(body: str, found: list[Quantity]) -> list[Quantity]:
    """Marks two figures of one kind that a range joins: `二成至三成`."""
    for at in range(1, len(found)):
        low, high = found[at - 1], found[at]
        joined = body[low.end : high.start] in ("至", "到", "-", "—", "~")
        if joined and (low.kind, low.unit) == (high.kind, high.unit) and low.value < high.value:
            found[at - 1 : at + 1] = [replace(low, bound="at_least"), replace(high, bound="at_most")]
    return found


def chinese_number(word: str) -> float:
    """The number that Chinese numerals write: 十二, 三百, 二〇二六."""
    if not any(char in _TENS for char in word):
        return float("".join(str(_DIGITS.get(char, 0)) for char in word) or 0)
    total, digit = 0, 0
    for char in word:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS.get(char, 0)
    return float(total + digit)


def _read(body: str, found: re.Match[str]) -> Iterator[Quantity]:
    upper = _one(body, found)
    if upper is None:
        return
    if found["low"] is None or found["number"] is None:
        yield upper
        return
    low = _scaled(found["low"], found["low_scale"] or (found["scale"] if "%" not in found[0] else None))
    factor = _factor(found)
    if not 0 < low * factor < upper.value:
        yield upper
        return
    yield replace(upper, value=low * factor, bound="at_least", end=found.start("number"))
    yield replace(upper, bound="at_most", start=found.start("number"))


def _factor(found: re.Match[str]) -> float:
    if found["tenths"]:
        return 10.0
    return 0.01 if (found["priced"] or found["money"]) == "美分" else 1.0


def _one(body: str, found: re.Match[str]) -> Quantity | None:
    if found["points"]:
        return None
    if found["number"] is None:
        return _worded(body, found)
    value = _scaled(found["number"], found["scale"])
    sign = {"-": -1, "+": 1}.get(found["sign"] or "", 0)
    if found["percent"]:
        return _made(body, found, "pct", value, sign=sign)
    if found["tenths"]:
        return _made(body, found, "pct", value * 10, rough=True)
    if found["times"]:
        return _made(body, found, "times", value * 100)
    return _level(body, found, value * _factor(found))


def _level(body: str, found: re.Match[str], value: float) -> Quantity | None:
    if found["unit"]:
        unit, factor = _COUNTED[found["unit"]]
        return _made(body, found, "level", value * factor, unit=unit)
    money = found["priced"] or found["money"]
    currency = "usd" if money == "美分" else _MONEY[money]
    before = _PER_BEFORE.search(body[max(0, found.start() - 8) : found.start()])
    per = found["per"] or (before["per"] if before else None)
    unit = f"{currency}_per_{_PER[per]}" if per else currency
    made = _made(body, found, "level", value, unit=unit)
    return replace(made, start=found.start() - len(before[0])) if before and not found["per"] else made


def _worded(body: str, found: re.Match[str]) -> Quantity | None:
    if found["halved"]:
        return _made(body, found, "change", -50.0, sign=-1, rough=True)
    if found["doubled"] or found["quadrupled"]:
        return _made(body, found, "change", 300.0 if found["quadrupled"] else 100.0, sign=1, rough=True)
    if found["half_of"]:
        return _made(body, found, "pct", 50.0, rough=True)
    value = chinese_number(found["cn"])
    if found["cn_times"]:
        return _made(body, found, "times", value * 100)
    if found["cn_tenths"]:
        half = 5.0 if found["half"] == "半" else chinese_number(found["half"] or "零")
        return _made(body, found, "pct", value * 10 + half, rough=True)
    if found["cn_unit"]:
        unit = _MONEY.get(found["cn_unit"]) or _COUNTED[found["cn_unit"]][0]
        value = _scaled(f"{value:.0f}", found["cn_scale"])
        return _made(body, found, "level", value, unit=unit)
    return _part(body, found, value)


def _part(body: str, found: re.Match[str], whole: float) -> Quantity | None:
    """`三分之一`, and percentages in words: `百分之三十四点五`."""
    part = chinese_number(found["part"])
    if found["part_point"]:
        part += float("0." + "".join(str(_DIGITS.get(char, 0)) for char in found["part_point"][1:]))
    if whole <= 0:
        return None
    return _made(body, found, "pct", round(100 * part / whole, 1), rough=whole != 100)


def _scaled(number: str, scale: str | None) -> float:
    value = float(number.replace(",", ""))
    for char in scale or "":
        value *= _SCALES[char]
    return value


def _made(
    body: str,
    found: re.Match[str],
    kind: Literal["pct", "level", "change", "times"],
    value: float,
    *,
    unit: str | None = None,
    sign: int = 0,
    rough: bool = False,
) -> Quantity:
    unit = "pct" if kind == "pct" else unit
    bound = _bound(body, found)
    return Quantity(kind, value, unit, bound, found.start(), found.end(), sign, rough)


def _bound(body: str, found: re.Match[str]) -> Bound:
    before = body[max(0, found.start() - _LOOK_BACK) : found.start()]
    if _AT_MOST.search(before) or _AT_MOST_AFTER.match(body, found.end()):
        return "at_most"
    inside = (
        found["some"]
        or found["more"]
        or found["cn_more"]
        or found["open"]
        or found["times_more"]
        or found["tenths_more"]
    )
    opened = (
        inside or found["cn_tenths_more"] or found["cn_times_more"] or _OPEN_AFTER.match(body, found.end())
    )
    if opened or _AT_LEAST.search(before) or "逾" in found[0] or (found["half_of"] or "").endswith("以上"):
        return "at_least"
    rough = _APPROX.search(before) or _APPROX_AFTER.match(body, found.end()) or "近" in found[0]
    return "approx" if rough else "exact"
