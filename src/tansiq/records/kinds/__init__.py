"""One module for each kind of record: what can be said in it, field by field.

Every field may be missing, because every field may be withheld. A module here exports `KIND`.
"""
