"""Stories: keys that two signals share when they tell one story: the canonical URL and the exact title.

Near-duplicates are not found here: these keys are exact, so that a shared one never joins two stories.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from alerter.core.model import digest
from alerter.core.text import normalise, words

FEWEST_TITLE_WORDS = 4
"""Shorter titles ("Market update") are shared by unlike texts and make no key."""

_TRACKING = re.compile(
    r"^(?:utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|ns_\w+|ito|cmp(?:id)?|ref|ref_src|referrer|source"
    r"|src|at_(?:medium|campaign|.*)|smid|ocid|taid|partner|guccounter|guce_\w+|amp|outputtype|feed\w*|rss|share\w*"
    r"|_ga|_gl|spm|xtor|wt\.mc_id|trk\w*|cid|s_cid|sr_share|output)$",
    re.IGNORECASE,
)
_OUTLET = re.compile(r"\s+(?:[-\u2013\u2014|\u00b7\u2022]|::|//)\s+([^-\u2013\u2014|]{2,40})$")
_MOST_OUTLET_WORDS = 4
_LONGEST_TITLE = 1000


def story_keys(title: str, url: str | None) -> tuple[str, ...]:
    """The keys of a signal's story; none where it has neither a usable URL nor a telling title."""
    keys = []
    address = canonical_url(url) if url else None
    if address:
        keys.append(f"url:{digest(address)}")
    headline = title_key(title)
    if headline:
        keys.append(f"title:{digest(headline)}")
    return tuple(keys)


def canonical_url(url: str) -> str | None:
    """The address without scheme, `www.`, fragment, tracking parameters, AMP marks and a final slash.

    None for what is no web address. What else the query holds stays, in order of name.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    for prefix in ("www.", "m.", "mobile.", "amp."):
        if host.startswith(prefix) and host.count(".") >= 2:
            host = host.removeprefix(prefix)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.match(name)]
    query = urlencode(sorted(kept))
    shown_port = f":{port}" if port not in (None, 80, 443) else ""
    return f"{host}{shown_port}{_path(parts.path)}{'?' + query if query else ''}"


def _path(path: str) -> str:
    steps = [step for step in path.split("/") if step]
    if steps and steps[0].lower() == "amp":
        steps = steps[1:]
    if steps and steps[-1].lower() in ("amp", "amp.html", "index.html", "index.htm"):
        steps = steps[:-1]
    joined = "/".join(steps).removesuffix(".amp")
    if joined.endswith(".amp.html"):
        joined = joined.removesuffix(".amp.html") + ".html"
    return f"/{joined}" if joined else ""


def title_key(title: str) -> str | None:
    """The normalised title without an outlet's name at its end; None for fewer than four words."""
    bare = title[:_LONGEST_TITLE].strip()
    found = _OUTLET.search(bare)
    if (
        found
        and len(words(found[1])) <= _MOST_OUTLET_WORDS
        and len(words(bare[: found.start()])) >= FEWEST_TITLE_WORDS
    ):
        bare = bare[: found.start()]
    key = normalise(bare)
    return key if len(key.split()) >= FEWEST_TITLE_WORDS else None
