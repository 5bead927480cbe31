"""Tests of the JSON API, a module per resource."""
