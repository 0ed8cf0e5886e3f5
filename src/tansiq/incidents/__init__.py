"""Incidents: files of them read and written, with no store, no HTTP and no clock."""
