"""Numbers: quantities in a text's tokens: percentages, fractions, multiples, and levels with their units.

Units of mass become tonnes or kilograms as LABEL units (`t`, `kg`), money its currency, prices `usd_per_t`
and the like. Ranges (`10-15 per cent`) give a lower and an upper quantity.
"""

from dataclasses import dataclass, replace
from typing import Literal

from alerter.core.reading import Bound
from alerter.reading.marks import Marked


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts; `first` and `last` are tokens (half-open)."""

    kind: Literal["pct", "level", "change"]
    """`change` = a change said in one word, such as halved: the value is the signed percentage."""
    value: float
    unit: str | None
    bound: Bound
    first: int
    last: int
    sign: int = 0
    """−1 or 1 where the figure itself is signed."""
    is_fraction: bool = False


_SCALES = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "mln": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "crore": 1e7,
    "lakh": 1e5,
}
_SHORT_SCALES = frozenset({"m", "b", "k"})
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("t", "ton", "tons", "tonne", "tonnes", "mt", "tpa"), ("t", 1.0)),
    **dict.fromkeys(("kt", "ktpa", "kilotons", "kilotonnes"), ("t", 1e3)),
    **dict.fromkeys(
        ("kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"), ("kg", 1.0)
    ),
    **dict.fromkeys(("units", "vehicles", "cars", "pieces"), ("units", 1.0)),
    **dict.fromkeys(("barrels", "bbl"), ("bbl", 1.0)),
    **dict.fromkeys(("bpd",), ("bbl_per_day", 1.0)),
}
_WORD_CURRENCIES = {
    "dollars": "usd",
    "usd": "usd",
    "eur": "eur",
    "euros": "eur",
    "euro": "eur",
    "yuan": "cny",
    "rmb": "cny",
    "cny": "cny",
    "renminbi": "cny",
    "rupees": "inr",
    "rs": "inr",
    "inr": "inr",
    "pounds": "gbp",
    "gbp": "gbp",
    "yen": "jpy",
    "jpy": "jpy",
    "won": "krw",
    "ringgit": "myr",
}
_SIGNS = {"$": "usd", "\u20ac": "eur", "\u00a3": "gbp", "\u00a5": "cny", "\u20b9": "inr"}
_CURRENCIES = frozenset({*_WORD_CURRENCIES.values()})
_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty"""
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_SMALL = {
    **{word: float(value) for value, word in enumerate(_COUNTED.split())},
    **{word: 10.0 * tens for tens, word in enumerate(_TENS.split(), start=3)},
}
_FRACTIONS = {
    "third": 100 / 3,
    "quarter": 25.0,
    "fifth": 20.0,
    "sixth": 100 / 6,
    "tenth": 10.0,
    "half": 50.0,
    "thirds": 100 / 3,
    "quarters": 25.0,
    "fifths": 20.0,
    "tenths": 10.0,
}
_PER = {
    "ton": "t",
    "tons": "t",
    "tonne": "t",
    "t": "t",
    "metric": "t",
    "pound": "lb",
    "lb": "lb",
    "ounce": "oz",
    "oz": "oz",
    "kilo": "kg",
    "kilogram": "kg",
    "kg": "kg",
    "barrel": "bbl",
    "bbl": "bbl",
    "mtu": "mtu",
}
_NUMBER_WORDS = frozenset({*_SMALL, *_FRACTIONS, *(f"{word}fold" for word in _SMALL)})
_WORD_CHANGES = {"halve": -50.0, "double": 100.0, "triple": 200.0, "quadruple": 300.0}
_CHANGE_CLASSES = frozenset(_WORD_CHANGES)


def quantities(marked: Marked, first: int, last: int) -> list[Quantity]:
    """All quantities between two tokens (half-open), in order."""
    found: list[Quantity] = []
    unread = first
    for index in _openings(marked, first, last):
        quantity = _quantity_at(marked, index, last) if index >= unread else None
        if quantity:
            found.append(quantity)
            unread = quantity.last
    return _ranges(marked, found) if found else found


def _openings(marked: Marked, first: int, last: int) -> list[int]:
    """Where a quantity could begin: most words need no further look."""
    tags = marked.tags
    return [
        index
        for index, word in enumerate(marked.words[first:last], first)
        if word[0].isdigit()
        or word in _NUMBER_WORDS
        or (tags[index] and not _CHANGE_CLASSES.isdisjoint(tags[index]))
    ]


