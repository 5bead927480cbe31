"""Docket numbers as courts write them, brought to one form: one case has a number per court and per system.

Forms: `1:25-cv-00066-ABC` (CM/ECF district: office:year-type-number-judge), `25-00066` (Court of
International Trade), `2025-1812` = `25-1812` (Federal Circuit), `25-250` and `25A12` (Supreme Court).
"""

import re
from dataclasses import dataclass

_CASE = re.compile(
    r"(?:(?P<office>[0-9]+):)?(?P<year>(?:19|20)?[0-9]{2})-(?:(?P<type>[a-z]{1,5})-)?(?P<number>[0-9]+)(?:-[a-z0-9-]+)?"
)
_APPLICATION = re.compile(r"(?P<year>[0-9]{2})(?P<type>[amo])(?P<number>[0-9]+)")
_LEAD_IN = re.compile(r"^(?:(?:case|court|docket|nos?\.?) )*")


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A docket number in parts. `key` is what all ways to write it share."""

    key: str
    office: str = ""
    type: str = ""


def parse_docket(number: str) -> CaseNumber:
    """The number in parts; one in an unknown form stands for itself, in lower case."""
    plain = " ".join(number.casefold().replace("–", "-").replace("‑", "-").split())
    plain = _LEAD_IN.sub("", plain)
    if found := _CASE.fullmatch(plain):
        key = f"{found['year'][-2:]}-{_trimmed(found['number'])}"
        return CaseNumber(key, _trimmed(found["office"] or ""), found["type"] or "")
    if found := _APPLICATION.fullmatch(plain):
        return CaseNumber(f"{found['year']}{found['type']}{_trimmed(found['number'])}")
    return CaseNumber(plain)


def normalise_docket(number: str) -> str:
    """What all ways to write a number share: year and serial number.

    >>> normalise_docket("1:25-cv-00066"), normalise_docket("2025-1812"), normalise_docket("25a00012")
    ('25-66', '25-1812', '25a12')
    """
    return parse_docket(number).key


def is_same_docket(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Do two (court, number) pairs name one docket?

    Office and type (`cv`, `cr`) tell cases of one court apart, where both numbers state them.
    """
    if one[0].strip().casefold() != other[0].strip().casefold():
        return False
    left, right = parse_docket(one[1]), parse_docket(other[1])
    return (
        left.key == right.key
        and _agree(left.office, right.office)
        and _agree(left.type, right.type)
        and bool(left.key)
    )


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _trimmed(digits: str) -> str:
    return digits.lstrip("0") or digits[:1]
