"""What follows from reports of incidents: which are of one event, what both sides state, how far it was verified.

Pure functions over what was told. See docs/incidents-files.md.
"""
