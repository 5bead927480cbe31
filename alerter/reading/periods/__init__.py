"""Periods: the times that a text names, by the day it was published."""
