"""Entries: commodities, companies and countries as the vocabulary and the configuration name them.

`alerter.reading.lexicon` makes one automaton of them. In all three a final `*` leaves a name's last word
open. A name that is ambiguous counts only where its text says so, and one written with capitals (`DAP`,
`Vale`, `Turkey`) only where the text writes it so too.
"""

from collections.abc import Sequence

from alerter.core.model import Frozen, Name


class Commodity(Frozen):
    """A commodity as people name it.

    An entry whose id the shipped vocabulary knows adds its names and headings to it, and overrides its parent
    where it states one.
    """

    id: Name
    names: tuple[str, ...] = ()
    """Words and phrases; a final `*` leaves the last word open."""
    ambiguous: tuple[str, ...] = ()
    """Names that count only in a text that speaks of trade or industry, and in capitals where written so."""
    wares: tuple[str, ...] = ()
    """Goods that count as ambiguous names do, but not as the kind of a firm: `furniture shops`."""
    parent: str | None = None
    hs: tuple[str, ...] = ()
    """Headings of the Harmonized System, digits only: a text that names one means the commodity."""
    context: tuple[str, ...] = ()
    """Words that, beside those of trade, let ambiguous names count."""
    unless: tuple[str, ...] = ()
    """Words whose presence means that something else is meant by any of the names."""
    beside: tuple[str, ...] = ()
    """Ambiguous names mean something else in a text that names one of these (`the gas` beside helium)."""


class Company(Frozen):
    """A company of a watchlist."""

    id: Name
    names: tuple[str, ...] = ()
    """As texts name it; a final `*` leaves the last word open."""
    ambiguous: tuple[str, ...] = ()
    """Names that count only in a text about trade or industry, and in capitals where written so (`Vale`)."""
    parents: tuple[str, ...] = ()
    """Companies of the list that own it: what is asked of an owner is asked of it too."""


class Country(Frozen):
    """A country by its ISO 3166 alpha-2 code (or EU). A code that ships gets the names added."""

    id: Name
    names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    """Capitals that stand for the government wherever they occur."""
    venues: tuple[str, ...] = ()
    """Capitals that are as often mere places: they count only as an acting subject."""
    offices: tuple[str, ...] = ()
    """Offices that name it where they are called by a word that others share: `the Commission`."""
    stands_for: tuple[str, ...] = ()
    """Leaders, ministers and offices that act for it, though naming them does not name the country."""
    unless: tuple[str, ...] = ()
    """Words whose presence means that something else is meant."""
    shown: str | None = None
    """How a sentence names the country, where that is not its first name with capitals."""


def merged(shipped: Sequence[Commodity], added: Sequence[Commodity]) -> dict[str, Commodity]:
    """Commodity by id: those that ship with the configuration's added to them."""
    known: dict[str, Commodity] = {}
    for entry in (*shipped, *added):
        old = known.get(entry.id)
        known[entry.id] = entry if old is None else _joined(old, entry)
    return known


def _joined(old: Commodity, new: Commodity) -> Commodity:
    """Names that the newer entry takes for sure are ambiguous no more."""
    doubtful = [*old.ambiguous, *new.ambiguous]
    return Commodity(
        id=old.id,
        names=_both(old.names, new.names),
        ambiguous=_both([name for name in doubtful if name not in new.names], ()),
        wares=_both([name for name in old.wares if name not in new.names], new.wares),
        parent=new.parent if "parent" in new.model_fields_set else old.parent,
        hs=_both(old.hs, new.hs),
        context=_both(old.context, new.context),
        unless=_both(old.unless, new.unless),
        beside=_both(old.beside, new.beside),
    )


def _both(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))
