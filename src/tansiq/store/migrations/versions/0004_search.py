"""The index of words, filled afterwards by whoever serves or searches the node."""

from alembic import op

from tansiq.store import search

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index, empty."""
    search.create(op.get_bind())


def downgrade() -> None:
    """Not offered: an older program cannot be trusted with newer records."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
