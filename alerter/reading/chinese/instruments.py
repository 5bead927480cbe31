"""Instruments in Chinese: an announcement's own number, and those of others that it speaks of.

`商务部公告2025年第70号 公布暂停实施…公告2025年第55号、第56号…的决定`: its own number is `2025-70`, it
speaks of `2025-55`, `2025-56`. Numbers also stand in brackets behind a title:
`（税委会公告2025年第6号）`, `工信部联原〔2024〕20号`.
"""

import re
from collections.abc import Iterator

_HEAD = 80
"""Characters of a text in which it may bear its own number."""
_NUMBER = re.compile(
    r"(20\d\d)\s{0,2}年(?:度)?\s{0,2}第\s{0,2}(\d{1,4})\s{0,2}号"
    r"|[〔\[(【]\s{0,2}(20\d\d)\s{0,2}[〕\])】]\s{0,2}第?\s{0,2}(\d{1,4})\s{0,2}号"
)
_FURTHER = re.compile(r"(?:、|和|及|以及|与)\s{0,2}第\s{0,2}(\d{1,4})\s{0,2}号")
_SPEAKS_OF = re.compile("关于|公布|《|暂停|废止|更正|停止|修改|根据|依据|按照|取消|落实")
_BRACKETED = re.compile(r"[(][^()]{0,30}$")
_CLAUSE = re.compile("第([一二三四五六七八九十]{1,3}|\\d{1,3})[款条项]")


def own_number(title: str, text: str) -> str | None:
    """The number that a notice bears, as `2025-18`."""
    for body in (title, text[:_HEAD]):
        for found in _NUMBER.finditer(body):
            before = body[: found.start()]
            if _BRACKETED.search(before) or found[3] or not _SPEAKS_OF.search(before):
                return _shown(found)
    return None


def numbers_in(body: str) -> tuple[str, ...]:
    """All numbers of instruments in a text, in order: of `2025年第55号、第56号` both."""
    return tuple(dict.fromkeys(_numbers(body)))


def clause_in(body: str) -> str | None:
    """The clause of an instrument that is meant: `第二款` is `2`."""
    found = _CLAUSE.search(body)
    return str(_count(found[1])) if found else None


def _numbers(body: str) -> Iterator[str]:
    for found in _NUMBER.finditer(body):
        yield _shown(found)
        further = _FURTHER.match(body, found.end())
        while further:
            yield f"{found[1] or found[3]}-{int(further[1])}"
            further = _FURTHER.match(body, further.end())


def _shown(found: re.Match[str]) -> str:
    return f"{found[1] or found[3]}-{int(found[2] or found[4])}"


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    digits = "零一二三四五六七八九"
    tens, ten, ones = word.rpartition("十")
    return (digits.find(tens) if tens else 1) * 10 + max(digits.find(ones), 0) if ten else digits.find(ones)
