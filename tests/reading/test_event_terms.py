"""Event terms: instruments, clauses and the days from which and until which a measure holds."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.reading import Lexicon
from alerter.reading.events.terms import Terms, terms_of
from alerter.reading.tokens import tokenise
from tests.reading.support_reading import read


@cache
def lexicon() -> Lexicon:
    """The shipped vocabulary."""
    return Lexicon.build()


def terms(text: str, published: date = date(2025, 11, 8)) -> Terms:
    """Of the text's last sentence."""
    marked = lexicon().mark(tokenise("Title", text))
    return terms_of(marked, marked.tokens.sentences[-1], published)


@pytest.mark.parametrize(
    ("text", "instrument", "clause"),
    [
        ("China suspends clause 2 of Announcement No. 46 of 2024.", "2024-46", "2"),
        ("Notice No. 18, 2025 puts seven elements under licence.", "2025-18", None),
        ("Announcement No 61 stays on hold.", "No. 61", None),
        ("Duties under Section 232 rise.", "Section 232", None),
        ("The rates of Executive Order 14257 are paused.", "EO 14257", None),
        ("It amends Proclamation 10908.", "Proclamation 10908", None),
        ("Council Regulation (EU) 2025/2083 lists ships.", "2025/2083", None),
        ("The government changed Regulation No. 11/2019 on ore.", "11/2019", None),
        ("The 19th sanctions package names two refiners.", "package 19", None),
        ("OFAC extends General License 13M.", "General License 13M", None),
        ("Tariffs under IEEPA fall.", "IEEPA", None),
        ("Order No. 5 of the day was coffee.", None, None),
        ("China curbs gallium.", None, None),
    ],
)
def test_the_instrument_is_named_as_its_issuer_names_it(
    text: str, instrument: str | None, clause: str | None
) -> None:
    """Announcements by year and number, statutes by section, orders by number."""
    found = terms(text)
    assert (found.instrument, found.clause) == (instrument, clause)


@pytest.mark.parametrize(
    ("text", "effective_on", "ends_on"),
    [
        ("The notice is suspended until 10 November 2026.", None, "2026-11-10"),
        ("The ban is on hold until November 10.", None, "2025-11-10"),
        ("The rule takes effect on Dec. 1, 2025.", "2025-12-01", None),
        ("Exporters need a licence from 1 December.", "2025-12-01", None),
        ("Duties apply as of Monday, January 5.", "2026-01-05", None),
        ("Tariffs are paused for 90 days from 14 November.", "2025-11-14", "2026-02-12"),
        ("The truce is extended for another year.", None, "2026-11-08"),
        ("The suspension lasts for six months.", None, "2026-05-08"),
        ("The quota holds through the end of 2027.", None, "2027-12-31"),
        ("Its exemption expires on March 31, 2026.", None, "2026-03-31"),
        ("The licence is valid until March 2026.", None, "2026-03-31"),
        ("Controls come into force in February.", "2026-02-01", None),
        ("Rates go up effective midnight on the 1st of August 2026.", "2026-08-01", None),
        ("The ban holds until 31 February.", None, None),
        ("Exports fell from 300 t to 200 t for the year.", None, None),
        ("It was in force for 40000 days.", None, None),
        ("The ban holds until", None, None),
        ("The ban holds until further notice.", None, None),
    ],
)
def test_days_are_resolved_against_publication(
    text: str, effective_on: str | None, ends_on: str | None
) -> None:
    """A day without a year is the next such day; a span counts from the day that the measure begins."""
    found = terms(text)
    assert (found.effective_on, found.ends_on) == (effective_on, ends_on)


def test_an_event_carries_the_terms_of_its_own_sentence() -> None:
    """Another sentence's dates stay its own."""
    text = (
        "China suspends its export controls of Announcement No. 70 of 2025 on lithium batteries until "
        "10 November 2026. A fair in Canton lasts until 4 December."
    )
    (event,) = read("Truce", text, published="2025-11-07").events
    assert (event.instrument, event.ends_on) == ("2025-70", "2026-11-10")


@given(st.text(max_size=200), st.dates(date(1, 1, 1), date(9998, 1, 1)))
def test_any_text_and_day_is_read(text: str, published: date) -> None:
    """Nothing in a text or a date of publication breaks it."""
    marked = lexicon().mark(tokenise("until 31 May for 120 months", text))
    for sentence in marked.tokens.sentences:
        terms_of(marked, sentence, published)
