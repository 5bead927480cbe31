"""Articles as GDELT's DOC 2.0 API lists them, made into signals. Pure.

Format: https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/. An article comes with its address, its title
and the time at which GDELT first saw it, without a text. What is wrong with a question, or with how often it
is asked, is answered in a sentence under 200; bytes that are not UTF-8 occur in the JSON.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from alerter.core.clean import clean_line, clean_title, is_web_address
from alerter.core.signal import Signal, SignalKind
from alerter.sources.formats.addresses import bounded
from alerter.sources.formats.bodies import is_overfull

_NAMES = (
    "af Afrikaans, sq Albanian, ar Arabic, hy Armenian, az Azerbaijani, eu Basque, be Belarusian, bn "
    "Bengali, bs Bosnian, bg Bulgarian, my Burmese, ca Catalan, zh Chinese, hr Croatian, cs Czech, da "
    "Danish, nl Dutch, en English, et Estonian, fi Finnish, fr French, gl Galician, ka Georgian, de "
    "German, el Greek, gu Gujarati, he Hebrew, hi Hindi, hu Hungarian, is Icelandic, id Indonesian, ga "
    "Irish, it Italian, ja Japanese, kn Kannada, kk Kazakh, km Khmer, ko Korean, ky Kyrgyz, lo Lao, lv "
    "Latvian, lt Lithuanian, mk Macedonian, ms Malay, ml Malayalam, mr Marathi, mn Mongolian, ne "
    "Nepali, no Norwegian, fa Persian, pl Polish, pt Portuguese, pa Punjabi, ro Romanian, ru Russian, "
    "sr Serbian, si Sinhalese, sk Slovak, sl Slovenian, so Somali, es Spanish, sw Swahili, sv Swedish, "
    "tl Tagalog, tg Tajik, ta Tamil, te Telugu, th Thai, bo Tibetan, tr Turkish, uk Ukrainian, ur Urdu, "
    "uz Uzbek, vi Vietnamese, cy Welsh"
)
LANGUAGES: Mapping[str, str] = {
    name.casefold(): code for code, name in (pair.split(" ", 1) for pair in _NAMES.split(", "))
}
"""GDELT's name of a language → its code."""

_TOO_OFTEN = re.compile(
    r"limit requests|too many requests|rate.?limit|one (?:request )?every \d+ seconds", re.IGNORECASE
)
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
_SEEN = "%Y%m%dT%H%M%SZ"


class Refused(ValueError):
    """A sentence instead of articles; it completes one that starts with who answered."""

    def __init__(self, message: str, *, is_too_often: bool) -> None:
        super().__init__(message)
        self.is_too_often = is_too_often


class UnreadableArticles(ValueError):
    """JSON of another shape; the message completes a sentence that starts with who answered."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one answer lists."""

    signals: Sequence[Signal]
    count: int
    """Articles in the answer, with those that cannot be read."""


def read_articles(body: bytes, *, source: str, labels: Mapping[str, str], now: datetime) -> Listed:
    """The articles of an answer, in its order. Raises Refused and UnreadableArticles."""
    answer = _parse(body)
    rows = answer.get("articles")
    if rows is None and not answer:  # nothing found
        return Listed((), 0)
    if not isinstance(rows, list):
        raise UnreadableArticles("gave JSON without a list of articles: has its format changed?")
    signals = [one for row in rows if (one := _signal(row, source, labels, now))]
    if rows and not signals:
        raise UnreadableArticles(f"lists {len(rows)} articles without url, title and seendate")
    return Listed(signals, len(rows))


def _parse(body: bytes) -> dict[str, object]:
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    if not text:
        raise UnreadableArticles("gave an empty answer")
    if not text.startswith(("{", "[")):
        raise _refusal(text)
    if is_overfull(body):
        raise UnreadableArticles("answered with more values than can be read")
    try:
        answer = _loads(body, text)
    except (ValueError, RecursionError) as error:
        raise UnreadableArticles("answered with broken JSON") from error
    if not isinstance(answer, dict):
        raise UnreadableArticles("gave JSON without a list of articles: has its format changed?")
    return answer


def _loads(body: bytes, text: str) -> object:
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(_BAD_ESCAPE.sub(_mended, text), strict=False)


def _mended(found: re.Match[str]) -> str:
    """A backslash that escapes nothing stands for itself."""
    return found[0] if found[1] else "\\\\"


def _refusal(text: str) -> Refused:
    sentence = clean_line(text[:20_000])[:200]
    return Refused(f"answered: “{sentence}”", is_too_often=bool(_TOO_OFTEN.search(sentence)))


def _signal(row: object, source: str, labels: Mapping[str, str], now: datetime) -> Signal | None:
    if not isinstance(row, dict):
        return None
    url, title = _text(row, "url"), clean_title(_text(row, "title"), "")
    seen_at = _instant(_text(row, "seendate"))
    if not is_web_address(url) or not title or seen_at is None:
        return None
    stated = {"outlet": _text(row, "domain"), "outlet_country": _text(row, "sourcecountry")}
    return Signal(
        id=bounded(url),
        source=source,
        kind=SignalKind.ARTICLE,
        title=title,
        url=url,
        published_at=min(seen_at, now),
        language=LANGUAGES.get(_text(row, "language").casefold()),
        labels={name: clean_line(value) for name, value in stated.items() if value} | dict(labels),
    )


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return value.strip()[:20_000] if isinstance(value, str) else ""


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _SEEN).replace(tzinfo=UTC)
    except ValueError:
        return None
