"""find twins by their records."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "8c41d7e05b3f"
down_revision: str | None = "3f0c6b1d92ae"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TWIN = ["record_id", "kind", "entity", "company_id", "ended_at"]
_ENDED = ["company_id", "kind", "entity", "record_id", "ended_by"]
_IS_OVER = sa.text("ended_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_sync_binding_twin", "sync_binding", _TWIN, unique=False)
    op.create_index("ix_sync_binding_ended", "sync_binding", _ENDED, unique=False, sqlite_where=_IS_OVER, postgresql_where=_IS_OVER)


def downgrade() -> None:
    op.drop_index("ix_sync_binding_ended", table_name="sync_binding", sqlite_where=_IS_OVER, postgresql_where=_IS_OVER)
    op.drop_index("ix_sync_binding_twin", table_name="sync_binding")
