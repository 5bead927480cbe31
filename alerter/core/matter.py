"""Matters: disputes that the configuration names once, over all their courts and docket numbers."""

from alerter.core.model import Frozen, Name


class Matter(Frozen):
    """A dispute over all its courts and docket numbers."""

    id: Name
    names: tuple[str, ...] = ()
    """Captions, with `*` for any run of characters."""
    dockets: tuple[tuple[str, str], ...] = ()
    """(court, number) pairs."""
    commodities: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
