"""The tables. Migrations in `store/migrations` bring an older store to exactly this.

Entries, disclosures and tree nodes are ordinary rowid tables whose key packs ledger and index into one integer:
in SQLite that is the fastest append there is, and a range of a ledger is a range of the key.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata: Final = MetaData()

INDEX_BITS: Final = 40
LEVEL_BITS: Final = 4
KEY = BigInteger().with_variant(Integer, "sqlite")


def entry_key(ledger: int, index: int) -> int:
    """The key of entry `index` of ledger number `ledger`."""
    return ledger << INDEX_BITS | index


def node_key(ledger: int, level: int, index: int) -> int:
    """The key of the hash of the `index`-th complete subtree of 256**level leaves (level 1 and up).

    At level 0 the row holds the 256 leaf hashes of the `index`-th full tile, one after the other.
    """
    return (ledger << LEVEL_BITS | level) << INDEX_BITS | index


INDEX_MASK: Final = (1 << INDEX_BITS) - 1

setting = Table("setting", metadata, Column("name", String, primary_key=True), Column("value", String))

party = Table(
    "party",
    metadata,
    Column("id", String, primary_key=True),
    Column("card", LargeBinary, nullable=False),
    Column("added", KEY, nullable=False),
    Column("heard", KEY),
)

circle = Table(
    "circle",
    metadata,
    Column("num", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("descriptor", LargeBinary, nullable=False),
    UniqueConstraint("id", "epoch"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("num", Integer, primary_key=True),
    Column("origin", String, nullable=False, unique=True),
    Column("hash", String, nullable=False, unique=True),
    Column("party", String, nullable=False),
    Column("circle", Integer, nullable=False),
    Column("own", Integer, nullable=False),
    Column("size", KEY, nullable=False),
    Column("head_size", KEY, nullable=False),
    Column("head_root", LargeBinary, nullable=False),
    Column("head_note", LargeBinary),
    Column("head_at", KEY),
    Column("shown_size", KEY, nullable=False, server_default="0"),
    Column("shown_note", LargeBinary),
    Column("urgent", Integer, nullable=False, server_default="0"),
    Column("frozen", Integer, nullable=False, server_default="0"),
    Column("sealed", KEY),
    Column("bound", KEY),
)
"""`size` entries are held; the newest verified checkpoint says `head_size`, which is smaller only in mid-pull.

Of an own ledger others see no more than `shown_size`, whose high-water mark was durable before it was shown.
`frozen`: two histories of it are proven. `sealed`: the index of its last entry. `bound`: after a key was lost, only
so many entries count.
"""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("ledger", Integer, nullable=False),
    Column("size", KEY, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("received", KEY, nullable=False),
    UniqueConstraint("ledger", "size", "note"),
)
"""Every signed checkpoint as it came, conflicting ones too: they are what a fork is proven with."""

entry = Table(
    "entry",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("ledger", Integer, nullable=False),
    Column("rid", LargeBinary, nullable=False),
    Column("received", KEY, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("entry_rid", entry.c.ledger, entry.c.rid, unique=True)

node = Table(
    "node",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
)

told = Table(
    "told",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("subject", KEY, nullable=False),
    Column("text", LargeBinary, nullable=False),
)
"""Disclosures by the entry that they went out with; `subject` is the index of the entry whose fields they are."""

kept = Table(
    "kept",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("text", LargeBinary, nullable=False),
)
"""Disclosures of own entries that have not been told. Nothing that serves peers reads this table."""

receipt = Table(
    "receipt",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("ledger", Integer, nullable=False),
    Column("party", String, nullable=False),
    Column("size", KEY, nullable=False),
    Column("at", KEY, nullable=False),
    Column("line", String, nullable=False),
    UniqueConstraint("ledger", "party", "size"),
)

picture = Table(
    "picture",
    metadata,
    Column("seq", KEY, primary_key=True),
    Column("entry", KEY, nullable=False),
    Column("circle", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", KEY, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
Index("picture_entry", picture.c.entry, unique=True)
Index("picture_at", picture.c.circle, picture.c.at)
"""One row a thing, by its first entry. `seq` rises with every change: a reader resumes at the last that it saw."""

refusal = Table(
    "refusal",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("at", KEY, nullable=False),
    Column("peer", String, nullable=False),
    Column("origin", String),
    Column("code", String, nullable=False),
    Column("params", String, nullable=False),
)

notice = Table(
    "notice",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("circle", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("at", KEY, nullable=False),
    Column("peer", String, nullable=False),
)
"""Files that prove themselves and travel beside the ledgers: fork proofs, epochs, compromised keys."""

witnessed = Table(
    "witnessed",
    metadata,
    Column("origin", String, primary_key=True),
    Column("size", KEY, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("at", KEY, nullable=False),
)
"""The largest consistent head that this node witnessed, of ledgers that it need not hold."""

cosigned = Table(
    "cosigned",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("ledger", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("size", KEY, nullable=False),
    Column("at", KEY, nullable=False),
    Column("line", String, nullable=False),
    UniqueConstraint("ledger", "name", "size"),
)
"""Cosignatures by witnesses: who saw which head, without holding what is under it."""

erasure = Table(
    "erasure",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("ledger", Integer, nullable=False),
    Column("rid", LargeBinary, nullable=False),
    Column("entry", KEY, nullable=False),
    Column("at", KEY, nullable=False),
    Column("answered", Integer, nullable=False),
    UniqueConstraint("ledger", "rid"),
)
"""Which records were erased, by which entry of their ledger. Their values are no longer here."""

blob = Table(
    "blob",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("ledger", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("entry", KEY, nullable=False),
    Column("size", KEY, nullable=False),
    Column("received", KEY, nullable=False),
    Column("state", Integer, nullable=False),
    Column("source", String),
    Column("alone", Integer, nullable=False),
    UniqueConstraint("ledger", "digest"),
)
Index("blob_state", blob.c.state)
Index("blob_entry", blob.c.ledger, blob.c.entry)
"""What the entries of a ledger name as attached, held or not. By ledger: a digest in one opens nothing of another.

`entry` is the index of the first entry that names it. While it is on its way `source` is who gave all that is here of
it, none where there were several; `alone`: one peer must give the whole of it, since what several gave was wrong.
"""

blob_part = Table(
    "blob_part",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""Bytes of a blob; the key packs its number and the offset."""

upload = Table(
    "upload",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("media", String, nullable=False),
    Column("size", KEY, nullable=False),
    Column("removed", KEY, nullable=False),
    Column("at", KEY, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""Files that an account has laid ready to be said; nothing that serves peers reads this table."""

account = Table(
    "account",
    metadata,
    Column("name", String, primary_key=True),
    Column("password", String, nullable=False),
    Column("desk", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("created", KEY, nullable=False),
    Column("disabled", Integer, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("expires", KEY, nullable=False),
)
