"""Configuration: a folder of YAML becomes one frozen `Configuration`, or all its problems by `file:line:col`.

Its place in the flow: the command line and the service load it; the stages are built from what it holds.
"""

from alerter.config.crosscheck import environment_warnings, unknown_names
from alerter.config.entries import EntryInvalid, Fault
from alerter.config.errors import ConfigErrors, Place, Problem
from alerter.config.load import load, notifier_kinds, parse_rule, rule_kinds, source_kinds
from alerter.config.models import Configuration, Expectation, Receiver, RuleTest

__all__ = [
    "ConfigErrors",
    "Configuration",
    "EntryInvalid",
    "Expectation",
    "Fault",
    "Place",
    "Problem",
    "Receiver",
    "RuleTest",
    "environment_warnings",
    "load",
    "notifier_kinds",
    "parse_rule",
    "rule_kinds",
    "source_kinds",
    "unknown_names",
]
