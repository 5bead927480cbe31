"""Near-duplicates: the service's sketches against datasketch over the same texts, and the recall of both.

Both find, for each text, the ones before it that share a band, and verify each by its true Jaccard likeness.
datasketch is used as it comes: 128 permutations, and bands that it chooses for the threshold.
"""

import random
from collections.abc import Callable, Iterator
from time import perf_counter

from datasketch import MinHash, MinHashLSH

from alerter.core.reading import Sketch
from alerter.core.text import words
from alerter.reading.copies import LIKENESS, OPENING, are_copies, sketch_of
from bench.texts import SENTENCES

STORIES, COPIES = 500, 3
WORDS = sorted(set(words(" ".join(SENTENCES)))) + [
    f"{first}{last}" for first in "bdfgklmnprst" for last in ("aro", "enti", "ulk")
]


def main() -> None:
    """Print both speeds, their ratio and the recall."""
    texts = list(_texts(random.Random(1)))
    started = perf_counter()
    ours = _ours([text for _, text in texts])
    fast = perf_counter() - started
    started = perf_counter()
    theirs = _theirs([text for _, text in texts])
    slow = perf_counter() - started
    print(
        f"copies: {len(texts) / fast:,.0f} texts/s, datasketch {len(texts) / slow:,.0f}/s, "
        f"ratio {slow / fast:.1f}; "
        f"recall {_recall(ours, texts):.3f}, datasketch {_recall(theirs, texts):.3f}"
    )
    fast, slow = (_time_of(make, [text for _, text in texts]) for make in (sketch_of, _minima_of))
    print(
        f"copies: sketches alone {len(texts) / fast:,.0f} texts/s, datasketch {len(texts) / slow:,.0f}/s, "
        f"ratio {slow / fast:.1f}"
    )


def _time_of(make: Callable[[str], object], texts: list[str]) -> float:
    """Seconds for making something of each text."""
    started = perf_counter()
    for text in texts:
        make(text)
    return perf_counter() - started


def _minima_of(text: str) -> MinHash:
    minima = MinHash()
    minima.update_batch(list(_shingles(text)))
    return minima


def _texts(chance: random.Random) -> Iterator[tuple[int, str]]:
    """Stories of sixty words, each followed by copies of which some words are edited or the end is cut."""
    for story in range(STORIES):
        original = chance.choices(WORDS, k=OPENING)
        yield story, " ".join(original)
        for _ in range(COPIES):
            copy = original[: chance.randint(OPENING * 3 // 4, OPENING)]
            for _ in range(chance.randint(0, 3)):
                copy[chance.randrange(len(copy))] = chance.choice(WORDS)
            yield story, " ".join(copy)


def _ours(texts: list[str]) -> list[int]:
    """For each text the first one that it is a copy of, itself where it is none."""
    by_band: dict[str, int] = {}
    sketches: list[Sketch] = []
    found = []
    for at, text in enumerate(texts):
        sketch = sketch_of(text)
        assert sketch
        sketches.append(sketch)
        candidates = dict.fromkeys(by_band[band] for band in sketch.bands if band in by_band)
        first = next((one for one in candidates if are_copies(sketch, sketches[one])), at)
        by_band |= {band: first for band in sketch.bands if band not in by_band}
        found.append(first)
    return found


def _theirs(texts: list[str]) -> list[int]:
    index = MinHashLSH(threshold=LIKENESS)
    openings: list[set[bytes]] = []
    found = []
    for at, text in enumerate(texts):
        shingles = _shingles(text)
        openings.append(shingles)
        minima = MinHash()
        minima.update_batch(list(shingles))
        candidates = (one for one in index.query(minima) if _likeness(shingles, openings[one]) >= LIKENESS)
        found.append(min(candidates, default=at))
        if found[-1] == at:
            index.insert(at, minima)
    return found


def _likeness(one: set[bytes], other: set[bytes]) -> float:
    return len(one & other) / len(one | other)


def _recall(found: list[int], texts: list[tuple[int, str]]) -> float:
    """The share of true copies that were found to be copies of their story's first text."""
    openings = [_shingles(text) for _, text in texts]
    pairs = [
        (found[at], first)
        for at, (story, _) in enumerate(texts)
        if (first := story * (COPIES + 1)) != at and _likeness(openings[at], openings[first]) >= LIKENESS
    ]
    return sum(one == first for one, first in pairs) / len(pairs)


def _shingles(text: str) -> set[bytes]:
    found = words(text)[:OPENING]
    return {" ".join(found[n : n + 3]).encode() for n in range(len(found) - 2)}


if __name__ == "__main__":
    main()
