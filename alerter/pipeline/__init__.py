"""The stages between a source and a destination: intake, read, evaluate, deliver; each with one commit."""
