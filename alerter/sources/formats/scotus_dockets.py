"""Dockets of the US Supreme Court read from its JSON: whose case it is, and what happened in it. Pure.

Fields that count: `CaseNumber` (with blanks, or a remark, behind the number), `PetitionerTitle`,
`RespondentTitle` (absent for `In re`), and `ProceedingsandOrder`, a list of `Date` (`Sep 09 2025`), `Text`
(with mark-up) and sometimes `Links` with `DocumentUrl`. Between an answer and the signals of `scotus`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alerter.core.captions import case_name
from alerter.core.clean import cap_bytes, clean_line, clean_text, is_web_address
from alerter.core.dockets import normalise_docket

_RAW_LENGTH = 200_000
_DATES = ("%b %d %Y", "%B %d, %Y", "%b %d, %Y", "%m/%d/%Y")
_ROLE = re.compile(
    r",?\s+(?:petitioner|respondent|applicant|plaintiff|defendant|appellant|appellee|movant)s?\.?$",
    re.IGNORECASE,
)


class UnknownDocket(ValueError):
    """The answer is not the docket asked for; the message completes a sentence about who answered."""


@dataclass(frozen=True, slots=True)
class Proceeding:
    """One line of a docket; texts are clean."""

    on: date
    text: str
    document: str | None
    """Address of the first document linked."""


@dataclass(frozen=True, slots=True)
class DocketSheet:
    """A docket in the Court's own order."""

    case: str
    proceedings: Sequence[Proceeding]
    unreadable: int
    """Lines without a date or a text."""


def read_docket(answer: object, docket: str) -> DocketSheet:
    """The docket of this number. Raises UnknownDocket."""
    if not isinstance(answer, Mapping):
        raise UnknownDocket(f"gives no docket for {docket}")
    lacking = [name for name in ("CaseNumber", "PetitionerTitle") if not isinstance(answer.get(name), str)]
    rows = answer.get("ProceedingsandOrder")
    if not isinstance(rows, list):
        lacking.append("ProceedingsandOrder")
    if lacking or not isinstance(rows, list):
        raise UnknownDocket(f"gives docket {docket} without {', '.join(lacking)}")
    stated = " ".join(answer["CaseNumber"].split()[:1])
    if normalise_docket(stated) != normalise_docket(docket):
        raise UnknownDocket(f"gives docket {stated[:20] or 'without a number'} for {docket}")
    read = [_proceeding(row) for row in rows]
    proceedings = list(dict.fromkeys(one for one in read if one))
    if rows and not proceedings:
        raise UnknownDocket(f"gives docket {docket} with {len(rows)} proceedings that lack Date or Text")
    return DocketSheet(_case(answer), proceedings, read.count(None))


def _case(answer: Mapping[str, object]) -> str:
    sides = [_party(answer.get(name)) for name in ("PetitionerTitle", "RespondentTitle")]
    return case_name(" v. ".join(filter(None, sides)))


def _party(title: object) -> str:
    return _ROLE.sub("", clean_line(title[:2000])) if isinstance(title, str) else ""


def _proceeding(row: object) -> Proceeding | None:
    """The line, or None where it lacks a date or a text."""
    if not isinstance(row, Mapping):
        return None
    on, text = _day(row.get("Date")), row.get("Text")
    clean = cap_bytes(clean_text(text[:_RAW_LENGTH])) if isinstance(text, str) else ""
    return Proceeding(on, clean, _document(row.get("Links"))) if on and clean else None


def _day(stated: object) -> date | None:
    if not isinstance(stated, str):
        return None
    for form in _DATES:
        try:
            return datetime.strptime(stated.strip(), form).date()  # noqa: DTZ007  a day, in no zone
        except ValueError:
            continue
    return None


def _document(links: object) -> str | None:
    urls = (
        [link.get("DocumentUrl") for link in links if isinstance(link, Mapping)]
        if isinstance(links, list)
        else []
    )
    return next(
        (url for url in urls if isinstance(url, str) and len(url) <= 2000 and is_web_address(url)), None
    )
