"""The lexicon: every word that readings know, in one automaton, and what each stands for.

Built once from the vocabulary that ships beside this file (countries, commodities, words) and from the
commodities, companies and countries of the configuration; shared by every reading after that. One pass over
a text's tokens finds all terms at once, whatever their number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate, count
from typing import Any, Literal

import yaml
from ahocorasick_rs import AhoCorasick

from alerter.reading.entries import Commodity, Company, Country, merged
from alerter.reading.events.patterns import PatternTable, parse_patterns
from alerter.reading.headings import HEADING, headings_in
from alerter.reading.marks import Kind, Marked, Mention
from alerter.reading.origins import ORIGIN
from alerter.reading.tokens import Tokens, tokenise

Case = Literal["any", "capital", "upper"]
"""How a term must be written: `Turkey` with a capital, `DAP` in capitals."""
COMPANY_WORD = "company_name"
"""The class of words that events take for firms; those of the configuration are among them."""
AGENCY = "agency_"
"""Classes of words for what stands for a country's government without naming it: `agency_us` (OFAC, BIS, the
president). Events may take them for actors; the reading's `countries` leave them out."""
CONTEXT = "context_"
"""Classes of words in whose company the ambiguous names of one commodity count: `context_gas`."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a term stands for. `form`: name, demonym, seat, venue, office, ambiguous, ware or code."""

    kind: Kind
    name: str
    form: str = ""
    case: Case = "any"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms in one automaton. Immutable; safe to share between threads."""

    automaton: AhoCorasick
    senses: tuple[tuple[Sense, ...], ...]
    """By the automaton's pattern: what the term stands for."""
    lengths: tuple[int, ...]
    """By pattern: how many tokens it covers."""
    plain: tuple[tuple[str, ...] | None, ...]
    """By pattern: its classes of words, where it is a mere word however it is written."""
    families: Mapping[str, frozenset[str]]
    """Prefix → the classes of words whose names begin with it: of agencies, of origins."""
    commodities: Mapping[str, Commodity]
    companies: Mapping[str, Company]
    guards: Mapping[str, tuple[str, ...]]
    """Country or commodity → needles whose presence means that something else is meant."""
    rivals: Mapping[str, tuple[str, ...]]
    """Commodity → needles whose presence means that its ambiguous names mean something else."""
    headings: Mapping[str, str]
    """Heading of the Harmonized System → commodity."""
    country_names: Mapping[str, str]
    """Country → its name within an English sentence: `China`, `the US`."""
    event_patterns: PatternTable

    @classmethod
    def build(
        cls,
        commodities: Sequence[Commodity] = (),
        companies: Sequence[Company] = (),
        countries: Sequence[Country] = (),
    ) -> "Lexicon":
        """The shipped vocabulary with the configuration's entries added. Takes some milliseconds."""
        known = merged([Commodity.model_validate(entry) for entry in _load("commodities")], commodities)
        shipped = [Country(id=code, **entry) for code, entry in _load("countries").items()]
        named: list[Commodity | Company | Country] = [*known.values(), *companies, *shipped, *countries]
        terms = _terms(named)
        patterns = list(terms)
        return cls(
            automaton=AhoCorasick(patterns),
            senses=tuple(tuple(terms[pattern]) for pattern in patterns),
            plain=tuple(_plain(terms[pattern]) for pattern in patterns),
            lengths=tuple(len(pattern.split()) for pattern in patterns),
            families={prefix: _family(prefix, terms) for prefix in (AGENCY, ORIGIN)},
            commodities=known,
            companies={company.id: company for company in companies},
            guards=_guards([*known.values(), *shipped, *countries]),
            rivals={e.id: tuple(map(_pattern, e.beside)) for e in known.values() if e.beside},
            headings={heading: entry.id for entry in known.values() for heading in entry.hs},
            country_names={one.id: _shown(one) for one in (*countries, *shipped)},
            event_patterns=parse_patterns(_load("events")["patterns"]),
        )

    @property
    def parents(self) -> Mapping[str, str]:
        """Commodity → its parent, for those that have one."""
        return {entry.id: entry.parent for entry in self.commodities.values() if entry.parent}

    @property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """Company → the companies that own it, for those that have owners."""
        return {entry.id: entry.parents for entry in self.companies.values() if entry.parents}

    def mark(self, tokens: Tokens) -> Marked:
        """Finds every term in the tokens."""
        words = tokens.words
        joined = " " + " ".join(words) + " "
        index_at = dict(zip(accumulate([len(word) + 1 for word in words], initial=0), count(), strict=False))
        tags = [_NOTHING] * len(words)
        mentions: list[Mention] = []
        firms: list[tuple[int, int]] = []
        lengths, plain = self.lengths, self.plain
        has_codes = False
        for pattern, start, _ in self.automaton.find_matches_as_indexes(joined, overlapping=True):
            first = index_at[start]
            last = first + lengths[pattern]
            names = plain[pattern]
            if names is None:
                names = self._named(pattern, tokens, first, last, mentions)
                has_codes = has_codes or HEADING in names
                if COMPANY_WORD in names:
                    firms.append((first, last))
            known = tags[first]
            if known:
                for name in names:  # of words that begin together the shorter is found before the longer
                    known[name] = last
            else:
                tags[first] = dict.fromkeys(names, last)
        if has_codes:
            mentions += headings_in(words, tags, self.headings)
        kept = _apart(mentions, firms)
        for mention in kept:
            if mention.kind != "shadow":  # events are worded with them: `restrict ~5 commodity`
                _add(tags, mention)
        places = _places(tags)
        return Marked(tokens, words, joined, tags, kept, places, frozenset(places), self.families)

    def _named(
        self, pattern: int, tokens: Tokens, first: int, last: int, mentions: list[Mention]
    ) -> tuple[str, ...]:
        """The classes of words that a pattern stands for as it is written here; names join the mentions."""
        names = []
        for sense in self.senses[pattern]:
            if sense.case != "any" and not _is_written(tokens, first, last, sense.case):
                continue
            if sense.kind == "word":
                names.append(sense.name)
            else:
                mentions.append(Mention(sense.kind, sense.name, sense.form, first, last))
        return tuple(names)


