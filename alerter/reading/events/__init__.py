"""Events: typed happenings, with who acts, on whom, on what, when and how surely."""
