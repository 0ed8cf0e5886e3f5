"""Attachments by ledger, in parts, and files laid ready to be said."""

import sqlalchemy as sa
from alembic import op

from tansiq.store.schema import metadata

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the older one for blobs was never written to by any program."""
    connection = op.get_bind()
    inspector = sa.inspect(connection)
    if inspector.has_table("blob") and "state" not in {column["name"] for column in inspector.get_columns("blob")}:
        op.drop_table("blob")
    metadata.create_all(connection)


def downgrade() -> None:
    """Not offered: an older program cannot be trusted with newer records."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
