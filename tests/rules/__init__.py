"""Tests of the rule kinds and their index."""
