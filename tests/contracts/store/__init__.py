"""The store's contract, run over the store in memory, on a real Redis, and on the embedded server."""
