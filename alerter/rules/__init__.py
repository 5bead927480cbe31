"""Rules: one file per kind, a frozen configuration with a pure `evaluate`; `index` finds the few to try."""
