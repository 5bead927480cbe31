"""Reading: what a signal's text states. Pure; stands between the stream of signals and the rules."""

from alerter.reading.annotation import annotate, signal_from_annotate_input
from alerter.reading.entries import Commodity
from alerter.reading.lexicon import Lexicon
from alerter.reading.reader import Reader

__all__ = ["Commodity", "Lexicon", "Reader", "annotate", "signal_from_annotate_input"]
