"""The plain door: drafts with their way, tickets, contacts, verdicts and corrections

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.add_column(sa.Column('activity_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('further', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('at', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('mode', sa.String(length=12), nullable=False, server_default='plain'))
        batch_op.add_column(sa.Column('collector', sa.String(length=12), nullable=False, server_default='self'))
        batch_op.add_column(sa.Column('ticket', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('late', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(batch_op.f('fk_draft_activity_id'), 'activity', ['activity_id'], ['id'])

    # Plain ADD COLUMN: a batch would copy these large tables, and their partial indexes with them.
    op.add_column('response', sa.Column('ticket', sa.String(length=64), nullable=True))
    op.create_index('ix_response_ticket', 'response', ['ticket'], sqlite_where=sa.text('ticket IS NOT NULL'), postgresql_where=sa.text('ticket IS NOT NULL'))
    op.add_column('comment', sa.Column('contact', sa.String(length=32), nullable=True))
    op.add_column('activity', sa.Column('needs_contact', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('receipt_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('idempotency_key', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_enrolment_receipt_hash'), ['receipt_hash'])
        batch_op.create_unique_constraint(batch_op.f('uq_enrolment_idempotency_key'), ['idempotency_key'])

    op.create_table('verdict',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', BIG, nullable=False),
    sa.Column('verdict', sa.String(length=12), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_verdict_comment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verdict')),
    sa.UniqueConstraint('comment_id', name=op.f('uq_verdict_comment_id'))
    )
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', BIG, nullable=False),
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_correction_comment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('comment_id', name=op.f('uq_correction_comment_id'))
    )


def downgrade() -> None:
    op.drop_table('correction')
    op.drop_table('verdict')
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_enrolment_idempotency_key'), type_='unique')
        batch_op.drop_constraint(batch_op.f('uq_enrolment_receipt_hash'), type_='unique')
        batch_op.drop_column('idempotency_key')
        batch_op.drop_column('receipt_hash')
    op.drop_column('activity', 'needs_contact')
    op.drop_column('comment', 'contact')
    op.drop_index('ix_response_ticket', table_name='response')
    op.drop_column('response', 'ticket')
    with op.batch_alter_table('draft', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_draft_activity_id'), type_='foreignkey')
        for column in ('late', 'ticket', 'collector', 'mode', 'at', 'further', 'activity_id'):
            batch_op.drop_column(column)
