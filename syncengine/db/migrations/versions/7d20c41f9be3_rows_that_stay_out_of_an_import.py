"""rows that stay out of an import."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7d20c41f9be3"
down_revision: str | None = "606ae6b21f29"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: What was looked through by the program on the other side of this version is looked through once more.
_ANEW = "UPDATE sync_import_file SET state = 'kept', found = NULL WHERE state = 'looked'"


def upgrade() -> None:
    op.create_table(
        "sync_import_left_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sync_import_left_out_company_id")),
        sa.ForeignKeyConstraint(["file_id"], ["sync_import_file.id"], name=op.f("fk_sync_import_left_out_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_import_left_out")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sync_import_left_out", schema=None) as batch_op:
        batch_op.create_index("ix_sync_import_left_out_file", ["file_id", "id"], unique=False)
    with op.batch_alter_table("sync_long_act", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phase", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ahead", sa.Integer(), server_default="0", nullable=False))
    op.execute(_ANEW)


def downgrade() -> None:
    with op.batch_alter_table("sync_long_act", schema=None) as batch_op:
        batch_op.drop_column("ahead")
        batch_op.drop_column("phase")
    with op.batch_alter_table("sync_import_left_out", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_import_left_out_file")
    op.drop_table("sync_import_left_out")
    op.execute(_ANEW)