_NOTHING: dict[str, int] = {}


def _plain(senses: Sequence[Sense]) -> tuple[str, ...] | None:
    """The classes of a pattern that is a mere word; None for a name, or what is written in one way only."""
    if any(one.kind != "word" or one.case != "any" or one.name in (COMPANY_WORD, HEADING) for one in senses):
        return None
    return tuple(one.name for one in senses)


def _family(prefix: str, terms: Mapping[str, Sequence[Sense]]) -> frozenset[str]:
    words = (one.name for senses in terms.values() for one in senses if one.kind == "word")
    return frozenset(name for name in words if name.startswith(prefix))


def _add(tags: list[dict[str, int]], mention: Mention) -> None:
    """Notes that a name of a kind begins here; the longest of a kind counts."""
    known = tags[mention.first]
    if not known:
        tags[mention.first] = {mention.kind: mention.last}
    elif mention.last > known.get(mention.kind, 0):
        known[mention.kind] = mention.last


def _places(tags: Sequence[dict[str, int]]) -> dict[str, list[int]]:
    """Class → where its words begin, in order."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, known in enumerate(tags):
        for name in known:
            places[name].append(at)
    return dict(places)


def _is_written(tokens: Tokens, first: int, last: int, case: Case) -> bool:
    if case == "capital":
        return tokens.is_capital(first)
    start, end = tokens.span(first, last)
    return tokens.original[start:end].isupper()


def _apart(mentions: list[Mention], firms: Sequence[tuple[int, int]]) -> list[Mention]:
    """The mentions that stand by themselves, in order.

    A company's name hides the country in it (`Korea Zinc`); of overlapping others the leftmost stays, and of
    those the longest. Equal spans all stay.
    """
    companies = [mention for mention in mentions if mention.kind == "company"]
    inside = {at for first, last in firms if last - first > 1 for at in range(first, last)}
    others = [m for m in mentions if m.kind != "company" and not (m.kind == "country" and m.first in inside)]
    if not companies:
        return _longest(others)
    return sorted((*_longest(companies), *_longest(others)), key=lambda m: (m.first, -m.last))


def _longest(mentions: list[Mention]) -> list[Mention]:
    mentions.sort(key=lambda mention: (mention.first, -mention.last))
    kept: list[Mention] = []
    for mention in mentions:
        if kept and mention.first < kept[-1].last:
            same = (mention.first, mention.last) == (kept[-1].first, kept[-1].last)
            if not same or "shadow" in (mention.kind, kept[-1].kind):
                continue
        kept.append(mention)
    return kept


def _terms(entries: Iterable[Commodity | Company | Country]) -> dict[str, list[Sense]]:
    """Pattern → its senses."""
    terms: dict[str, list[Sense]] = {}
    for phrase, sense in (*_named(entries), *_words()):
        pattern = _pattern(phrase)
        if pattern.strip() and sense not in terms.setdefault(pattern, []):
            terms[pattern].append(sense)
    return {pattern: senses for pattern, senses in terms.items() if senses}


def _named(entries: Iterable[Commodity | Company | Country]) -> Iterator[tuple[str, Sense]]:
    for phrase in _load("shadows"):
        yield phrase, Sense("shadow", "")
    for entry in entries:
        if isinstance(entry, Commodity):
            yield from _commodity(entry)
        elif isinstance(entry, Company):
            yield from _company(entry)
        else:
            yield from _country(entry)


def _commodity(entry: Commodity) -> Iterator[tuple[str, Sense]]:
    yield from ((name, Sense("commodity", entry.id, "name")) for name in entry.names)
    for form, names in (("ambiguous", entry.ambiguous), ("ware", entry.wares)):
        yield from ((name, Sense("commodity", entry.id, form, _case(name))) for name in names)
    yield from ((word, Sense("word", f"{CONTEXT}{entry.id}")) for word in entry.context)


def _company(entry: Company) -> Iterator[tuple[str, Sense]]:
    for form, names in (("name", entry.names), ("ambiguous", entry.ambiguous)):
        for name in names:
            case = _case(name) if form == "ambiguous" else "any"
            yield name, Sense("company", entry.id, form, case)
            yield name, Sense("word", COMPANY_WORD, "", case)


def _country(entry: Country) -> Iterator[tuple[str, Sense]]:
    by_form = (
        ("name", entry.names),
        ("demonym", entry.demonyms),
        ("seat", entry.seats),
        ("venue", entry.venues),
        ("office", entry.offices),
    )
    for form, names in by_form:
        yield from ((name, Sense("country", entry.id, form, _case(name))) for name in names)
    yield from ((name, Sense("word", f"{AGENCY}{entry.id.lower()}")) for name in entry.stands_for)


def _words() -> Iterator[tuple[str, Sense]]:
    cites = _load("origins")
    known = {"cites": cites["cited"], "says": cites["says"]}
    known |= {f"{ORIGIN}{origin}": names for origin, names in cites["names"].items()}
    for words in (_load("words"), _load("contexts"), _load("events")["words"], known):
        for name, phrases in words.items():
            yield from ((phrase, Sense("word", name)) for phrase in phrases)


def _case(name: str) -> Case:
    bare = name.rstrip("*")
    if len(bare) > 1 and bare.isupper() and bare.isalpha():
        return "upper"
    return "capital" if bare[:1].isupper() else "any"


def _guards(entries: Iterable[Commodity | Country]) -> dict[str, tuple[str, ...]]:
    guards: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for entry in entries:
        if entry.unless:
            guards[entry.id] += tuple(_pattern(phrase) for phrase in entry.unless)
    return dict(guards)


def _shown(entry: Country) -> str:
    """What `shown` says, else the first name with capitals."""
    return entry.shown or (entry.names[0].title() if entry.names else entry.id)


def _pattern(phrase: str) -> str:
    """The phrase as it stands in joined tokens; a final `*` leaves the last word open."""
    stem = str(phrase).strip()
    words = tokenise(stem.rstrip("*"), "").words[:-1]
    joined = " " + " ".join(words)
    return joined if stem.endswith("*") else joined + " "


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""All scalars stay text: `off` and `no` are words. The C parser where PyYAML was built with it."""


def _load(name: str) -> Any:
    """A vocabulary file; its shapes are described at its head."""
    text = resources.files("alerter.reading").joinpath("vocabulary", f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - makes text only, never objects
