"""Chinese text: what is written in Chinese, cut into sentences and clauses, with the names that stand in it.

The first step of reading Chinese. Chinese has no spaces between words, so its grammars work on characters;
every place is an offset in `title + "\\n" + text`, as spans have it. Full-width figures and the traditional
characters of the field's words are made plain one by one, so that no offset moves.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from alerter.reading.marks import Marked, Mention

LONGEST = 100_000
"""Characters read; what follows is an annex."""
_SAMPLE = 2_000
"""Characters by which a language is told."""
_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_LATIN = re.compile("[A-Za-z]")
_FEWEST = 4
"""Characters of Chinese that make a text: fewer are a name within another language."""
_SENTENCE_END = re.compile("[。！？；\n]|[!?;](?=[\u4e00-\u9fff]|$)")
_CLAUSE_END = re.compile("[，：]|(?<!\\d),|,(?!\\d)|:(?!\\d)|(?<=[\u4e00-\u9fff%]) (?=[\u4e00-\u9fff])")
_TRADITIONAL = (
    "國實對關稅產貿協議書號暫執發團東車廠數據較漲億萬噸價庫額華歐韓蘭灣緬擴減產進馬來亞廣場會談簽與達開"
    "將從啟動調查傾銷補貼徵收環節歲現屬礦業電導體鎢鉬銻鍺鎵釹鐵錫鋁銅鎳鈷鋰鈦鎂錳鈾鏑鋱釔釓釤鑥鈧稱據"
    "報導複無單獨認為應該禁許證規劃總裁條約處罰聯約軍務買賣給結連繫後續縮續預計課懲島輸運險長張強勢統計"
    "間劇飆滯歷創紀錄終際風險響訊頭舉辦雙邊擬議專個員於讓沒門飛機種類項這還們並"
)
_SIMPLIFIED = (
    "国实对关税产贸协议书号暂执发团东车厂数据较涨亿万吨价库额华欧韩兰湾缅扩减产进马来亚广场会谈签与达开"
    "将从启动调查倾销补贴征收环节岁现属矿业电导体钨钼锑锗镓钕铁锡铝铜镍钴锂钛镁锰铀镝铽钇钆钐镥钪称据"
    "报导复无单独认为应该禁许证规划总裁条约处罚联约军务买卖给结连系后续缩续预计课惩岛输运险长张强势统计"
    "间剧飙滞历创纪录终际风险响讯头举办双边拟议专个员于让没门飞机种类项这还们并"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF3B), *range(0xFF41, 0xFF5B))}
_PLAIN: Mapping[int, int | str] = {
    **_FULL_WIDTH,
    **str.maketrans("．％＋－／～〜（）［］－–﹣−　", ".%+-/~~()[]----\u3000".replace("\u3000", " ")),
    **str.maketrans(_TRADITIONAL, _SIMPLIFIED),
}


@dataclass(frozen=True, slots=True)
class Name:
    """A commodity or a country named by the characters start to end (half-open)."""

    kind: str
    name: str
    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its clauses, each as characters (half-open)."""

    start: int
    end: int
    clauses: tuple[tuple[int, int], ...]

    def clause_at(self, place: int) -> tuple[int, int]:
        """The clause that holds a character."""
        at = bisect_right(self.clauses, place, key=lambda clause: clause[0]) - 1
        return self.clauses[max(at, 0)]


@dataclass(frozen=True, slots=True)
class ChineseText:
    """A text ready for reading."""

    body: str
    """Title, newline and text with plain characters, each in its original place."""
    title_end: int
    sentences: tuple[Sentence, ...]
    names: tuple[Name, ...]

    def names_in(self, start: int, end: int, kind: str) -> list[Name]:
        """The names of one kind that begin between two characters, in order."""
        first = bisect_left(self.names, start, key=attrgetter("start"))
        last = bisect_left(self.names, end, key=attrgetter("start"))
        return [name for name in self.names[first:last] if name.kind == kind]

    def between(self, start: int, end: int) -> str:
        """The plain characters from one place to another."""
        return self.body[max(start, 0) : max(end, 0)]


def is_chinese(title: str, text: str) -> bool:
    """Is it written in Chinese, rather than another language with a Chinese name in it?"""
    if title.isascii() and text.isascii():
        return False
    sample = f"{title}\n{text[:_SAMPLE]}"
    if _KANA.search(sample):
        return False
    han = len(_HAN.findall(sample))
    return han >= _FEWEST and 2 * han > len(_LATIN.findall(sample))


def plain(text: str) -> str:
    """The text with plain figures and characters, of the same length."""
    return text.translate(_PLAIN)


def chinese_text(marked: Marked, mentions: Iterable[Mention]) -> ChineseText:
    """The text of some marks with the names that are meant in it."""
    body = plain(marked.tokens.original[:LONGEST])
    title_end = marked.tokens.original.find("\n")
    spans = ((mention, marked.tokens.span(mention.first, mention.last)) for mention in mentions)
    names = tuple(Name(m.kind, m.name, m.form, *span) for m, span in spans if span[1] <= len(body))
    return ChineseText(body, title_end, tuple(_sentences(body)), names)


def _sentences(body: str) -> Iterable[Sentence]:
    start = 0
    for end in (*(found.start() for found in _SENTENCE_END.finditer(body)), len(body)):
        if body[start:end].strip():
            yield Sentence(start, end, _clauses(body, start, end))
        start = end + 1


def _clauses(body: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    clauses = []
    for found in _CLAUSE_END.finditer(body, start, end):
        clauses.append((start, found.start()))
        start = found.end()
    return (*clauses, (start, end))
