"""whether a row's record has a twin, and which rows delete."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5e0d92b7c1a4"
down_revision: str | None = "8c41d7e05b3f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: The two blocks of the preview: what stands in their order, and which rows they are.
_BLOCKS = {
    "ix_sync_outbox_sending": (["company_id", "wave", "position", "id"], "state IN ('available','running')"),
    "ix_sync_outbox_failing": (["company_id", "failed_seq", "position", "id"], "state IN ('retryable','parked')"),
}
_BEFORE = ["state", "kind", "entity", "record_id", "operation", "label"]
_AFTER = ["state", "kind", "entity", "record_id", "operation", "bound", "label"]
_DELETES = sa.text("operation = 'delete' AND state IN ('available','running','retryable','parked')")
#: The tables whose triggers keep it, and upon what.
_TOLD = {"sync_binding": ("insert", "update", "delete"), "sync_outbox": ("insert", "update")}
_SAID = """
UPDATE sync_outbox SET bound = true
WHERE state IN ('available','running','retryable','parked') AND EXISTS (
  SELECT 1 FROM sync_binding WHERE sync_binding.record_id = sync_outbox.record_id AND sync_binding.kind = sync_outbox.kind
  AND sync_binding.entity = sync_outbox.entity AND sync_binding.company_id = sync_outbox.company_id
  AND sync_binding.ended_at IS NULL)
"""


def _indexed(narrowed: list[str]) -> None:
    for name, (columns, rows) in _BLOCKS.items():
        where = sa.text(rows)
        op.create_index(name, "sync_outbox", [*columns, *narrowed], sqlite_where=where, postgresql_where=where)


def _not_indexed() -> None:
    for name in _BLOCKS:
        op.drop_index(name, table_name="sync_outbox")


def upgrade() -> None:
    _not_indexed()
    op.add_column("sync_outbox", sa.Column("bound", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(_SAID)
    _indexed(_AFTER)
    op.create_index(
        "ix_sync_outbox_deletes", "sync_outbox", ["company_id", "kind", "state"], sqlite_where=_DELETES, postgresql_where=_DELETES
    )


def downgrade() -> None:
    for table, events in _TOLD.items():  # SQLite gives up no column that a trigger names
        if op.get_bind().dialect.name == "sqlite":
            for event in events:
                op.execute(f"DROP TRIGGER IF EXISTS tieout_{table}_bound_{event}")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS tieout_bound_{table} ON {table}")
    op.drop_index("ix_sync_outbox_deletes", table_name="sync_outbox")
    _not_indexed()
    op.drop_column("sync_outbox", "bound")
    _indexed(_BEFORE)
