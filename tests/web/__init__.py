"""Tests of the HTTP side, over the store in memory."""
