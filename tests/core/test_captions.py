"""Captions: a case is a matter's by its number in a court, or by a name of its caption."""

import pytest

from alerter.core.captions import UNNAMED, case_name, is_in_matter
from alerter.core.matter import Matter

MATTER = Matter(
    id="duties",
    names=("Lakeside Toys*", "In re * Duties", "", "Harbour Tools v. Reyes"),
    dockets=(("cit", "25-71"),),
)


@pytest.mark.parametrize(
    ("docket", "title", "is_ours"),
    [
        (("cit", "1:25-cv-00071"), "", True),
        (("CIT", "25-00071"), "Someone else v. Nobody", True),
        (("dcd", "25-71"), "Someone else v. Nobody", False),
        (None, "Lakeside Toys, Inc. v. Reyes [Order]", True),
        (None, "Reyes v. LAKESIDE TOYS", True),
        (None, "1:25-cv-01248 Lakeside Toys v. Reyes", True),
        (None, "No. 25-3 Lakeside Toys", True),
        (None, "Other Lakeside Toys", False),
        (None, "In re Steel Duties", True),
        (None, "In re Steel Duties, continued", False),
        (None, "In re Steel", False),
        (None, "Harbour Tools v Reyes", True),
        (None, "Harbour Tools v. Reyes et al", False),
        (None, "25-71", False),
        (None, "", False),
    ],
)
def test_a_case_is_a_matters_by_number_or_caption(
    docket: tuple[str, str] | None, title: str, is_ours: bool
) -> None:
    """The court counts with the number; case and stops in a caption do not; a star is any words."""
    assert is_in_matter(docket, title, MATTER) is is_ours


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("Lakeside Toys, Inc., et al. v. Reyes, et al.", "Lakeside Toys, Inc. v. Reyes"),
        ("Lakeside Toys, et al, v. UNITED STATES OF AMERICA", "Lakeside Toys v. United States"),
        ("In re:  Alba ", "In re: Alba"),
        ("Alcott v. Petal", "Alcott v. Petal"),
        (" ,", UNNAMED),
        ("", UNNAMED),
    ],
)
def test_a_case_is_named_as_it_is_cited(caption: str, name: str) -> None:
    """The other parties are left out, and a case without a caption says so."""
    assert case_name(caption) == name
