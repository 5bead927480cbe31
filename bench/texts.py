"""The texts that benchmarks feed: news of about 60 words, as signals."""

from typing import Any

TEXT = (
    "China's commerce ministry said on Friday that exporters of seven medium and heavy rare earths and of "
    "magnets made from them need an export licence with immediate effect, a step that buyers in the car "
    "industry had feared since the tariffs of April. Shipments already declared may leave. Analysts expect "
    "delays of several weeks at the ports while applications are examined one by one."
)


def a_news_text(name: str) -> dict[str, Any]:
    """A signal as it is pushed; `name` is its id and stands in its title."""
    return {
        "id": name,
        "source": "bench",
        "kind": "article",
        "title": f"Beijing puts magnets under export licence, report {name}",
        "text": TEXT,
        "published_at": "2025-04-04T10:00:00Z",
    }
