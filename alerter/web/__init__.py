"""The HTTP side: health, metrics, the JSON API, and a page for people. It writes only by intake."""
