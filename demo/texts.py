"""The texts of texts.yaml as publications, and what is made of them: reprints and counted links."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from demo.publications import NAMES, SITES, Article, Document, Outlet, Pushed

COPIES = 50
CAPTION = "V.O.S. Selections, Inc. v. United States"
_FILE = Path(__file__).with_name("texts.yaml")
_CAMPAIGNS = ("utm_source=newsletter&utm_medium=mail", "utm_source=social&fbclid=x", "ref=frontpage")


@cache
def _texts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def article(name: str) -> Article:
    """An article by its name."""
    told = _texts()["articles"][name]
    at: datetime = told["at"]
    url = f"{SITES[told['outlet']]}/{at:%Y-%m-%d}/{name}"
    return Article(at, told["outlet"], told["title"], told["text"], url, told.get("part", "story"))


def entry(name: str) -> Pushed:
    """An entry of the tariff case's dockets by its name, as another program pushes it."""
    told = _texts()["entries"][name]
    court, number, place = told["court"], told["number"], told["entry"]
    signal = {
        "id": f"{court}/{number}/{place}",
        "source": "court",
        "kind": "docket_entry",
        "title": CAPTION,
        "text": told["text"],
        "url": f"https://dockets.example/{court}/{number}/{place}",
        "published_at": told["at"].isoformat(),
        "docket": {"court": court, "number": number, "entry": place, "filed_at": f"{told['at']:%Y-%m-%d}"},
    }
    return Pushed(told["at"], "court", signal, told.get("part", "story"))


def notice(stage: Literal["inspection", "issue"]) -> Document:
    """The notice of the Federal Register in one of its stages."""
    told = _texts()["notice"][stage]
    row = told["row"]
    return Document(told["at"], stage, row["document_number"], row, told.get("part", "story"))


def reprint(original: Article, outlet: Outlet, *, minutes: int = 3, folder: str = "syndicated") -> Article:
    """The article as another outlet takes it over: its name behind the title, at its own address."""
    title = f"{original.title} - {NAMES[outlet]}"
    url = f"{SITES[outlet]}/{folder}/{original.url.rpartition('/')[2]}"
    return Article(original.at + timedelta(minutes=minutes), outlet, title, original.text, url, "copy")


def tracked(original: Article, outlet: Outlet, query: str, *, minutes: int = 3) -> Article:
    """The article under its own address with parameters that only count readers."""
    at, url = original.at + timedelta(minutes=minutes), f"{original.url}?{query}"
    return Article(at, outlet, original.title, original.text, url, "copy")


def copies_of(original: Article) -> Iterator[Article]:
    """Fifty copies within some hours, by turns reprinted and under counted addresses."""
    outlets: tuple[Outlet, ...] = ("wire", "trade", "gazette")
    for number in range(COPIES):
        outlet, minutes = outlets[number % 3], 30 + 5 * number
        if number % 2:
            yield reprint(original, outlet, minutes=minutes, folder=f"partners/{number:02d}")
        else:
            query = f"{_CAMPAIGNS[number % len(_CAMPAIGNS)]}&utm_content={number:02d}"
            yield tracked(original, outlet, query, minutes=minutes)
