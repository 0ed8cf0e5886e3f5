"""Finding records by their words: what of a record is read, which forms words are compared in, what a question means.

Pure functions over texts and fields. For finding only: what is shown and what is signed keeps the letters that were
written. Nothing here knows a store.
"""
