"""Rows of GDELT's 15-minute tables made into articles, filtered as they stream by. Pure.

Formats: http://data.gdeltproject.org/documentation/GDELT-Event_Codebook-V2.0.pdf (export, 61 columns) and
GDELT-Global_Knowledge_Graph_Codebook-V2.1.pdf (gkg, 27 columns); tab-separated, without a header. Neither
holds an article's text: what is told of it are its title, where there is one, and what GDELT read in it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from alerter.core.clean import cap_bytes, clean_language, clean_line, clean_title, is_web_address
from alerter.core.phrases import Phrase
from alerter.core.text import normalise
from alerter.sources.formats.gdelt_codes import actor_codes, event_words, language, place_codes, theme_words

Kind = Literal["gkg", "export"]
WIDTHS: dict[Kind, int] = {"gkg": 27, "export": 61}
FEW_UNREADABLE = 3
_URL_LENGTH, _DOMAIN_LENGTH, _TEXT_BYTES = 4_000, 200, 8_000
_NAMES = 40
"""Names of a kind that are told of an article."""
_EVENTS = 10
_TITLE = re.compile(rb"<PAGE_TITLE>(.{1,4000}?)</PAGE_TITLE>", re.DOTALL)
_SOURCE_LANGUAGE = re.compile(r"srclc:([a-z]{3})")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}$", re.IGNORECASE)


class UnknownShape(ValueError):
    """The table is not in GDELT's format; completes a sentence that starts with its host."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; an empty one asks for all."""

    themes: Sequence[str] = ()
    """Codes, `*` at the end for all that begin so; upper case."""
    words: Sequence[str] = ()
    countries: Sequence[str] = ()
    events: Sequence[str] = ()
    """Beginnings of CAMEO codes."""


@dataclass(frozen=True, slots=True)
class Article:
    """What is known of an article."""

    url: str
    title: str
    text: str
    seen_at: datetime
    domain: str
    language: str | None = None


@dataclass(slots=True)
class Harvest:
    """What came of one table."""

    articles: dict[str, Article] = field(default_factory=dict)
    """By address."""
    left_out: int = 0
    """Rows of further articles that were asked for."""
    read: int = 0
    unreadable: int = 0


Read = Callable[[Sequence[bytes]], Article | None]


