"""What the texts of options look like, in words: regular expressions are for programs.

Kinds state the shape of a text as a pattern on its type; whoever breaks it reads these words instead. A test
holds that every pattern in a configuration has them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from alerter.core.model import NAME_PATTERN

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        NAME_PATTERN: "should be a name of letters, digits and _ . : - that begins with a letter or digit",
        r"^([0-9]{2,10}|TOTAL)$": "should be digits alone, two to ten, like 850511, or TOTAL",
        r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$": "should be a month like 2024-01",
        r"^[a-z0-9]+$": "should be a court's id of lower-case letters and digits, like cit or cafc",
        r"^[a-z0-9-]{2,30}$": "should be a court's id of lower-case letters, digits and -, like cit or cafc",
        r"\d": "should be a docket's number, like 25-1812 or 1:25-cv-00066",
        r"^[0-9]{2}(?:-|[AMOamo])[0-9]{1,5}$": (
            "should be a docket's number, like 24-1287, or 25A11 for an application"
        ),
        r"^[A-Z][A-Z0-9_]{1,19}$": "should be a code of capital letters, digits and _, like DE or EU27_2020",
        r"^[A-Za-z0-9_-]{1,40}$": "should be a code of letters, digits, _ and -, like DS-045409",
        r"^[a-z0-9-]+$": (
            "should be a slug of lower-case letters, digits and -, like industry-and-security-bureau"
        ),
        r"^[A-Z][A-Z0-9_]*\*?$": (
            "should be a code of capital letters, digits and _, like SANCTIONS; a final * leaves its end open"
        ),
        r"^(?:0[1-9]|1\d|20)\d{0,2}$": (
            "should be a CAMEO code of two to four digits that begins with 01 to 20, like 163"
        ),
        r"^[^\x00-\x1f;%]+$": "should be a place's name or id, without ; and %, like chokepoint6",
        r"^[a-z][a-z_]{0,40}$": "should be a column of lower-case letters and _, like n_tanker",
        r"^[A-Z]{2}$": "should be two capital letters, like CN",
        r'^[^"\r\n]$': 'should be one character, no " and no end of line',
        r"^#?[\w.-]+$": "should be a channel's id or name, like C0123456789 or #supply",
    }
)


def shape_in_words(pattern: str) -> str | None:
    """What a text of this pattern looks like, as a clause: `should be two capital letters, like CN`."""
    return _WORDS.get(pattern)
