"""A feed that lists its facts as RSS, newest first."""

from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.feed import FeedConfig
from tests.contracts.sources.sample import NOW, Answer, Fact

_TYPE = "application/rss+xml"


class FeedSample:
    """RSS 2.0."""

    kind = "feed"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """The feed."""
        return FeedConfig(id="wire", type="feed", url=f"{base}/feed.xml")

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """One entry a fact."""
        listed = "".join(_entry(fact) for fact in reversed(facts))
        document = f"<rss version='2.0'><channel><title>Métaux</title>{listed}</channel></rss>"
        return Answer(document.encode(), _TYPE) if request.path == "/feed.xml" else None

    def strange(self, request: web.BaseRequest) -> Answer:
        """XML of somebody else's making."""
        return Answer(b"<bulletin><notice><headline>Terbium</headline></notice></bulletin>", _TYPE)


def _entry(fact: Fact) -> str:
    published_at = NOW - timedelta(days=8 // fact.number) + timedelta(hours=fact.number)
    return (
        f"<item><guid isPermaLink='false'>wire-{fact.number}</guid>"
        f"<title>Séparation plant {fact.number} halts, bulletin {fact.version}</title>"
        f"<link>https://news.example/{fact.number}</link>"
        f"<pubDate>{format_datetime(published_at)}</pubDate></item>"
    )


SAMPLE = FeedSample()