def harvest(lines: Iterable[bytes], kind: Kind, wanted: Wanted, *, most: int) -> Harvest:
    """The articles of a table that are asked for, at most so many. Raises UnknownShape."""
    read = _graph_reader(wanted) if kind == "gkg" else _event_reader(wanted)
    found = Harvest()
    for line in lines:
        columns = line.split(b"\t")
        if len(columns) != WIDTHS[kind]:
            found.unreadable += 1
            continue
        try:
            article = read(columns)
        except ValueError:
            found.unreadable += 1
            continue
        found.read += 1
        if article is not None:
            _keep(found, article, most)
    if found.unreadable > max(FEW_UNREADABLE, found.read // 10) or (found.unreadable and not found.read):
        raise UnknownShape(
            f"sent a table with {found.unreadable:,} of {found.unreadable + found.read:,} rows "
            f"that are not of {WIDTHS[kind]} columns as they were"
        )
    return found


def _keep(found: Harvest, article: Article, most: int) -> None:
    """An article in several events is one, told with what the further ones add."""
    known = found.articles.get(article.url)
    if known is None and len(found.articles) >= most:
        found.left_out += 1
    elif known is None:
        found.articles[article.url] = article
    elif article.text not in known.text and known.text.count("\n\n") < _EVENTS:
        text = f"{known.text}\n\n{article.text}"
        found.articles[article.url] = Article(
            known.url, known.title, text, known.seen_at, known.domain, known.language
        )


def _graph_reader(wanted: Wanted) -> Read:
    exact = {theme.encode() for theme in wanted.themes if not theme.endswith("*")}
    begun = tuple(theme[:-1].encode() for theme in wanted.themes if theme.endswith("*"))
    places = {code.encode() for code in place_codes(wanted.countries)}
    says = _saying(wanted.words)

    def read(columns: Sequence[bytes]) -> Article | None:
        themes = [one for one in columns[7].split(b";") if one]
        if wanted.themes and not any(one in exact or one.startswith(begun) for one in themes):
            return None
        located = [parts for one in columns[9].split(b";") if len(parts := one.split(b"#")) > 2]
        if places and not any(parts[2] in places for parts in located):
            return None
        article = _graph_article(columns, themes, [parts[1] for parts in located])
        return article if article and says(article) else None

    return read


def _graph_article(
    columns: Sequence[bytes], themes: Sequence[bytes], places: Sequence[bytes]
) -> Article | None:
    url = _text(columns[4])
    if not _is_usable(url):  # broadcasts and citations are named otherwise
        return None
    titled = _TITLE.search(columns[26])
    named = {
        "Themes": [theme_words(_text(one)) for one in themes],
        "People": [_text(one) for one in columns[11].split(b";")],
        "Organisations": [_text(one) for one in columns[13].split(b";")],
        "Places": [_text(one) for one in places],
    }
    told = [f"{label}: {names}" for label, values in named.items() if (names := _listed(values))]
    origin = _SOURCE_LANGUAGE.search(_text(columns[25]))
    title = clean_title(_text(titled[1]), "") if titled else ""
    return Article(
        url=url,
        title=title or _slug(url) or url,
        text=cap_bytes("\n\n".join(told), _TEXT_BYTES),
        seen_at=_instant(columns[1]),
        domain=clean_line(_text(columns[3]))[:_DOMAIN_LENGTH] or _domain(url),
        language=clean_language(language(origin[1]) if origin else "en"),
    )


def _event_reader(wanted: Wanted) -> Read:
    begun = tuple(code.encode() for code in wanted.events)
    places = {code.encode() for code in place_codes(wanted.countries)}
    actors = {code.encode() for code in actor_codes(wanted.countries)}
    says = _saying(wanted.words)

    def read(columns: Sequence[bytes]) -> Article | None:
        if begun and not columns[26].startswith(begun):
            return None
        if places and not (
            places.intersection((columns[37], columns[45], columns[53]))
            or actors.intersection((columns[7], columns[17]))
        ):
            return None
        article = _event_article(columns)
        return article if article and says(article) else None

    return read


def _event_article(columns: Sequence[bytes]) -> Article | None:
    url = _text(columns[60])
    if not _is_usable(url):
        return None
    actors = [clean_line(_text(columns[place])).title() for place in (6, 16)]
    place = clean_line(_text(columns[52]))
    happened = " – ".join(part for part in (actors[0], event_words(_text(columns[26])), actors[1]) if part)
    title = f"{happened} ({place})" if place else happened
    slug = _slug(url)
    return Article(
        url=url,
        title=clean_title(title, ""),
        text="\n\n".join(part for part in (title, slug) if part),
        seen_at=_instant(columns[59]),
        domain=_domain(url),
    )


def _saying(phrases: Sequence[str]) -> Callable[[Article], bool]:
    """Does an article have one of the phrases in its title, its address or its names?"""
    wanted = [Phrase(one) for one in phrases]

    def says(article: Article) -> bool:
        if not wanted:
            return True
        text = normalise(f"{article.title} {unquote(urlsplit(article.url).path)} {article.text}")
        return any(phrase.found_in(text) for phrase in wanted)

    return says


def _is_usable(url: str) -> bool:
    return len(url) <= _URL_LENGTH and is_web_address(url)


def _listed(values: Iterable[str]) -> str:
    names = dict.fromkeys(name for value in values if (name := clean_line(value)))
    return ", ".join(list(names)[:_NAMES])


def _slug(url: str) -> str:
    """The words of an address that is worded like a headline, else nothing."""
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part]
    for part in reversed(parts):
        words = [word for word in re.split(r"[-_+ ]+", _EXTENSION.sub("", part)) if not word.isdigit()]
        if len(words) > 2:
            return clean_title(" ".join(words), "")
    return ""


def _domain(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()


def _instant(raw: bytes) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(raw.decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
