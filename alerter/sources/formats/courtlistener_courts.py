"""What CourtListener leaves to its readers about courts: whose clock a time is of, how numbers are put. Pure.

A time of filing is the court's local time. CourtListener calls district and bankruptcy courts by their
state's letters, a part of it, and `d` or `b`: `txnd` sits in Texas, `dcd` in Washington.
"""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_EASTERN = "America/New_York"
_ZONES = {
    "America/Chicago": "al ar ia il ks la mn mo ms nd ne ok sd tx wi ca5 ca7 ca8",
    "America/Denver": "co id mt nm ut wy ca10",
    "America/Los_Angeles": "ca nv or wa ca9",
    "America/Phoenix": "az",
    "America/Anchorage": "ak",
    "Pacific/Honolulu": "hi",
    "America/Puerto_Rico": "pr vi",
    "Pacific/Guam": "gu",
}
_ZONE_OF = {place: zone for zone, places in _ZONES.items() for place in places.split()}
"""All others sit in Eastern time, or mostly do; a state that two zones share is at most an hour off."""
_DISTRICT = re.compile(r"([a-z]{2})[cemnsw]?[db]")
_JUDGES = re.compile(r"(?P<number>(?:\d+:)?(?:\d{2}|\d{4})-[a-z]{1,5}-\d+)-.*", re.IGNORECASE)
_TRADE_COURT = re.compile(r"(?:\d+:)?(?:\d{2})?(?P<year>\d{2})-(?:cv-)?(?P<number>\d+)", re.IGNORECASE)
_LEAD_IN = re.compile(r"^(?:case |docket )?nos?\.? ", re.IGNORECASE)


def court_time(court: str, day: date, at: time) -> datetime:
    """An instant in UTC, from the court's own day and time."""
    found = _DISTRICT.fullmatch(court)
    zone = _ZONE_OF.get(found[1] if found else court, _EASTERN)
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def written_number(court: str, number: str) -> str:
    """A docket number as the court writes it: without judges, and the trade court's in its short form.

    >>> written_number("cit", "1:25-cv-00066-GSK-TMR-JAR"), written_number("insd", "1:24-cv-00524-JPH-KMB")
    ('25-00066', '1:24-cv-00524')
    """
    plain = _LEAD_IN.sub("", number)
    without_judges = _JUDGES.fullmatch(plain)
    plain = without_judges["number"] if without_judges else plain
    short = _TRADE_COURT.fullmatch(plain) if court == "cit" else None
    return f"{short['year']}-{short['number']:0>5}" if short else plain
