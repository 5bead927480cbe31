"""The index of China customs' monthly tables: a row for each table, a link for each month. Pure.

There is one page a year: the present year's without a number in its name, earlier ones with it. The tables'
own addresses say nothing of what they hold.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from alerter.core.clean import is_web_address
from alerter.sources.formats.cells import plain
from alerter.sources.formats.gacc_tables import MONTHS, Currency, RefusedPage, nothing_found
from alerter.sources.formats.markup import parse_page

_NUMBER = re.compile(r"\( ?(\d{1,2}) ?\)")
_CURRENCY = re.compile(r"\(in (CNY|RMB|USD)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listing:
    """What one year's page lists."""

    addresses: Sequence[str]
    """Of the table's pages, the newest month first."""
    years: Sequence[int] = ()
    """Years that there are pages of, the newest first; none where the page does not say."""


def read_listing(body: bytes, content_type: str, url: str, table: int, currency: Currency) -> Listing:
    """The months of one table in one currency. Raises RefusedPage, or UnreadablePage for what is no page."""
    page = parse_page(body, content_type)
    rows = [row for row in page.css("tr") if (cells := row.css("td")) and _title(cells[0])]
    if not rows:
        raise nothing_found(page, body, "no list of tables")
    row = next((row for row in rows if _is_wanted(row, table, currency)), None)
    if row is None:
        raise RefusedPage(f"lists no table ({table}) in {currency}")
    options = [option.text().strip() for option in page.css("option")]
    years = sorted({int(one) for one in options if re.fullmatch(r"20\d\d", one)}, reverse=True)
    return Listing(_links(row, url), years)


def _title(cell: LexborNode) -> re.Match[str] | None:
    return _NUMBER.match(unicodedata.normalize("NFKC", plain(cell.text())))


def _is_wanted(row: LexborNode, table: int, currency: Currency) -> bool:
    """Is it the table's row, in this currency or in whatever there is?"""
    cell = row.css("td")[0]
    number, stated = _title(cell), _CURRENCY.search(cell.text())
    if number is None or int(number[1]) != table:
        return False
    return stated is None or stated[1].upper().replace("RMB", "CNY") == currency


def _links(row: LexborNode, url: str) -> list[str]:
    found: dict[int, str] = {}
    for link in row.css("a"):
        month, address = plain(link.text())[:3].lower(), _address(link, url)
        if month in MONTHS and address:
            found[MONTHS.index(month)] = address
    return [found[month] for month in sorted(found, reverse=True)]


def _address(link: LexborNode, url: str) -> str | None:
    """Where the link leads, by the way that the list itself was reached; nowhere if to another host."""
    try:
        target = urlsplit(urljoin(url, (link.attributes.get("href") or "").strip()))
        at = urlsplit(url)
        leads_away = target.hostname != at.hostname
    except ValueError:
        return None
    address = target._replace(scheme=at.scheme, netloc=at.netloc, fragment="").geturl()
    return None if leads_away or not is_web_address(address) else address
