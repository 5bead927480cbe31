"""The lexicon: every word that readings know, in one automaton, and what each stands for.

Built once from the vocabulary that ships beside this file (countries, commodities, words) and from the
commodities of the configuration; shared by every reading after that. One pass over a text's tokens finds
all terms at once, whatever their number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate
from typing import Any, Literal

import yaml
from ahocorasick_rs import AhoCorasick

from alerter.core.model import Frozen, Name
from alerter.reading.event_patterns import PatternTable, parse_patterns
from alerter.reading.marks import Marked, Mention
from alerter.reading.origins import ORIGIN
from alerter.reading.tokens import Tokens, tokenise

Kind = Literal["commodity", "country", "shadow", "word"]


class Commodity(Frozen):
    """A commodity as people name it.

    An entry whose id the shipped vocabulary knows adds its names and headings to it, and overrides its parent
    where it states one.
    """

    id: Name
    names: tuple[str, ...] = ()
    """Words and phrases; a final `*` leaves the last word open."""
    ambiguous: tuple[str, ...] = ()
    """Names that count only in a text that speaks of trade or industry."""
    parent: str | None = None
    hs: tuple[str, ...] = ()
    """Headings of the Harmonized System, digits only."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a term stands for. `form` tells how: name, demonym, seat, venue or ambiguous."""

    kind: Kind
    name: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms in one automaton. Immutable; safe to share between threads."""

    automaton: AhoCorasick
    senses: tuple[tuple[Sense, ...], ...]
    """By the automaton's pattern: what the term stands for."""
    lengths: tuple[int, ...]
    """By pattern: how many tokens it covers."""
    commodities: Mapping[str, Commodity]
    guards: Mapping[str, tuple[str, ...]]
    """Country → needles whose presence means that something else is meant."""
    country_names: Mapping[str, str]
    """Country → its name within an English sentence: `China`, `the US`."""
    event_patterns: PatternTable

    @classmethod
    def build(cls, commodities: Sequence[Commodity] = ()) -> "Lexicon":
        """The shipped vocabulary with the configuration's commodities added. Takes some milliseconds."""
        known = _merge(_shipped_commodities(), commodities)
        countries = _load("countries")
        terms: dict[str, list[Sense]] = {}
        for phrase, sense in _all_senses(known.values(), countries):
            pattern = _pattern(phrase)
            if pattern.strip() and sense not in terms.setdefault(pattern, []):
                terms[pattern].append(sense)
        guards = {
            code: tuple(_pattern(phrase) for phrase in entry["unless"])
            for code, entry in countries.items()
            if "unless" in entry
        }
        patterns = list(terms)
        return cls(
            automaton=AhoCorasick(patterns),
            senses=tuple(tuple(terms[pattern]) for pattern in patterns),
            lengths=tuple(len(pattern.split()) for pattern in patterns),
            commodities=known,
            guards=guards,
            country_names={code: _shown(code, entry) for code, entry in countries.items()},
            event_patterns=parse_patterns(_load("events")["patterns"]),
        )

    @property
    def parents(self) -> Mapping[str, str]:
        """Commodity → its parent, for those that have one."""
        return {entry.id: entry.parent for entry in self.commodities.values() if entry.parent}

    def mark(self, tokens: Tokens) -> Marked:
        """Finds every term in the tokens."""
        words = tokens.words
        joined = " " + " ".join(words) + " "
        offsets = accumulate((len(word) + 1 for word in words), initial=0)
        index_at = {offset: index for index, offset in enumerate(offsets)}
        tags: list[dict[str, int]] = [_NOTHING] * len(words)
        mentions: list[Mention] = []
        for pattern, start, _ in self.automaton.find_matches_as_indexes(joined, overlapping=True):
            first = index_at[start]
            last = first + self.lengths[pattern]
            for sense in self.senses[pattern]:
                if sense.kind == "word":
                    if not tags[first]:
                        tags[first] = {}
                    if last > tags[first].get(sense.name, 0):
                        tags[first][sense.name] = last
                else:
                    mentions.append(Mention(sense.kind, sense.name, sense.form, first, last))
        kept = _longest(mentions)
        for mention in kept:
            if mention.kind != "shadow":  # events are worded with them: `restrict ~5 commodity`
                if not tags[mention.first]:
                    tags[mention.first] = {}
                tags[mention.first][mention.kind] = mention.last
        return Marked(tokens, words, joined, tags, kept, frozenset().union(*tags))


_NOTHING: dict[str, int] = {}


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Of overlapping mentions the leftmost, and of those the longest; equal spans all stay."""
    mentions.sort(key=lambda mention: (mention.first, -mention.last))
    kept: list[Mention] = []
    for mention in mentions:
        if kept and mention.first < kept[-1].last:
            same = (mention.first, mention.last) == (kept[-1].first, kept[-1].last)
            if not same or "shadow" in (mention.kind, kept[-1].kind):
                continue
        kept.append(mention)
    return kept


def _all_senses(
    commodities: Iterable[Commodity], countries: Mapping[str, Any]
) -> Iterable[tuple[str, Sense]]:
    for phrase in _load("shadows"):
        yield phrase, Sense("shadow", "")
    for entry in commodities:
        yield from ((name, Sense("commodity", entry.id, "name")) for name in entry.names)
        yield from ((name, Sense("commodity", entry.id, "ambiguous")) for name in entry.ambiguous)
    for code, forms in countries.items():
        for form in ("name", "demonym", "seat", "venue"):
            yield from ((phrase, Sense("country", code, form)) for phrase in forms.get(f"{form}s", ()))
    cites = _load("origins")
    known = {"cites": cites["cited"], "says": cites["says"]}
    known |= {f"{ORIGIN}{origin}": names for origin, names in cites["names"].items()}
    for words in (_load("words"), _load("events")["words"], known):
        for name, phrases in words.items():
            yield from ((phrase, Sense("word", name)) for phrase in phrases)


def _shown(code: str, entry: Mapping[str, Any]) -> str:
    """What `shown` says, else the first name with capitals."""
    names = entry.get("names", ())
    return str(entry.get("shown") or (names[0].title() if names else code))


def _pattern(phrase: str) -> str:
    """The phrase as it stands in joined tokens; a final `*` leaves the last word open."""
    stem = str(phrase).strip()
    words = tokenise(stem.rstrip("*"), "").words[:-1]
    joined = " " + " ".join(words)
    return joined if stem.endswith("*") else joined + " "


def _shipped_commodities() -> list[Commodity]:
    return [Commodity.model_validate(entry) for entry in _load("commodities")]


def _merge(shipped: Sequence[Commodity], added: Sequence[Commodity]) -> dict[str, Commodity]:
    known = {entry.id: entry for entry in shipped}
    for entry in added:
        old = known.get(entry.id)
        known[entry.id] = entry if old is None else _joined(old, entry)
    return known


def _joined(old: Commodity, new: Commodity) -> Commodity:
    return Commodity(
        id=old.id,
        names=tuple(dict.fromkeys((*old.names, *new.names))),
        ambiguous=tuple(name for name in (*old.ambiguous, *new.ambiguous) if name not in new.names),
        parent=new.parent if "parent" in new.model_fields_set else old.parent,
        hs=tuple(dict.fromkeys((*old.hs, *new.hs))),
    )


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""All scalars stay text: `off` and `no` are words. The C parser where PyYAML was built with it."""


def _load(name: str) -> Any:
    """A vocabulary file; its shapes are described at its head."""
    text = resources.files("alerter.reading").joinpath("vocabulary", f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - makes text only, never objects
