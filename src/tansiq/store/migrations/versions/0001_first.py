"""The first schema."""

from alembic import op

from tansiq.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table as `store.schema` has it at this revision."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Not offered: an older program cannot be trusted with newer records."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
