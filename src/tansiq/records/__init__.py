"""What can be said: typed structs, no input or output.

`entry` is the envelope that stands in a ledger; `values` are the words that bodies share; each module in `kinds`
holds one kind of record. A new kind is one module there, one in `tansiq.picture.kinds` and one form in the web app.
"""
