"""Tests of the notifiers against real local servers."""
