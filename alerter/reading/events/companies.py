"""Companies in events: which firm halts its works, declares force majeure, or is struck.

A company is one that the vocabulary knows, or a name written as one (`Amman Mineral`, `Alphamin Resources`)
that stands where firms stand: as the subject of a verb, as the owner of a mine, after `by`. Names after
`in` or `near` are places.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from alerter.reading.events.clauses import HARD, Place
from alerter.reading.marks import Marked

_LONGEST = 5
_PLACES = frozenset(
    {
        "in",
        "near",
        "around",
        "of",
        "off",
        "outside",
        "from",
        "to",
        "on",
        "through",
        "across",
        "between",
        "north",
    }
    | {"south", "east", "west", "into", "via", "along", "over", "towards", "toward", "inside", "round"}
)
_PLURAL_VERBS = frozenset({"have", "are", "were"})
_VERBS_WORDS = (
    "had has will would may might could can is was said says intends plans plan expects told invoked "
    "declared declares invokes suspended suspends halted halts stopped stops ceased ceases idled "
    "idles shut shuts closed closes cut cuts paused pauses resumed resumes restarted restarts "
    "proclaimed called calls pulled confirmed denied denies rejected rejects to must mothballs "
    "mothballed switched evacuated lost began starts started announced reopened reopens brings "
    "brought curtailed blamed warned warns yields also now halves invoking served reported shutters "
    "shuttered keeps faces faced still lacks"
)
_VERBS = frozenset(_VERBS_WORDS.split())
_UNITS = frozenset({"unit", "arm", "subsidiary", "affiliate", "venture", "trader"})
_SAYS = frozenset({"said", "says", "confirmed", "reported", "wrote", "told", "reckons", "estimates"})
_MADE_TO = frozenset(
    {"led", "made", "forced", "left", "prompted", "caused", "leaves", "forces", "leaving", "makes"}
)
_STAFF_OF = frozenset({"workers", "staff", "employees", "crews", "members", "miners", "union", "operators"})
_NO_NAMES_WORDS = (
    "the a an in on at by for as after some several two three four five six both most all no its "
    "their it he she they this that these those when while if once with from since under prime "
    "president minister trump putin biden xi union unions ministry government commission section "
    "house senate congress court new north south east west central northern southern eastern western "
    "gulf coast lake river cape port mount san santa mr mrs dr and or but about another many more "
    "last next early late half production output exports imports shipments strike fire force majeure "
    "day year group mine smelter plant workers miners what how why who where will should could would "
    "is are has have only every each not there here now still over up down out off one we our you "
    "your i his her than then though although because according meanwhile europe european asia asian "
    "africa african americas middle saturday sunday monday tuesday wednesday thursday friday "
    "parliament state states chancellor king queen general labour labor"
)
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Company:
    """A firm named by the tokens first to last (half-open)."""

    name: str
    first: int
    last: int


def acting_company(
    marked: Marked, companies: Sequence[Company], place: Place, *, reach: Literal["clause", "text"] = "text"
) -> str | None:
    """The firm that acts, or is struck, in an event; None where none is named within reach."""
    if not companies:
        return None
    own = _first(c for c in companies if place.has_own(c.first) and c.first < place.first)
    own = own or _first(c for c in companies if place.has_own(c.first))
    if own is None and reach == "clause":
        return None
    chosen = (
        own
        or _first(c for c in reversed(companies) if place.sentence[0] <= c.first < place.first)
        or _first(c for c in companies if place.sentence[0] <= c.first < place.sentence[1])
        or companies[0]
    )
    return _fullest(_acting_unit(marked, chosen, companies), companies)


def _acting_unit(marked: Marked, chosen: Company, companies: Sequence[Company]) -> Company:
    """For `CMOC's trading unit` the unit, where the text names it."""
    is_parent = any(word in _UNITS for word in marked.words[chosen.last : chosen.last + 4])
    is_parent = is_parent and marked.words[chosen.last : chosen.last + 1] == ["'s"]
    other = _first(c for c in companies if _plain(c.name) != _plain(chosen.name))
    return other if is_parent and other else chosen


def _first(companies: Iterable[Company]) -> Company | None:
    return next(iter(companies), None)


def _fullest(chosen: Company, companies: Sequence[Company]) -> str:
    """`Mercedes-Benz` for `Mercedes`, where the text says both."""
    part = f" {_plain(chosen.name)} "
    longer = [c.name for c in companies if part in f" {_plain(c.name)} "]
    return max(longer, key=len, default=chosen.name)


def _plain(name: str) -> str:
    return name.replace("-", " ").casefold()


def companies_of(marked: Marked) -> list[Company]:
    """The firms of a text, in order."""
    covered = {at for m in marked.mentions for at in range(m.first, m.last)}
    found: list[Company] = []
    for sentence in marked.tokens.sentences:
        end = sentence[0]
        for at in range(*sentence):
            if at < end or not marked.tokens.is_capital(at):
                continue
            end = _name_end(marked, at, sentence[1], covered)
            if end == at:
                continue
            known = _known(marked, at, end)
            if known:
                found.append(known)
            elif _stands_as_firm(marked, at, end, sentence) and not _is_headline(marked, sentence):
                found.append(_company(marked, at, end))
    return found


def _company(marked: Marked, first: int, last: int) -> Company:
    if last - first > 1 and marked.words[last - 1] in _FORMS and marked.words[first] not in _BARE:
        last -= 1
    start, end = marked.tokens.span(first, last)
    return Company(marked.tokens.original[start:end], first, last)


def _known(marked: Marked, first: int, last: int) -> Company | None:
    for at in range(first, last):
        end = marked.tags[at].get("company_name") if marked.tags[at] else None
        if end is None:
            continue
        if at == first and end < last and _ends_as_firm(marked, last):
            return _company(marked, first, last)
        return _company(marked, at, end)
    return None


def _ends_as_firm(marked: Marked, last: int) -> bool:
    return marked.has(last - 1, "firm_suffix")


_FORMS = frozenset({"motor", "motors", "corp", "corporation", "inc", "ltd", "group", "plc", "ag", "co"})
"""What a firm's everyday name leaves out: `Suzuki Motor`."""
_BARE = frozenset({"general", "tata", "tvs"})


