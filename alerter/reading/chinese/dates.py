"""Dates in Chinese: the periods that figures hold for, and the days on which measures begin and end.

`今年前两个月`, `1-5月`, `前三季度`, `上半年`, `2024年12月`, `本周五` resolved against the day of
publication; `自即日起至2026年11月10日`, `在90天内暂停`, `自公布之日起实施` as ISO days.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from alerter.reading.chinese.quantities import chinese_number
from alerter.reading.periods.dates import RECKONED_YEARS, month_text, previous_month

_CN = "[〇零一二三四五六七八九十]"
_MONTH = rf"(?:\d{{1,2}}|{_CN}{{1,2}})"
_PERIOD = re.compile(
    rf"""
      (?:(?P<year>20\d\d|今|本|去|上|明|当)年(?:度)?的?)?
      (?:
          (?:前|头)(?P<first_months>\d{{1,2}}|{_CN}{{1,2}}|两)个?月
        | (?P<from_month>\d{{1,2}})(?:月份?)?[-—~至到](?P<to_month>\d{{1,2}})月(?!\d{{1,2}}日)
        | 前(?P<first_quarters>[一二两三1-3])个?季度
        | (?P<half>[上下])半年
        | 第?(?P<quarter>[一二三四1-4])季(?:度)?
        | (?P<month>{_MONTH})月(?:份)?(?P<day>(?:\d{{1,2}}|{_CN}{{1,3}})日)?
        | (?P<whole>全年)
      )
    | (?P<only_year>20\d\d|今|去|明|本)年(?!来|初|末|底|同期|中|期|代|第\d)(?:度)?
    | (?P<relative>本月|(?<!月)(?<!月份)当月|上月|上个月)(?!的?同期)
    | (?P<now>本周|上周|(?<!一)周[一二三四五六日]|星期[一二三四五六日]|昨[日天]|今[日天]|目前|当前
        |近日|日前|截至发稿)
    | (?P<quarter_year>(?:20\d\d年?)?Q[1-4])
    """,
    re.VERBOSE,
)
_ASIDE_BEFORE = re.compile("(?:较|比|与|同|由|从|自|延长至|推迟至|(?<!截)至|低于|高于|相比)$")
_ASIDE_AFTER = re.compile("同期|以来|起|相比|之前|以前|前(?!后)|的水平|的高点|的低点|末的|底的")
_STATED_DAY = rf"(?:(20\d\d|二〇{_CN}{{2}})年)?({_MONTH})月(?:(\d{{1,2}}|{_CN}{{1,3}})日)?"
_CLOCK = "(?:零时|凌晨|\\d{1,2}时(?:\\d{1,2}分)?|\\d{1,2}点)?"
_ISSUED = "(?:本公告|公告|本通知|本决定|上述决定)?(?:正式)?(?:公布|发布|印发|下发)"
_AT_ONCE = re.compile(
    rf"(?:自?即日起|自{_ISSUED}之日起|{_ISSUED}之日起(?:施行|实施|执行|生效)|立即生效|即日生效|即时生效|立即执行)"
    r"(?!\d{1,3}(?:天|日|个月|个工作日)内)"
)
_DAY_AFTER = re.compile(rf"自{_ISSUED}(?:之日)?(?:的)?次日起")
_FROM = re.compile(rf"(?:自|从)?{_STATED_DAY}{_CLOCK}(?:起|开始)(?!\d{{1,3}}(?:天|日|个月)内)")
_INTO_FORCE = re.compile(rf"(?:于|在)?{_STATED_DAY}{_CLOCK}(?:起)?(?:正式)?(?:实施|施行|生效|执行|落地)")
_UNTIL = re.compile(
    rf"(?:起至|起到|有效期至|有效期为?至|期限至|截止至?|管制至|延长至|延期至|暂停至|顺延至|推迟至|持续至|执行至"
    rf"|实施至|豁免至|(?<=起)[^。；，]{{0,8}}至|至(?={_STATED_DAY}{_CLOCK}(?:止|为止|到期|届满)))"
    rf"{_STATED_DAY}"
)
_EXPIRES = re.compile(rf"{_STATED_DAY}(?:到期|届满|失效|期满)")
_COUNT = rf"(?P<count>\d{{1,4}}|{_CN}{{1,3}}|两)(?P<unit>天|日|周|个月|年)"
_LASTS = re.compile(
    rf"(?:为期|实施期限为?|有效期为?|期限为?|暂停[^。；，]{{0,40}}?|推迟|延长|展期|再延)(?:约)?{_COUNT}"
    rf"|(?:在)?{_COUNT.replace('count', 'within').replace('unit', 'within_unit')}内(?:暂停|停止|中止|不)"
)
_LEEWAY = timedelta(days=60)
"""A day without a year is the next one, or one this short a time past."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period named by the characters start to end. `is_aside`: as a base or a deadline, not as when."""

    text: str
    start: int
    end: int
    is_aside: bool
    is_now: bool
    """Named by a day or a week: the month stands for it."""


