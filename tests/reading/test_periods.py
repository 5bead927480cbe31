"""Periods: phrases of our own, with what each stands for and is named for decided beforehand."""

from datetime import date
from functools import lru_cache

import pytest

from alerter.reading import Lexicon
from alerter.reading.periods.calendar import periods
from alerter.reading.periods.dates import last_day, month_text, previous_month, span_text, year_before
from alerter.reading.tokens import tokenise

PUBLISHED = date(2025, 8, 20)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped lexicon, built once."""
    return Lexicon.build()


def named(text: str) -> list[tuple[str, str]]:
    """Each period of a sentence with what it is named for."""
    marked = lexicon().mark(tokenise("", text))
    found = periods(marked, 0, len(marked.words), PUBLISHED)
    return [(period.text, period.role) for period in found]


# (phrase, period)
NAMED = [
    ("Exports fell in May", "2025-05"),
    ("Exports fell in December", "2024-12"),
    ("Exports fell in May 2024", "2024-05"),
    ("Exports fell in May last year", "2024-05"),
    ("Exports fell in June of this year", "2025-06"),
    ("Stocks stood at 5,000 t on 31 March", "2025-03"),
    ("Stocks stood at 5,000 t on March 31, 2024", "2024-03"),
    ("Stocks fell in the course of Feb. 2025", "2025-02"),
    ("Exports rose in January-May", "2025-01..2025-05"),
    ("Exports rose in January to May", "2025-01..2025-05"),
    ("Exports rose from January through May 2024", "2024-01..2024-05"),
    ("Exports rose between January and June", "2025-01..2025-06"),
    ("Between 15 February and 30 June 2026 exports are capped", "2026-02..2026-06"),
    ("Exports rose between November and February", "2024-11..2025-02"),
    ("Exports rose from July 2023 to June 2024", "2023-07..2024-06"),
    ("Imports of chips fell in January and February", "2025-01..2025-02"),
    ("Output fell in the April-June quarter", "2025-Q2"),
    ("Output fell in the July-September quarter of 2024", "2024-Q3"),
    ("Output fell in the March quarter", "2025-Q1"),
    ("Output fell in the September quarter", "2025-Q3"),
    ("Output fell in the first quarter of 2024", "2024-Q1"),
    ("Output fell in Q2", "2025-Q2"),
    ("Output fell in the fourth quarter", "2024-Q4"),
    ("Output fell in the fourth quarter of last year", "2024-Q4"),
    ("Output fell in the three months to March", "2025-Q1"),
    ("Output fell in the first half", "2025-01..2025-06"),
    ("Output fell in the second half of 2024", "2024-07..2024-12"),
    ("Output fell in the six months to June", "2025-01..2025-06"),
    ("Output fell in the six months through March 2026", "2025-10..2026-03"),
    ("Output fell in the nine months to March", "2024-07..2025-03"),
    ("Output fell in the first five months", "2025-01..2025-05"),
    ("Output fell in the first 7 months of the year", "2025-01..2025-07"),
    ("India's imports rose in the first four months of the fiscal year", "2025-04..2025-07"),
    ("The pit dug more ore in the year to June", "2024-07..2025-06"),
    ("The pit dug more ore in the year ended 30 June 2024", "2023-07..2024-06"),
    ("The pit dug more ore in the twelve months to December 2024", "2024"),
    ("India's coal imports fell in FY25", "2024-04..2025-03"),
    ("India's coal imports fell in fiscal 2025", "2024-04..2025-03"),
    ("India's coal imports fell in 2024-25", "2024-04..2025-03"),
    ("India's coal imports fell in the April-December period of 2024-25", "2024-04..2024-12"),
    ("India's coal imports fell in Q1 FY26", "2025-Q2"),
    ("India's coal imports fell in the first half of FY25", "2024-04..2024-09"),
    ("Australia shipped more ore in 2024-25", "2024-07..2025-06"),
    ("Output fell in 2024", "2024"),
    ("Output will fall next year", "2026"),
]


@pytest.mark.parametrize(("text", "period"), NAMED)
def test_a_phrase_names_its_period(text: str, period: str) -> None:
    """Each way of naming a time is resolved against the day of publication."""
    assert named(text) == [(period, "when")]


ROLES = [
    ("Exports fell 3% from April", "base"),
    ("Exports were 3% more than in April", "base"),
    ("Exports were 3% more than in the same quarter of 2024", "base"),
    ("Exports came to 46 t, against 50 t in April", "base"),
    ("Exports came to 46 t, 8% less than the 50 t of April", "base"),
    ("Exports were 3% below those of April", "base"),
    ("Exports were up 5% on April", "base"),
    ("Exports were 40% up in the same months of 2024", "base"),
    ("Exports fell 3% short of March", "base"),
    ("Exports were half as high again as in April", "base"),
    ("Exports shrank, the first such fall in 2025", "since"),
    ("Exports could fall by as much as 15% in April", "when"),
    ("Stocks as of April were lower", "when"),
    ("Exports came to more than 46 t in April", "when"),
    ("Exports fell below 46 t in April", "when"),
    ("Exports fell 3% month on month in April", "when"),
    ("Exports were down 3% on the year in April", "when"),
    ("Stocks rose 12% over the month of April", "when"),
    ("Licences have been compulsory since 4 February", "since"),
    ("The rate goes to 50% from 1 October", "start"),
    ("The ban holds until April", "deadline"),
    ("Wheat for March delivery rose", "contract"),
    ("December copper futures rose", "contract"),
]


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_a_period_knows_what_it_is_named_for(text: str, role: str) -> None:
    """When a figure holds, what it is compared with, since or until when."""
    assert [name for _, name in named(text)] == [role]


@pytest.mark.parametrize(
    "text",
    ["Oil saw its best close in ten months", "It was the largest loss in three months", "Tariffs may rise"],
)
def test_other_words_name_no_period(text: str) -> None:
    """Spans that only measure how long, and words that are spelt like months."""
    assert named(text) == []


def test_dates_are_reckoned_with() -> None:
    """Months carry into years; spans take the name of the quarter or year that they are."""
    assert month_text(2025, 14) == "2026-02"
    assert span_text(2025, 3, 3) == "2025-Q1"
    assert span_text(2025, 12, 12) == "2025"
    assert span_text(2025, 2, 4) == "2024-11..2025-02"
    assert previous_month("2025-01") == "2024-12"
    assert previous_month("2025") is None
    assert year_before("2025-Q2") == "2024-Q2"
    assert year_before("2025-01..2025-02") is None
    assert last_day("2025-Q1") == date(2025, 3, 31)
