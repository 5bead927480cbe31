"""The texts that benchmarks feed: news of about 60 words, as signals, each of them another."""

import random
from typing import Any

SENTENCES = (
    "China's commerce ministry said that exporters of seven rare earths need a licence from today.",
    "Shipments of magnets fell by {n} percent in May from a year earlier, customs data showed on Friday.",
    "Buyers in the car industry had feared such a step since the tariffs of April came into force.",
    "Analysts expect delays of {n} weeks at the ports while applications are examined one by one.",
    "A court in New York heard arguments on whether the president may levy duties under the act of 1977.",
    "The smelter turned out {n},400 tonnes of antimony last year, a fifth of what the country needs.",
    "Dealers in Rotterdam quoted gallium at ${n}80 a kilogram, the highest price in more than a decade.",
    "Officials of both sides are to meet in London next week to speak of export controls and of chips.",
    "The company has stopped two of its {n} lines for want of parts and expects to restart them in July.",
    "Ships wait for {n} days outside the canal, because the lake that feeds its locks is low again.",
)


def a_news_text(name: str) -> dict[str, Any]:
    """A signal as it is pushed; `name` is its id, stands in its title and decides on its text."""
    chance = random.Random(name)
    told = chance.sample(SENTENCES, 4)
    return {
        "id": name,
        "source": "bench",
        "kind": "article",
        "title": f"Beijing puts magnets under export licence, report {name}",
        "text": " ".join(sentence.format(n=chance.randint(2, 99)) for sentence in told),
        "published_at": "2025-04-04T10:00:00Z",
    }
