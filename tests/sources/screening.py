"""Screening lists as their publisher writes them, made for tests."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
COLUMNS = (
    "_id",
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
    "ids",
)


def listed(rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] = COLUMNS, end: str = "\n") -> bytes:
    """A file of these rows: the header bare, all values between quotes."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerow(columns)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue().encode()
