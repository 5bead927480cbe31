"""Units: what the words after a number count, and what money is paid per.

Masses become tonnes or kilograms (`t`, `kg`), volumes `m3` or `bbl`, rates `bpd` and `ships_per_day`, energy
`mwh`; money its currency, with `_per_t` and the like for prices.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit's name, how many of it the word stands for, and the token after it."""

    name: str
    factor: float
    end: int


_COUNTED: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("t", "ton", "tons", "tonne", "tonnes", "mt", "tpa", "tpy"), ("t", 1.0)),
    **dict.fromkeys(("kt", "ktpa", "kilotons", "kilotonnes"), ("t", 1e3)),
    **dict.fromkeys(("mtpa", "megatonnes", "megatons"), ("t", 1e6)),
    **dict.fromkeys(
        ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"), ("kg", 1.0)
    ),
    **dict.fromkeys(("g", "gram", "grams", "gramme", "grammes"), ("kg", 1e-3)),
    **dict.fromkeys(("lb", "lbs"), ("lb", 1.0)),
    **dict.fromkeys(("mlb", "mlbs"), ("lb", 1e6)),
    **dict.fromkeys(("oz", "ounces", "ounce"), ("oz", 1.0)),
    **dict.fromkeys(("carats", "carat"), ("carats", 1.0)),
    **dict.fromkeys(("bushels", "bushel", "bu"), ("bu", 1.0)),
    **dict.fromkeys(("barrels", "barrel", "bbl", "bbls"), ("bbl", 1.0)),
    **dict.fromkeys(("bpd", "bopd"), ("bpd", 1.0)),
    **dict.fromkeys(("mbpd",), ("bpd", 1e6)),
    **dict.fromkeys(("kbpd",), ("bpd", 1e3)),
    **dict.fromkeys(("bcm",), ("m3", 1e9)),
    **dict.fromkeys(("mcm",), ("m3", 1e6)),
    **dict.fromkeys(("m3",), ("m3", 1.0)),
    **dict.fromkeys(("bcf",), ("ft3", 1e9)),
    **dict.fromkeys(("mwh",), ("mwh", 1.0)),
    **dict.fromkeys(("gwh",), ("mwh", 1e3)),
    **dict.fromkeys(("twh",), ("mwh", 1e6)),
    **dict.fromkeys(
        "units vehicles cars trucks autos lorries pieces tractors motorcycles handsets smartphones".split(),
        ("units", 1.0),
    ),
}
_BETWEEN = frozenset(
    "metric short long dry wet gross net physical fresh further extra additional more".split()
)
"""What may stand between a number and its unit."""
_SHIPS = frozenset("slots transits ships vessels tankers passages crossings".split())
_KINDS_OF_CAR = frozenset(
    """new used electric passenger energy plug in hybrid commercial heavy light chinese japanese korean german
    mexican     american european british indian imported foreign domestic built made""".split()
)
_TIMES_A_DAY = frozenset({"a", "per", "each", "/", "every"})
_DAYS = {"days": 1.0, "day": 1.0, "weeks": 7.0, "week": 7.0, "months": 30.0, "month": 30.0}


def unit_at(words: Sequence[str], at: int) -> Unit | None:
    """The unit that the words from `at` name, None where they name none."""
    word = words[at] if at < len(words) else ""
    if word in _BETWEEN and at + 1 < len(words):
        at += 1
        word = words[at]
    if word in _COUNTED:
        return _counted(words, at, word)
    if word in _SHIPS:
        return (
            Unit("ships_per_day", 1.0, at + 2 + (words[at + 1] != "daily")) if _daily(words, at + 1) else None
        )
    if word == "cubic" and words[at + 1 : at + 2] in (["metres"], ["meters"], ["metre"], ["meter"]):
        return Unit("m3", 1.0, at + 2)
    if word == "pounds" and words[at + 1 : at + 2] == ["of"]:
        return Unit("lb", 1.0, at + 1)
    if word == "troy" and words[at + 1 : at + 2] == ["ounces"]:
        return Unit("oz", 1.0, at + 2)
    if word in _KINDS_OF_CAR:
        return _cars(words, at)
    return None


def _counted(words: Sequence[str], at: int, word: str) -> Unit:
    name, factor = _COUNTED[word]
    if name != "bbl":
        return Unit(name, factor, at + 1)
    for end in range(at + 1, min(at + 6, len(words))):
        if _daily(words, end):
            return Unit("bpd", factor, end + 1 if words[end] == "daily" else end + 2)
        if end == at + 1 and words[end] not in ("of", "equivalent"):
            break
    return Unit(name, factor, at + 1)


def _daily(words: Sequence[str], at: int) -> bool:
    """`a day`, `per day`, `/day`, `daily`."""
    if words[at : at + 1] == ["daily"]:
        return True
    return words[at : at + 2][-1:] in (["day"], ["d"]) and words[at] in _TIMES_A_DAY


def _cars(words: Sequence[str], at: int) -> Unit | None:
    """`612,000 new-energy passenger vehicles`."""
    for end in range(at + 1, min(at + 4, len(words))):
        if words[end] in ("vehicles", "cars", "autos", "trucks"):
            return Unit("units", 1.0, end + 1)
        if words[end] not in _KINDS_OF_CAR:
            break
    return None


def days_at(words: Sequence[str], at: int) -> Unit | None:
    """`20 days`, `12 more days`: how long a stock lasts, if it is one of which they speak."""
    word = words[at] if at < len(words) else ""
    if word in _BETWEEN and at + 1 < len(words):
        at += 1
        word = words[at]
    return Unit("days", _DAYS[word], at + 1) if word in _DAYS else None


