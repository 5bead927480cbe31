"""Courts: what a docket entry means, on two axes: what document it is, and what it disposes of."""
