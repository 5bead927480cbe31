"""Years: calendar years, fiscal years (`FY26`, `2024-25`) and the year that follows a month or a quarter.

A fiscal year begins in April in India and Japan, in July in Australia, Egypt or Bangladesh, in October in the
United States; which is meant is told by the countries that a text names.
"""

from datetime import date

from alerter.reading.marks import Marked
from alerter.reading.periods.dates import YEAR_MONTHS, Span, month_text, spanned


def is_day(word: str) -> bool:
    """Is it a number that can be a day of a month?"""
    return word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31


def year_after(marked: Marked, index: int, last: int, published: date) -> tuple[int | None, int]:
    """A year that follows directly, or after a comma, `of`, or a day: `14, 2025`, `of last year`."""
    words = marked.words
    last = min(last, len(words))
    at = index
    if at < last and words[at] == ".":
        at += 1
    if at < last and is_day(words[at]):
        at += 1
    if at < last and words[at] in (",", "of", "in", "'"):
        at += 1
    if at < last and is_year(words[at]):
        return int(words[at]), at + 1
    told = words[at : at + 2] if words[at - 1 : at] != [","] else []
    if told in (["last", "year"], ["this", "year"]):
        return published.year - (told[0] == "last"), at + 2
    return None, index


def is_year(word: str) -> bool:
    """Is it a number that reads as a year?"""
    return len(word) == 4 and word.isascii() and word.isdigit() and 1990 <= int(word) <= 2100


def year_start(marked: Marked, at: int, last: int) -> tuple[int, int]:
    """The month in which the year begins that `of the fiscal year` means, 1 where none is said."""
    words = marked.words
    said = words[at : min(at + 5, last)]
    for length, phrase in ((4, ["of", "the", "fiscal", "year"]), (4, ["of", "the", "financial", "year"])):
        if said[:length] == phrase:
            return _fiscal_start(marked), at + length
    if said[:3] == ["of", "the", "fiscal"] or said[:3] == ["of", "this", "fiscal"]:
        return _fiscal_start(marked), at + 3
    if said[:3] == ["of", "the", "year"]:
        return 1, at + 3
    return 1, at


def _fiscal_start(marked: Marked) -> int:
    """The month in which fiscal years begin where the text plays: April in India, July in Australia."""
    named = {mention.name for mention in marked.mentions if mention.kind == "country"}
    if named & {"IN", "JP", "GB", "ZA", "CA"}:
        return 4
    if named & {"AU", "EG", "PK", "BD", "NZ", "KE"} or "grain" in {m.name for m in marked.mentions}:
        return 7
    return 10 if "US" in named else 4


def fiscal_after(marked: Marked, at: int) -> tuple[int, int, int] | None:
    """`of FY26`, `of fiscal 2025`, `2024-25`: the year it began in, the token after, its first month."""
    words = marked.words
    if words[at : at + 1] in (["of"], ["in"], [","], ["for"]):
        at += 1
    if at >= len(words):
        return None
    start = _fiscal_start(marked)
    if is_year(words[at]):
        return _two_years(words, at, start)
    said, end = _fiscal_number(words, at)
    if said is None:
        return None
    two = _two_years(words, end - 1, start)
    return two or (said - (start > 1 and not _is_japanese(marked)), end, start)


def _two_years(words: list[str], at: int, start: int) -> tuple[int, int, int] | None:
    """`2024-25`, `2024/25`: a year that runs over new year."""
    if words[at + 1 : at + 2] not in (["-"], ["/"]) or not is_year(words[at]):
        return None
    second = words[at + 2] if at + 2 < len(words) else ""
    if second not in (str(int(words[at]) + 1)[2:], str(int(words[at]) + 1)):
        return None
    return int(words[at]), at + 3, start


def _is_japanese(marked: Marked) -> bool:
    """Japanese fiscal years are numbered by the year in which they begin, others by their last."""
    return any(mention.name == "JP" for mention in marked.mentions)


def _fiscal_number(words: list[str], at: int) -> tuple[int | None, int]:
    """The number of a fiscal year: `FY26`, `FY 2026`, `fiscal 2026`, `fiscal year 2026`."""
    word = words[at]
    if word[:2] == "fy" and (is_year(word[2:]) or (len(word) == 4 and word[2:].isdigit())):
        return int(word[2:]) + (2000 if len(word) == 4 else 0), at + 1
    if word not in ("fy", "fiscal"):
        return None, at
    at += 2 if words[at + 1 : at + 2] == ["year"] else 1
    if at < len(words) and is_year(words[at]):
        return int(words[at]), at + 1
    return None, at


def fiscal_year(marked: Marked, index: int, last: int) -> Span | None:
    """The fiscal year that the words at a place name: `FY26`, `fiscal 2025`, `2024-25`."""
    fiscal = fiscal_after(marked, index) if marked.words[index] != "year" else None
    if fiscal is None or fiscal[1] > last:
        return None
    year, end, start = fiscal
    return Span(spanned(year, start + 11, YEAR_MONTHS), end)


_LEAD_WORDS = """in for during of by end finished to from than below above under over against on - throughout
since until before after calendar the year late early
"""
_YEAR_LEADS = frozenset(_LEAD_WORDS.split())


_NAMED_MONTHS = {"final": 12, "last": 12, "closing": 12, "first": 1, "opening": 1}


def _month_of_year(words: list[str], index: int) -> Span | None:
    """`the final month of 2023`, `the opening month of 2024`."""
    if words[index - 2 : index] != ["month", "of"]:
        return None
    month = _NAMED_MONTHS.get(words[index - 3]) if index > 2 else None
    return Span(month_text(int(words[index]), month), index + 1) if month else None


def plain_year(marked: Marked, index: int, published: date) -> Span | None:
    words = marked.words
    if is_year(words[index]):
        named = _month_of_year(words, index)
        if named:
            return named
        before = words[index - 1] if index else ""
        if (
            before in _YEAR_LEADS
            or words[index + 1 : index + 2] == ["'s"]
            or _year_is_attribute(marked, index)
        ):
            return Span(words[index], index + 1)
        return None
    if words[index : index + 2] == ["full", "year"] and not is_year("".join(words[index + 2 : index + 3])):
        return Span(str(published.year), index + 2)
    if words[index : index + 2] == ["this", "year"]:
        return Span(str(published.year), index + 2)
    if words[index : index + 2] == ["next", "year"]:
        return Span(str(published.year + 1), index + 2)
    return None


def _year_is_attribute(marked: Marked, index: int) -> bool:
    """`2026 quota`, `2025 uranium goal`."""
    return any(
        marked.has(at, name)
        for at in range(index + 1, index + 5)
        for name in ("quota", "production", "forecast", "exports")
    )