def _quantity_at(marked: Marked, index: int, last: int) -> Quantity | None:
    word = marked.words[index]
    if word[0].isdigit():
        return _numeral(marked, index, last, number_of(word))
    if word in _SMALL:
        return _spelled(marked, index, last)
    if word in _FRACTIONS:
        return _fraction(marked, index, last)
    for name in marked.tags[index].keys() & _WORD_CHANGES.keys():
        return _said_in_a_word(marked, index, _WORD_CHANGES[name], name)
    if word.endswith("fold") and word[:-4] in _SMALL:
        value = (_SMALL[word[:-4]] - 1) * 100
        return Quantity("change", value, None, _bound(marked, index), index, index + 1, 1)
    return None


def number_of(word: str) -> float:
    """The number that a numeral stands for: `1,238.5`."""
    digits = word.replace(",", "")
    return (
        float(digits)
        if digits.isascii()
        else float("".join(str(int(c)) if c.isdigit() else c for c in digits))
    )


def _numeral(marked: Marked, index: int, last: int, value: float) -> Quantity | None:
    words = marked.words
    after = index + 1
    if after < last and words[after] in _SCALES and not _is_metre(words, after, last):
        value *= _SCALES[words[after]]
        after += 1
    currency = _currency_before(words, index)
    if (
        currency is None
        and after < last
        and words[after] in ("dollars", "euros", "yuan", "rupees", "yen", "won")
    ):
        currency = _WORD_CURRENCIES[words[after]]
        after += 1
    if currency:
        return _money(marked, index, after, last, value, currency)
    if marked.has(after, "points"):
        return None
    if marked.has(after, "percent"):
        end = marked.tags[after]["percent"]
        bound = _bound(marked, index, end)
        return Quantity("pct", value, "pct", bound, index, end, _sign(words, index))
    if after < last and words[after] in ("times", "fold"):
        return _times(marked, index, after, value)
    return _mass(marked, index, after, last, value)


def _is_metre(words: list[str], after: int, last: int) -> bool:
    return (
        words[after] in _SHORT_SCALES
        and after + 1 < last
        and words[after + 1] in ("/", "high", "long", "wide")
    )


def _spelled(marked: Marked, index: int, last: int) -> Quantity | None:
    value = _SMALL[marked.words[index]]
    after = index + 1
    if value >= 20 and after < last and 0 < _SMALL.get(marked.words[after], 0) < 10:
        value += _SMALL[marked.words[after]]
        after += 1
    if after < last and marked.words[after] in _FRACTIONS and value < 10:
        return _fraction(marked, after, last)
    if marked.has(after, "percent") and not marked.has(after, "points"):
        end = marked.tags[after]["percent"]
        return Quantity(
            "pct", value, "pct", _bound(marked, index, end), index, end, _sign(marked.words, index)
        )
    if after < last and marked.words[after] in ("times", "fold"):
        return _times(marked, index, after, value)
    if after < last and marked.words[after] in _SCALES and marked.words[after] not in _SHORT_SCALES:
        return _mass(marked, index, after + 1, last, value * _SCALES[marked.words[after]])
    return None


def _times(marked: Marked, index: int, after: int, value: float) -> Quantity | None:
    following = marked.words[after + 1 : after + 3]
    if (
        not {"higher", "more", "the", "as", "that", "larger", "last"} & set(following)
        and marked.words[after] != "fold"
    ):
        return None
    return Quantity("change", (value - 1) * 100, None, _bound(marked, index), index, after + 1, 1)


def _fraction(marked: Marked, index: int, last: int) -> Quantity | None:
    words = marked.words
    before = words[index - 1] if index else ""
    count = _SMALL.get(before, 1.0)
    if before not in ("a", "one", "by") and count == 1.0 and not before.startswith("a"):
        return None
    if index + 1 < last and words[index + 1] in ("of", "quarter", "consecutive", "month", "year", "straight"):
        return None
    first = index - 1 if before != "by" else index
    value = round(count * _FRACTIONS[words[index]], 1)
    return Quantity("pct", value, "pct", _bound(marked, first), first, index + 1, 0, True)


def _said_in_a_word(marked: Marked, index: int, value: float, name: str) -> Quantity | None:
    end = marked.tags[index][name]
    after = marked.words[end] if end < len(marked.words) else ""
    if after in ("digit", "digits", "check", "down", "standards", "standard"):
        return None
    bound = _bound(marked, index)
    sign = -1 if value < 0 else 1
    return Quantity("change", value, None, bound, index, end, sign, True)


