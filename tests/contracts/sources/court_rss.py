"""A court's feed as CM/ECF writes it: newest first, each filing under a guid of its own."""

from collections.abc import Sequence
from datetime import timedelta

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.court_rss import CourtRssConfig
from tests.contracts.sources.sample import NOW, Answer, Fact

_TYPE = "text/xml; charset=ISO-8859-1"
_HEAD = "<?xml version='1.0' encoding='ISO-8859-1'?>\n"


class CourtRssSample:
    """A court of appeals."""

    kind = "court_rss"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """The court's feed."""
        return CourtRssConfig(id="court", type="court_rss", court="cafc", url=f"{base}/rss_outside.pl")

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """One entry a fact; a new version has another label."""
        listed = "".join(_entry(fact) for fact in reversed(facts))
        return _feed(listed) if request.path == "/rss_outside.pl" else None

    def strange(self, request: web.BaseRequest) -> Answer:
        """A feed whose titles are no docket numbers any more."""
        return _feed("<item><title>Lakeside v. Pe\u00f1a</title><guid>1</guid></item>")


def _feed(listed: str) -> Answer:
    document = f"{_HEAD}<rss version='2.0'><channel><title>Recent Entries</title>{listed}</channel></rss>"
    return Answer(document.encode("latin-1"), _TYPE)


def _entry(fact: Fact) -> str:
    entered_at = NOW - timedelta(days=8 // fact.number) + timedelta(hours=fact.number)
    docket = f"https://ecf.cafc.example/case?caseNum=25-18{fact.number:02}"
    return (
        f"<item><title>25-18{fact.number:02} Lakeside v. Pe\u00f1a</title><link>{docket}</link>"
        f"<description>[Order {fact.version}] (&lt;a href='https://ecf.cafc.example/docs1/{fact.number}'>"
        f"{fact.number}&lt;/a>)</description>"
        f'<guid isPermaLink="true">{docket}&amp;partId={fact.number}</guid>'
        f"<pubDate>{entered_at - timedelta(hours=4):%a, %d %b %Y %H:%M:%S} EDT</pubDate></item>"
    )


SAMPLE = CourtRssSample()
