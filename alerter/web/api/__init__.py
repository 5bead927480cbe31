"""The JSON API: one module per resource, each with its shapes, its handlers and its list of operations."""
