"""Dockets of the Supreme Court in its JSON, made for tests."""

from typing import Any

Row = dict[str, Any]


def row(text: str, on: str = "Sep 09 2025", *documents: str) -> Row:
    """One proceeding as the Court writes it."""
    links = [{"Description": "Main Document", "File": "a.pdf", "DocumentUrl": url} for url in documents]
    return {"Date": on, "Text": text} | ({"Links": links} if links else {})


def sheet(*rows: Row, docket: str = "25-250", **fields: Any) -> dict[str, Any]:
    """A docket of these proceedings."""
    defaults = {
        "CaseNumber": f"{docket} ",
        "bCapitalCase": False,
        "sJsonCreationDate": "09/10/2025",
        "PetitionerTitle": "Lakeside Toys, Inc., et al., Petitioners",
        "RespondentTitle": "A. Reyes, President of the United States, et al.",
        "DocketedDate": "September 3, 2025",
        "LowerCourt": "United States Court of Appeals for the Federal Circuit",
        "LowerCourtCaseNumbers": "(2025-1812, 2025-1813)",
        "ProceedingsandOrder": list(rows),
    }
    return defaults | fields
