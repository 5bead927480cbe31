"""The screening list: 26,000 rows compared with the snapshot of an hour ago, in a process of its own."""

import asyncio
import csv
import io
import sys
from collections.abc import Awaitable
from pathlib import Path
from time import perf_counter

import uvloop
from aiohttp import web

from alerter.clock import SystemClock
from alerter.sources.base import Poll, SourceContext
from alerter.sources.http import HttpClient
from alerter.sources.screening_list import ScreeningListConfig

ROWS, CHANGED = 26_000, 300
LISTS = (
    "Entity List (EL) - Bureau of Industry and Security",
    "Specially Designated Nationals (SDN) - Treasury",
)
COLUMNS = (
    *("_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "start_date"),
    *("end_date", "federal_register_notice", "license_requirement", "license_policy", "remarks", "alt_names"),
    *("citizenships", "dates_of_birth", "nationalities", "source_list_url", "source_information_url", "ids"),
)


def main() -> None:
    """Print time and memory of the process that polls."""
    uvloop.run(_main())


async def _main() -> None:
    """Serve the two editions; a process of its own polls them."""
    bodies = [_body(edition) for edition in (1, 2)]
    editions = iter(bodies)

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=next(editions), content_type="text/csv")

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(f"list: {ROWS:,} rows in {len(bodies[0]) / 1e6:.0f} MB; ", end="", flush=True)
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.listing", base)
    await child.wait()
    await runner.cleanup()


async def _poll(base: str) -> None:
    async with HttpClient(user_agent="bench", allow_private_networks=True) as client:
        context = SourceContext(http=client, now=SystemClock().now, keys={})
        source = ScreeningListConfig(id="bench", type="screening_list", base_url=base).build(context)
        before = _peak_mib()
        first, first_took = await _timed(source.poll(None))
        second, second_took = await _timed(source.poll(first.cursor))
    print(
        f"read in {first_took:.1f} s, compared in {second_took:.1f} s ({len(second.signals)} changes), "
        f"{_peak_mib() - before:.0f} MiB more at the peak ({_peak_mib():.0f} in all), "
        f"cursor {len(first.cursor) / 1e6:.1f} MB"
    )


async def _timed(polling: Awaitable[Poll]) -> tuple[Poll, float]:
    started = perf_counter()
    return await polling, perf_counter() - started


def _body(edition: int) -> bytes:
    out = io.StringIO()
    write = csv.DictWriter(out, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
    write.writeheader()
    for number in range(ROWS):
        write.writerow(_row(number, edition))
    return out.getvalue().encode()


def _row(number: int, edition: int) -> dict[str, str]:
    changed = edition == 2 and number < CHANGED
    words = " ".join(f"Works No. {number * 7 + n} at Harbour Street {n}, Port City, CN;" for n in range(14))
    return {
        "_id": f"{number:056x}",
        "source": LISTS[number % 2],
        "entity_number": str(10_000 + number),
        "type": "Entity",
        "programs": "NS2" if changed else "EAR99",
        "name": f"Trading Company Number {number}",
        "addresses": words,
        "start_date": "2021-05-04",
        "alt_names": f"TC {number}; Trade Co {number}",
        "source_list_url": "https://lists.example/entities",
        "source_information_url": "https://lists.example/entities",
    }


def _peak_mib() -> float:
    """Most memory of this process so far; `getrusage` would count that of the one which started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    uvloop.run(_poll(sys.argv[1])) if sys.argv[1:] else main()
