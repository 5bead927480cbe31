"""The Supreme Court's dockets, read from JSON."""

from datetime import date

import pytest

from alerter.sources.formats.scotus_dockets import UnknownDocket, read_docket
from tests.sources.scotus import row, sheet

TEXT = "Motion to expedite filed."


@pytest.mark.parametrize(
    "on", ["Sep 9 2025", "Sep 09 2025", "September 9, 2025", "Sep 9, 2025", "09/09/2025"]
)
def test_days_are_read_in_every_form(on: str) -> None:
    """The Court writes them in several."""
    read = read_docket(sheet(row(TEXT, on)), "25-250")
    assert [one.on for one in read.proceedings] == [date(2025, 9, 9)]


@pytest.mark.parametrize(
    ("petitioner", "respondent", "case"),
    [
        ("Lakeside Toys, Petitioner", "Reyes, Respondent", "Lakeside Toys v. Reyes"),
        ("A. Reyes, et al., Applicants", "Lakeside Toys, Inc., et al.", "A. Reyes v. Lakeside Toys, Inc."),
        ("In Re Lakeside Toys, Petitioner", None, "In Re Lakeside Toys"),
        ("United States of America", "", "United States"),
    ],
)
def test_a_case_is_named_without_roles(petitioner: str, respondent: str | None, case: str) -> None:
    """Who is what in the case is not part of its name."""
    fields = {"PetitionerTitle": petitioner, "RespondentTitle": respondent}
    assert read_docket(sheet(docket="25-250 *** CAPITAL CASE ***", **fields), "25-250").case == case


@pytest.mark.parametrize("links", [None, [], "x", [None, {}, {"DocumentUrl": 5}, {"DocumentUrl": "x"}]])
def test_a_proceeding_may_have_no_document(links: object) -> None:
    """Whatever stands in place of the links."""
    (one,) = read_docket(sheet(row(TEXT) | {"Links": links}), "25-250").proceedings
    assert one.document is None
    with pytest.raises(UnknownDocket):
        read_docket(sheet(), "25A250")