def periods(body: str, start: int, end: int, published: date) -> list[Period]:
    """All periods named between two characters (half-open), in order."""
    out = []
    for found in _PERIOD.finditer(body, start, end):
        text = _period_text(found, published)
        if text:
            before = body[max(start, found.start() - 6) : found.start()]
            aside = bool(_ASIDE_BEFORE.search(before) or _ASIDE_AFTER.match(body, found.end()))
            now = bool(found["now"] or found["day"])
            out.append(Period(text, found.start(), found.end(), aside, now))
    return out


def _period_text(found: re.Match[str], published: date) -> str | None:
    this = month_text(published.year, published.month)
    if found["now"]:
        return this
    if found["relative"]:
        return this if found["relative"] in ("本月", "当月") else previous_month(this)
    if found["quarter_year"]:
        year = re.match(r"20\d\d", found[0])
        return f"{year[0] if year else published.year}-{found[0][-2:]}"
    if found["only_year"]:
        return str(_year(found["only_year"], published))
    return _dated(found, published)


def _dated(found: re.Match[str], published: date) -> str | None:
    last = _last_month(found)
    if not 1 <= last <= 12:
        return None
    year = _year(found["year"], published) if found["year"] else _latest(last, found, published)
    if found["whole"]:
        return str(year)
    if found["quarter"]:
        return f"{year}-Q{last // 3}"
    if found["month"]:
        return f"{year}-{last:02}"
    first = 7 if found["half"] == "下" else int(found["from_month"] or 1)
    return f"{year}-{first:02}..{year}-{last:02}" if 1 <= first < last else f"{year}-{last:02}"


def _last_month(found: re.Match[str]) -> int:
    """The last month of what is named."""
    if found["first_months"] or found["month"]:
        return _number(found["first_months"] or found["month"])
    if found["to_month"]:
        return int(found["to_month"])
    if found["first_quarters"] or found["quarter"]:
        return 3 * _number(found["first_quarters"] or found["quarter"])
    return 6 if found["half"] == "上" else 12


def _latest(last_month: int, found: re.Match[str], published: date) -> int:
    """The year of a period that names none: the latest that has begun."""
    begins = last_month - 2 if found["quarter"] else 7 if found["half"] == "下" else last_month
    if found["half"] == "上":
        begins = 1
    if found["whole"]:
        begins = 4  # early in a year the whole year is the last one
    return published.year - (begins > published.month)


def _year(word: str, published: date) -> int:
    if word.isdigit():
        return int(word)
    shift = {"去": -1, "上": -1, "明": 1, "前": -2}.get(word)
    return published.year + (shift or 0)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else int(chinese_number(word))


def effective_on(text: str, published: date) -> date | None:
    """The day from which a text says that something holds."""
    if published.year not in RECKONED_YEARS:
        return None
    if _DAY_AFTER.search(text):
        return published + timedelta(days=1)
    found = [(one.start(), one) for pattern in (_FROM, _INTO_FORCE) for one in pattern.finditer(text)]
    days = [(at, day) for at, one in sorted(found, key=lambda pair: pair[0]) if (day := _day(one, published))]
    at_once = _AT_ONCE.search(text)
    if at_once:
        days.append((at_once.start(), published))
    return min(days)[1] if days else None


def ends_on(text: str, published: date) -> date | None:
    """The day until which a text says that something holds."""
    if published.year not in RECKONED_YEARS:
        return None
    since = effective_on(text, published) or published
    for found in (*_UNTIL.finditer(text), *_EXPIRES.finditer(text)):
        day = _day(found, since, is_end=True)
        if day:
            return day
    lasts = _LASTS.search(text)
    return _after(lasts, since) if lasts else None


def _day(found: re.Match[str], published: date, *, is_end: bool = False) -> date | None:
    groups = found.groups()[-3:]
    month = _number(groups[1])
    if not 1 <= month <= 12:
        return None
    year = _stated_year(groups[0]) or _nearest(month, published)
    length = monthrange(year, month)[1]
    day = _number(groups[2]) if groups[2] else (length if is_end else 1)
    return date(year, month, day) if 1 <= day <= length else None


def _stated_year(word: str | None) -> int | None:
    if not word:
        return None
    return int(word) if word.isdigit() else int(chinese_number(word))


def _nearest(month: int, published: date) -> int:
    last_of_month = date(published.year, month, monthrange(published.year, month)[1])
    return published.year + (last_of_month < published - _LEEWAY)


def _after(found: re.Match[str], since: date) -> date | None:
    count = _number(found["count"] or found["within"])
    unit = found["unit"] or found["within_unit"]
    if unit in ("天", "日", "周"):
        return since + timedelta(days=count * (7 if unit == "周" else 1))
    months = since.year * 12 + since.month - 1 + count * (12 if unit == "年" else 1)
    year, month = divmod(months, 12)
    if not since.year <= year < 2200:
        return None
    same = date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
    return same - timedelta(days=1)  # five years from 5 July last until 4 July