_PER: dict[str, str] = {
    **dict.fromkeys(("t", "ton", "tons", "tonne", "tonnes", "mt"), "t"),
    **dict.fromkeys(("lb", "lbs", "pound"), "lb"),
    **dict.fromkeys(("oz", "ounce"), "oz"),
    **dict.fromkeys(("kg", "kilo", "kilogram", "kilogramme"), "kg"),
    **dict.fromkeys(("g", "gram", "gramme"), "g"),
    **dict.fromkeys(("bbl", "barrel"), "bbl"),
    **dict.fromkeys(("mtu", "dmtu"), "mtu"),
    **dict.fromkeys(("mmbtu",), "mmbtu"),
    **dict.fromkeys(("mwh",), "mwh"),
    **dict.fromkeys(("kwh",), "kwh"),
    **dict.fromkeys(("bushel", "bu"), "bushel"),
    **dict.fromkeys(("m3",), "m3"),
    **dict.fromkeys(("gallon",), "gallon"),
    **dict.fromkeys(("litre", "liter"), "l"),
    **dict.fromkeys(("therm",), "therm"),
    **dict.fromkeys(("watt", "w"), "w"),
    **dict.fromkeys(("unit",), "unit"),
}
_PER_PHRASES: dict[tuple[str, str], str] = {
    ("tonne", "unit"): "mtu",
    ("ton", "unit"): "mtu",
    ("megawatt", "hour"): "mwh",
    ("kilowatt", "hour"): "kwh",
    ("million", "btu"): "mmbtu",
    ("mn", "btu"): "mmbtu",
    ("cubic", "metre"): "m3",
    ("cubic", "meter"): "m3",
}
_PER_LEADS = frozenset({"a", "an", "per", "/", "the", "each"})
_PER_KINDS = frozenset("metric dry wet short long troy fine".split())


def per_at(words: Sequence[str], at: int, *, leads: frozenset[str] = _PER_LEADS) -> tuple[str, int] | None:
    """What the price is for, and the token after: `a tonne`, `per metric ton unit`, `/kg`."""
    if at >= len(words) or words[at] not in leads:
        return None
    at += 1
    while at < len(words) and words[at] in _PER_KINDS:
        at += 1
    phrase = _PER_PHRASES.get((words[at], words[at + 1])) if at + 1 < len(words) else None
    if phrase:
        return phrase, at + 2
    word = words[at] if at < len(words) else ""
    return (_PER[word], at + 1) if word in _PER else None


_CURRENCIES: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("dollars", "dollar", "usd", "bucks"), ("usd", 1.0)),
    **dict.fromkeys(("cents",), ("usd", 0.01)),
    **dict.fromkeys(("eur", "euros", "euro"), ("eur", 1.0)),
    **dict.fromkeys(("gbp", "pounds", "sterling"), ("gbp", 1.0)),
    **dict.fromkeys(("pence",), ("gbp", 0.01)),
    **dict.fromkeys(("yuan", "rmb", "cny", "renminbi"), ("cny", 1.0)),
    **dict.fromkeys(("rupees", "rs", "inr"), ("inr", 1.0)),
    **dict.fromkeys(("yen", "jpy"), ("jpy", 1.0)),
    **dict.fromkeys(("won", "krw"), ("krw", 1.0)),
    **dict.fromkeys(("ringgit", "myr"), ("myr", 1.0)),
    **dict.fromkeys(("rupiah", "idr"), ("idr", 1.0)),
    **dict.fromkeys(("roubles", "rubles", "rub"), ("rub", 1.0)),
    **dict.fromkeys(("rand", "zar"), ("zar", 1.0)),
    **dict.fromkeys(("reais", "brl"), ("brl", 1.0)),
    **dict.fromkeys(("baht", "thb"), ("thb", 1.0)),
    **dict.fromkeys(("aud",), ("aud", 1.0)),
    **dict.fromkeys(("cad",), ("cad", 1.0)),
}
_BEFORE = frozenset("usd eur gbp cny rmb yuan inr rs jpy krw myr idr rub zar brl thb aud cad".split())
_SIGNS = {"$": "usd", "\u20ac": "eur", "\u00a3": "gbp", "\u00a5": "cny", "\u20b9": "inr"}
_DOLLARS = {
    "us": "usd",
    "u.s.": "usd",
    "a": "aud",
    "au": "aud",
    "c": "cad",
    "hk": "hkd",
    "s": "sgd",
    "nz": "nzd",
}


def currency_after(words: Sequence[str], at: int) -> Unit | None:
    """`5 million dollars`, `640 euros`."""
    word = words[at] if at < len(words) else ""
    if word not in _CURRENCIES or word in ("rs", "sterling"):
        return None
    if word == "pounds" and words[at + 1 : at + 2] == ["of"]:
        return None  # pounds of copper weigh
    name, factor = _CURRENCIES[word]
    end = at + 1
    return Unit(name, factor, end + 1 if words[end : end + 1] == ["sterling"] else end)


def currency_before(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The currency named just before a number, and its first token: `$`, `US$`, `Yuan`, `Rs.`."""
    word = words[at - 1] if at else ""
    if word == "$":
        kind = words[at - 2] if at > 1 else ""
        return ("usd", at - 1) if kind not in _DOLLARS or kind == "a" else (_DOLLARS[kind], at - 2)
    if word in _SIGNS:
        return _SIGNS[word], at - 1
    if word == "." and at > 1 and words[at - 2] == "rs":
        return "inr", at - 2
    return (_CURRENCIES[word][0], at - 1) if word in _BEFORE else None
