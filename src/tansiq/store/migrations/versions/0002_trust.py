"""What was shown, forks, witnessed heads, erasures, blobs."""

import sqlalchemy as sa
from alembic import op

from tansiq.store.schema import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = ("shown_size", "shown_note", "urgent", "frozen", "sealed", "bound")


def upgrade() -> None:
    """Add what is missing; a store that was just made has it already."""
    connection = op.get_bind()
    metadata.create_all(connection)
    held = {column["name"] for column in sa.inspect(connection).get_columns("ledger")}
    if "shown_size" in held:
        return
    for column in metadata.tables["ledger"].columns:
        if column.name in ADDED:
            op.add_column("ledger", column.copy())
    # an older program showed every head at once and kept no mark of it
    connection.execute(sa.text("UPDATE ledger SET shown_size = head_size, shown_note = head_note WHERE own = 1"))
    connection.execute(sa.text("INSERT INTO setting (name, value) VALUES ('marks.adopt', '1')"))


def downgrade() -> None:
    """Not offered: an older program cannot be trusted with newer records."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
