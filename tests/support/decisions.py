"""What a docket rule makes of signals: the whole evaluation, at the signals' own times."""

from collections.abc import Sequence
from pathlib import Path

from alerter.assembly import build_judging
from alerter.config import load
from alerter.core.signal import Signal
from alerter.replay import replay

CONFIGURATION = """
matters:
  - {id: duties, names: ["Lakeside Toys*"], dockets: [[cafc, 2025-1812], [scotus, 25-250]]}
rules:
  - {id: ruling, type: docket, matters: [duties], documents: [order, opinion, judgment]}
receivers:
  - {id: desk, webhook: {url: "http://127.0.0.1:9/"}}
routes:
  - {receiver: desk}
"""


async def alerted(folder: Path, signals: Sequence[Signal]) -> list[tuple[str, str]]:
    """Each change that people are told of, with the summary of its alert."""
    (folder / "all.yaml").write_text(CONFIGURATION, encoding="utf-8")
    judging = build_judging(load(folder, {}), {})
    return [(one.change.value, one.alert.summary) async for one in replay(judging, signals)]
