"""How it is kept: hashes, notes, keys, checkpoints, cosignatures, tiles, proofs and disclosures.

A pure core. Nothing here knows a network, a database, a file or a clock; every function follows from its
arguments. The formats are those of C2SP (commit 5ba5ee8), RFC 6962, RFC 9162 and RFC 9901.
"""
