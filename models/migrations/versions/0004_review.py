"""Reviewing: the second guess of a reading, labels taken back

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('classification', schema=None) as batch_op:
        batch_op.add_column(sa.Column('second', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('second_probability', sa.Float(), nullable=True))

    op.create_table('withdrawn_label',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.Column('areas', sa.String(length=60), nullable=False),
    sa.Column('sentiment', sa.String(length=4), nullable=False),
    sa.Column('intent', sa.String(length=12), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('labelled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_withdrawn_label_account_id')),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_withdrawn_label_comment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_withdrawn_label'))
    )
    with op.batch_alter_table('withdrawn_label', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_withdrawn_label_comment_id'), ['comment_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('withdrawn_label', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_withdrawn_label_comment_id'))

    op.drop_table('withdrawn_label')
    with op.batch_alter_table('classification', schema=None) as batch_op:
        batch_op.drop_column('second_probability')
        batch_op.drop_column('second')
