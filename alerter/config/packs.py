"""Packs: sources, matters, rules, words and tests that ship inside the package, switched on by name.

They are files like the operator's own and are merged before anything is read, so that they obey the same
checks. What the operator's own files name goes before a pack's entry of the same id; `without` leaves entries
out. Two packs may hold the same entry: it counts once.
"""

from collections.abc import Sequence
from pathlib import Path

import alerter
from alerter.config.entries import EntryInvalid, report_faults, validate
from alerter.config.errors import Report
from alerter.config.gather import PACKED, Gathered, gather
from alerter.config.yaml_nodes import Node
from alerter.core.model import Frozen, Name
from alerter.wording import nearest, unknown

FOLDER = Path(alerter.__file__).parent / "packs"


class PackFields(Frozen):
    """A pack as it is switched on: its id alone, or with the ids of entries to leave out."""

    id: Name
    without: tuple[Name, ...] = ()


def pack_ids() -> list[str]:
    """The packs there are."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_"))


def read_pack(document: object) -> PackFields:
    """A pack from a configuration. Raises EntryInvalid."""
    return validate(PackFields, {"id": document} if isinstance(document, str) else document)


def add_packs(gathered: Gathered, report: Report) -> None:
    """Merge the packs that the configuration switches on into it; what is wrong is reported."""
    own = {name: {_id_of(node) for node in nodes} for name, nodes in gathered.lists.items()}
    for node in gathered.lists["packs"]:
        try:
            pack = read_pack(node.plain())
        except EntryInvalid as invalid:
            report_faults(invalid.faults, node, report)
            continue
        place = node.fields.get("id", node).place
        if pack.id in pack_ids():
            _add(pack, node, own, gathered, report)
        elif place not in report.told:  # a name that could not be made out
            report.error(place, unknown("pack", pack.id, pack_ids()))


def _add(pack: PackFields, node: Node, own: dict[str, set[str]], gathered: Gathered, report: Report) -> None:
    brought = gather(FOLDER / pack.id, {}, report, shown=Path("packs", pack.id))
    named = {_id_of(one) for name in PACKED for one in brought.lists[name]}
    for index, name in enumerate(pack.without):
        if name not in named:
            place = node.fields["without"].entries[index].place
            guess = nearest(name, named)
            more = f'; did you mean "{guess}"?' if guess else ""
            report.error(place, f'the pack {pack.id} has nothing called "{name}"{more}')
    gathered.complete = gathered.complete and brought.complete
    left_out = {*pack.without}
    rules = [
        one
        for one in brought.lists["rules"]
        if _id_of(one) not in left_out | own["rules"] and own["matters"].isdisjoint(_matters_of(one))
    ]
    for name in PACKED:
        taken = {_id_of(one) for one in gathered.lists[name]}
        added = [one for one in brought.lists[name] if _id_of(one) not in left_out | taken]
        gathered.lists[name] += _scoped(added, rules) if name == "tests" else added


def _scoped(tests: Sequence[Node], rules: Sequence[Node]) -> list[Node]:
    """The pack's tests over the rules that are in force as the pack has them; other tests are left."""
    scope = tuple(rule.fields["id"] for rule in rules if "id" in rule.fields)
    known = {node.text for node in scope}
    return [
        Node(test.place, {**test.fields, "rules": Node(test.place, scope)}, test.keys, size=test.size)
        for test in tests
        if all(rule in known for rule in _expected(test))
    ]


def _expected(test: Node) -> list[str | None]:
    expect = test.fields.get("expect")
    return [one.fields["rule"].text for one in (expect.entries if expect else ()) if "rule" in one.fields]


def _matters_of(rule: Node) -> list[str]:
    named = rule.fields.get("matters")
    return [one.text or "" for one in named.entries] if named else []


def _id_of(node: Node) -> str:
    """What an entry is known by: its id, or a test's name."""
    named = node.fields.get("id") or node.fields.get("name")
    return (named.text or "") if named else ""
