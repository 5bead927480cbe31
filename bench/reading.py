"""Reading against normalisation alone, on one core: what a text costs before any rule sees it."""

from time import perf_counter

from alerter.core.signal import Signal
from alerter.core.text import normalise
from alerter.reading import Lexicon, Reader
from bench.texts import a_news_text

COUNT = 2_000


def main() -> None:
    """Print both speeds."""
    reader = Reader(Lexicon.build())
    signals = [Signal.model_validate(a_news_text(f"text{n}")) for n in range(COUNT)]
    started = perf_counter()
    for signal in signals:
        normalise(f"{signal.title}\n{signal.text}")
    alone = COUNT / (perf_counter() - started)
    started = perf_counter()
    for signal in signals:
        reader.read(signal)
    whole = COUNT / (perf_counter() - started)
    print(f"reading: {whole:,.0f} texts/s of 60 words in full, normalisation alone {alone:,.0f}/s")


if __name__ == "__main__":
    main()
