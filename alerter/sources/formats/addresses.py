"""What publishers write where an address or a name is wanted, made into one. Pure; shared by the kinds."""

from urllib.parse import urljoin, urlsplit

from alerter.core.clean import is_web_address, visible
from alerter.core.model import digest

NAME_LENGTH = 460
"""Characters of a name; whoever adds to it stays below what a signal's id may have."""
_LINK_LENGTH = 4_000


def absolute(link: str, base: str) -> str | None:
    """Where a link on a page, or in a document, leads; None for one that leads nowhere on the web."""
    written = visible(link[:_LINK_LENGTH]).strip()
    try:
        url = urljoin(base, written)
    except ValueError:
        return None
    return url if written and is_web_address(url) else None


def anonymous(url: str) -> str:
    """A configured address as it may be shown: without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def bounded(name: str) -> str:
    """The name; of one that is too long the beginning, and a digest of all of it."""
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 17]}#{digest(name)}"
