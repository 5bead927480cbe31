"""`python -m bench [NAME …]`: every benchmark, or the ones that are named."""

import asyncio
import sys
from collections.abc import Callable

from bench import copies, corpus, intake, listing, matching, polling, reading, schedule, throughput


def main(names: list[str]) -> None:
    """Run the benchmarks one after the other."""
    known: dict[str, Callable[[], None]] = {
        "copies": copies.main,
        "corpus": corpus.main,
        "intake": lambda: asyncio.run(intake.main()),
        "listing": listing.main,
        "matching": matching.main,
        "polling": polling.main,
        "reading": reading.main,
        "schedule": schedule.main,
        "throughput": lambda: asyncio.run(throughput.main()),
    }
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names or known:
        known[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
