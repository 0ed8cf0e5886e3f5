"""Incidents: reports read out of texts and files, which are of one event, what sides state, how far it was verified.

Pure functions over what was told and over bytes, with no store, no HTTP and no clock. See docs/incidents-files.md.
"""
