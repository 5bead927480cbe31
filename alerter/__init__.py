"""Watches public sources for signs that a supply will be disrupted and tells the right people."""
