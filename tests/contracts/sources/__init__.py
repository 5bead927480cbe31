"""One sample a source kind: how its publisher answers, for the contract that all kinds keep."""
