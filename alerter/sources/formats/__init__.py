"""What publishers write, read into plain values: one module a format. Nothing here fetches or waits."""
