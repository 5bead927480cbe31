"""Claims: stated quantities, of what, from where to where, when, against what and how surely."""