def _name_end(marked: Marked, at: int, last: int, covered: set[int]) -> int:
    """Where the capitalised name that begins at a token ends; the token itself where none begins."""
    end = at
    while end < min(last, at + _LONGEST) and _may_be_name(marked, end, covered):
        if end > at and not _is_adjacent(marked, end):
            break
        end += 1
    return end


def _may_be_name(marked: Marked, at: int, covered: set[int]) -> bool:
    word = marked.words[at]
    if not word[0].isalpha() or not marked.tokens.is_capital(at):
        return False
    if marked.has(at, "company_name"):
        return True
    if at in covered and not (at and marked.tokens.is_capital(at - 1) and _is_adjacent(marked, at)):
        return False
    return word not in _NO_NAMES and not any(name.startswith("month_") for name in marked.tags[at])


def _is_adjacent(marked: Marked, at: int) -> bool:
    between = marked.tokens.original[marked.tokens.ends[at - 1] : marked.tokens.starts[at]]
    return between in (" ", "-", " & ", "\u2011")


def _is_headline(marked: Marked, sentence: tuple[int, int]) -> bool:
    """Is every long word capitalised, as in many headlines?"""
    long = [at for at in range(*sentence) if len(marked.words[at]) > 3 and marked.words[at].isalpha()]
    return len(long) > 2 and sum(marked.tokens.is_capital(at) for at in long) > 0.75 * len(long)


def _stands_as_firm(marked: Marked, first: int, last: int, sentence: tuple[int, int]) -> bool:
    """Does an unknown name stand where firms stand?"""
    words = marked.words
    if len(words[first]) < 2:
        return False
    before = words[first - 1] if first > sentence[0] else ""
    after = words[last] if last < len(words) else ""
    if marked.has(first - 1, "person_title") or any(
        marked.has(at, "association") for at in range(first, last)
    ):
        return False
    if after in _SAYS and before in (",", "the"):
        return False  # `mines are idle, Acme said`: who tells
    if _ends_as_firm(marked, last) and last - first > 1:
        return True
    if before in _PLACES:
        return after == "'s" and before in ("from", "on", "of", "to", "at")
    if after == "'s" or before == "by" or before in _MADE_TO:
        return True
    if before == "at":
        return first - 2 >= sentence[0] and words[first - 2] in _STAFF_OF
    opens = first == sentence[0] or before in HARD
    if opens and last - first == 1 and (words[first].endswith("s") or marked.tags[first]):
        return False
    if after == "," or marked.has(last, "company"):
        return opens and not _is_place_list(marked, last)
    return after in _VERBS and after not in _PLURAL_VERBS


def _is_place_list(marked: Marked, at: int) -> bool:
    """`Kambalda, Kwinana and Leinster`: names one after the other are sites."""
    following = at + 1
    return following < len(marked.words) and marked.tokens.is_capital(following)
