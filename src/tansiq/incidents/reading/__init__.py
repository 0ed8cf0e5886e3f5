"""Reads a report in Arabic, Sorani or English into drafts that an officer confirms.

Rules, word lists and the gazetteer, nothing learned and nothing fetched: every find says the words that it came
from, what they mean, and how sure that is. Bodies are read, persons never. Offsets are code points of the text as it
was given.
"""