def _currency_before(words: list[str], index: int) -> str | None:
    before = words[index - 1] if index else ""
    if before in _SIGNS:
        return _SIGNS[before]
    if before == "." and index > 1 and words[index - 2] == "rs":
        return "inr"
    return _WORD_CURRENCIES.get(before) if before in _BEFORE_NUMBER else None


_BEFORE_NUMBER = frozenset({"usd", "eur", "yuan", "rmb", "cny", "rs", "inr", "gbp", "jpy"})


def _money(marked: Marked, index: int, after: int, last: int, value: float, currency: str) -> Quantity:
    first = (
        index - 1
        if index and (marked.words[index - 1] in _SIGNS or marked.words[index - 1] in _BEFORE_NUMBER)
        else index
    )
    unit, end = currency, after
    if marked.has(after, "per_unit"):
        end = marked.tags[after]["per_unit"]
        unit = f"{currency}_per_{_per(marked.words, after, end)}"
    elif (
        after < last
        and marked.words[after] in ("a", "per")
        and marked.words[after + 1 : after + 2] == ["mtu"]
    ):
        unit, end = f"{currency}_per_mtu", after + 2
    return Quantity("level", value, unit, _bound(marked, first, end), first, end)


def _per(words: list[str], first: int, end: int) -> str:
    return next((_PER[word] for word in words[first:end] if word in _PER and word != "/"), "t")


def _mass(marked: Marked, index: int, after: int, last: int, value: float) -> Quantity | None:
    words = marked.words
    if after < last and words[after] == "metric":
        after += 1
    unit = words[after] if after < last else ""
    if (
        unit == "mt"
        and value < 5000
        and after - index == 1
        and marked.tokens.ends[index] == marked.tokens.starts[after]
    ):
        value *= 1e6  # `270Mt`: megatonnes, unlike `1,238 mt`, metric tons
    if unit in _UNITS:
        name, factor = _UNITS[unit]
        return Quantity("level", value * factor, name, _bound(marked, index, after + 1), index, after + 1)
    if unit in ("slots", "transits", "ships", "vessels") and words[after + 1 : after + 3] in (
        ["a", "day"],
        ["per", "day"],
    ):
        return Quantity("level", value, "ships_per_day", _bound(marked, index), index, after + 3)
    if unit == "cubic" and words[after + 1 : after + 2] in (["metres"], ["meters"]):
        return Quantity("level", value, "m3", _bound(marked, index), index, after + 2)
    return None


def _sign(words: list[str], index: int) -> int:
    before = words[index - 1] if index else ""
    if before in ("\u2212", "-", "minus"):
        follows_number = index > 1 and words[index - 2][0].isdigit()
        return 0 if follows_number and before == "-" else -1
    return 1 if before in ("+", "plus") else 0


def _bound(marked: Marked, first: int, end: int | None = None) -> Bound:
    """The bound that the words around a number give: nearly, over, up to, or more."""
    if end is not None and marked.has(end, "or_more"):
        return "at_least"
    for back in (1, 2, 3, 4):
        start = first - back
        if start < 0:
            break
        tags = marked.tags[start]
        for name in _BOUNDS:
            if name in tags and tags[name] == first:
                return name
        if marked.words[start] not in ("a", "an", "by", "to", "$", "the", "of"):
            continue
    return "exact"


_BOUNDS: tuple[Bound, ...] = ("at_least", "at_most", "approx")


def _ranges(marked: Marked, found: list[Quantity]) -> list[Quantity]:
    """Marks `A-B per cent`, `A to B tonnes`, `between A and B`: the lower is at_least, the upper at_most."""
    out: list[Quantity] = []
    for quantity in found:
        lower = _range_start(marked, quantity)
        if lower is None:
            out.append(quantity)
            continue
        start, value = lower
        while out and out[-1].last > start:
            out.pop()
        out.append(replace(quantity, value=value, bound="at_least", first=start, last=quantity.first))
        out.append(replace(quantity, bound="at_most"))
    return out


def _range_start(marked: Marked, upper: Quantity) -> tuple[int, float] | None:
    words, joint = marked.words, upper.first - 1
    if joint < 1:
        return None
    low = joint - 1
    between = words[joint] == "and" and any(word == "between" for word in words[max(0, joint - 6) : joint])
    dashed = words[joint] == "-" and words[low][0].isdigit()
    spoken = words[joint] == "to" and words[low][0].isdigit()
    if not (between or dashed or spoken) or not words[low][0].isdigit():
        return None
    first = low - 1 if low and words[low - 1] in _SIGNS else low
    value = number_of(words[low])
    return (first, value) if 0 < value < upper.value else None
