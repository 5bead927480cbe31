"""Why something was left alone: the same reading and rules as in the service, asked for their reasons."""

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from alerter.assembly import Judging, build_judging
from alerter.config import load
from alerter.core.signal import Signal
from alerter.explain import explain, read_alone
from demo.clockwork import CONFIG

_WORDS: Mapping[str, str] = {
    "no_such_event": "nothing happens in it that the rule watches",
    "commodity_differs": "of another commodity",
    "actor_differs": "by another actor",
    "origin_differs": "from another origin",
    "status_not_watched": "not announced, only spoken of",
    "no_such_claim": "no figure that the rule watches",
    "no_comparable_figure": "no comparable figure",
    "above_threshold": "the figure is above the threshold",
    "not_reported": "the figure is not reported as a fact",
    "not_an_act_of_the_court": "a party asks, the court has not decided",
    "decides_nothing": "the court decides nothing",
    "no_such_matter": "another case",
    "no_phrase": "no phrase of the rule",
    "excluded_phrase": "holds an excluded phrase",
    "insufficient_history": "within the usual, as far as is known",
    "january_and_february_count_together": "January and February count together",
    "between_thresholds": "the change is small",
    "cleared": "the change is small",
}


class Reasons:
    """Asks the rules about one signal at a time, without history."""

    @cached_property
    def _judging(self) -> Judging:
        return build_judging(load(CONFIG, os.environ), {})

    def of(self, stored: Mapping[str, Any]) -> str:
        """Why no rule told of the signal, in words."""
        if stored.get("baseline"):
            return "it was old when the service first looked: the baseline, never told"
        signal = Signal.model_validate({name: stored[name] for name in Signal.model_fields if name in stored})
        read = read_alone(signal, self._judging)
        tried = [one for one in explain(read, self._judging) if one.tried]
        if not tried:
            return self._untried(signal)
        told = [f"{one.rule}: {_WORDS.get(one.reason, one.reason.replace('_', ' '))}" for one in tried]
        return "; ".join(told)

    def _untried(self, signal: Signal) -> str:
        if signal.observation:
            return "no rule watches this series; it is kept for comparison"
        return "nothing that any rule looks for was read in it"
