"""Matching of phrases: texts of 60 words against 1,000 and 10,000 rules, as a share of normalisation alone.

Matching is what the evaluator does with a signal before it judges: it normalises the body and asks the index
for the rules worth trying (`Rulebook.candidate`); every rule that is found is then judged. Side by side stand
the project's own `normalise`, and `casefold` with `\\w+` tokens, as others normalise. A sample is compared
with one regular expression per rule, and any difference ends the benchmark.
"""

import random
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from time import process_time

from alerter.core.group import Dispatch
from alerter.core.reading import Reading, ReadSignal
from alerter.core.signal import Signal, SignalRecord
from alerter.core.text import normalise
from alerter.pipeline.rulebook import Rulebook
from alerter.rules.base import Facts, World
from alerter.rules.index import RuleIndex
from alerter.rules.match import MatchRule
from bench.texts import SENTENCES, a_news_text

TEXTS = 2_000
RULES = (1_000, 10_000)
SAMPLE = (200, 300)
"""Rules and texts that are compared with regular expressions."""
MET = 100
"""One rule in so many has words that stand in some of the texts."""
ROUNDS = 5
NOW = datetime(2025, 4, 4, tzinfo=UTC)
_TOKEN = re.compile(r"\w+")
_ENDINGS = [f"{first}{last}" for first in "bdfgklmnprst" for last in ("aro", "enti", "ulk", "iver", "onda")]
"""Syllables of which names are made that no text has."""
_KNOWN = sorted({word for told in SENTENCES for word in re.findall(r"[a-z]{3,}", told.casefold())})


def main() -> None:
    """Print the ratios for each number of rules."""
    reads = [_read(f"text{n}") for n in range(TEXTS)]
    _compare(_book(_rules(SAMPLE[0], every=5)), reads[: SAMPLE[1]])
    for count in RULES:
        book = _book(_rules(count, every=MET))
        touched = sum(len(book.candidate("1", read).rules) for read in reads) / TEXTS
        works: tuple[Callable[[ReadSignal], object], ...] = (
            lambda read: normalise(read.body),
            lambda read: _TOKEN.findall(read.body.casefold()),
            partial(book.candidate, "1"),
        )
        own, plain, whole = (TEXTS / seconds for seconds in _fastest(works, reads))
        print(
            f"matching: {whole:,.0f} texts/s against {count:,} rules, of which one touches {touched:.0f}: "
            f"{whole / own:.2f} of the project's normalise() alone ({own:,.0f}/s), "
            f"{whole / plain:.2f} of casefold and \\w+ ({plain:,.0f}/s)"
        )


def _fastest(works: Iterable[Callable[[ReadSignal], object]], reads: list[ReadSignal]) -> list[float]:
    """Seconds of processor time that each work takes for all signals, the best of some alternating rounds."""
    works = list(works)
    best = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            started = process_time()
            for read in reads:
                work(read)
            best[place] = min(best[place], process_time() - started)
    return best


def _read(name: str) -> ReadSignal:
    record = SignalRecord(identity=name, signal=Signal.model_validate(a_news_text(name)), seen_at=NOW)
    return ReadSignal(record=record, reading=Reading())


def _book(rules: list[MatchRule]) -> Rulebook:
    return Rulebook(rules, RuleIndex(rules), World(), Dispatch(lambda _: (), {}))


def _rules(count: int, *, every: int) -> list[MatchRule]:
    """Rules of 3 to 6 phrases: names that no text has, and in some rules three words in a row from texts."""
    chance = random.Random(count)
    return [_rule(number, chance, is_met=number % every == 0) for number in range(count)]


def _rule(number: int, chance: random.Random, *, is_met: bool) -> MatchRule:
    phrases = [_name(chance) for _ in range(chance.randint(3, 6))]
    if is_met:
        told = chance.choice(SENTENCES).split()
        at = chance.randrange(len(told) - 2)
        phrases[-1] = " ".join(re.findall(r"[a-z]+", " ".join(told[at : at + 3]).casefold())) or phrases[-1]
    return MatchRule(id=f"rule-{number}", type="match", any=tuple(phrases))


def _name(chance: random.Random) -> str:
    words = ["".join(chance.choices(_ENDINGS, k=2)) for _ in range(chance.randint(1, 3))]
    opening = chance.choice(_KNOWN) + " " if chance.random() < 0.3 else ""
    return opening + " ".join(words) + chance.choice(["", "*"])


def _compare(book: Rulebook, reads: list[ReadSignal]) -> None:
    """Every rule fires exactly where its regular expression is found."""
    patterns = {rule.id: _pattern(rule) for rule in book.rules if isinstance(rule, MatchRule)}
    fired = 0
    for read in reads:
        candidate = book.candidate("1", read)
        facts = Facts(
            read=read, normalised=candidate.normalised, story="s", now=NOW, series={}, world=book.world
        )
        found = [rule.id for rule in candidate.rules if rule.evaluate(facts).verdicts]
        body = read.body.casefold()
        wanted = [name for name, pattern in patterns.items() if pattern.search(body)]
        assert found == wanted, f"{read.record.signal.id}: {found} instead of {wanted}"
        fired += len(found)
    print(
        f"matching: {len(patterns)} rules on {len(reads)} texts fire as one regular expression each does, "
        f"{fired:,} times"
    )


def _pattern(rule: MatchRule) -> re.Pattern[str]:
    """The rule's phrases over a text as it stands: whole words, but for one that a `*` leaves open."""
    phrases = (
        r"\W+".join(one.rstrip("*").split()) + ("" if one.endswith("*") else r"(?!\w)") for one in rule.any
    )
    return re.compile("|".join(rf"(?<!\w){phrase}" for phrase in phrases))


if __name__ == "__main__":
    main()
