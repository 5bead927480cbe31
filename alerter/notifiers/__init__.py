"""Notifiers: how people are told. One file per kind, discovered; texts come from templates/."""
