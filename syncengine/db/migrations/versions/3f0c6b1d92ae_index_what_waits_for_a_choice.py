"""index what waits for a choice."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "3f0c6b1d92ae"
down_revision: str | None = "7d20c41f9be3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_WAITS = sa.text("parked_by = 'conflict' AND state = 'parked'")


def upgrade() -> None:
    op.create_index(
        "ix_sync_outbox_undecided", "sync_outbox", ["company_id", "id"], unique=False, sqlite_where=_WAITS, postgresql_where=_WAITS
    )


def downgrade() -> None:
    op.drop_index("ix_sync_outbox_undecided", table_name="sync_outbox", sqlite_where=_WAITS, postgresql_where=_WAITS)
