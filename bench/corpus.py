"""The reader against the labelled texts of tests/corpus: F1 by topic and level, alarms, docket entries."""

from alerter.reading import Lexicon, Reader
from tests.support.corpus import FOLDER, Score, alarms, entries, scores
from tests.support.docket_corpus import accuracies, docket_entries

SHORT = ("claim.figure", "claim.core", "claim.full", "event.type", "event.full", "commodities", "countries")


def main() -> None:
    """Print a row for each topic, and one for all of them."""
    reader = Reader(Lexicon.build())
    topics = sorted({path.stem.rpartition("_")[0] or path.stem for path in FOLDER.glob("*.yaml")})
    print(f"corpus: {'':12} texts " + " ".join(f"{level:>12}" for level in SHORT))
    for topic in [topic for topic in topics if topic not in ("dockets", "negatives")]:
        corpus = entries(f"{topic}*")
        print(f"corpus: {topic:12} {len(corpus):5} " + _row(scores(reader, corpus)))
    quiet = entries("negatives_*")
    print(f"corpus: {len(alarms(reader, quiet))} of {len(quiet)} hard negatives raise an event")
    dockets = list(docket_entries())
    right = "  ".join(f"{field} {share:.3f}" for field, share in accuracies(dockets).items())
    print(f"corpus: {len(dockets)} docket entries: {right}")


def _row(scored: dict[str, Score]) -> str:
    return " ".join(
        f"{scored[level].f1:>12.3f}" if scored[level].hits + scored[level].missed else f"{'-':>12}"
        for level in SHORT
    )


if __name__ == "__main__":
    main()
