"""Reading against normalisation alone, on one core: what a text costs before any rule sees it."""

from time import perf_counter

from alerter.core.signal import Signal
from alerter.core.text import normalise
from alerter.reading import Lexicon, Reader
from bench.texts import a_news_text

COUNT = 2_000
LONG = 200


def main() -> None:
    """Print the speeds of short and of long texts."""
    reader = Reader(Lexicon.build())
    short = [Signal.model_validate(a_news_text(f"text{n}")) for n in range(COUNT)]
    _report("60", reader, short)
    _report("600", reader, [_joined(short[at : at + 10]) for at in range(0, 10 * LONG, 10)])


def _joined(signals: list[Signal]) -> Signal:
    """One article of the texts of several."""
    return signals[0].model_copy(update={"text": " ".join(signal.text for signal in signals)})


def _report(words: str, reader: Reader, signals: list[Signal]) -> None:
    started = perf_counter()
    for signal in signals:
        normalise(f"{signal.title}\n{signal.text}")
    alone = len(signals) / (perf_counter() - started)
    started = perf_counter()
    for signal in signals:
        reader.read(signal)
    whole = len(signals) / (perf_counter() - started)
    print(f"reading: {whole:,.0f} texts/s of {words} words in full, normalisation alone {alone:,.0f}/s")


if __name__ == "__main__":
    main()
