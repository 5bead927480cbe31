"""Numbers: what a text counts, in digits and words, with units, bounds and scales."""
