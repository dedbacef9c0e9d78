"""Versions of the classifier, retraining and re-reading

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('classifier_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('last_comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('worker', sa.String(length=120), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=True),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['started_by'], ['account.id'], name=op.f('fk_classifier_job_started_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classifier_job'))
    )
    with op.batch_alter_table('classifier_job', schema=None) as batch_op:
        batch_op.create_index('ix_classifier_job_running', ['kind'], unique=True, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))

    op.create_table('classifier_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('recipe', sa.String(length=20), nullable=False),
    sa.Column('shipped', sa.String(length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('n_shipped', sa.Integer(), nullable=False),
    sa.Column('n_community', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('adopted_by', sa.Integer(), nullable=True),
    sa.Column('compared_with', sa.String(length=40), nullable=False),
    sa.Column('n_held', sa.Integer(), nullable=False),
    sa.Column('n_old_right', sa.Integer(), nullable=False),
    sa.Column('n_new_right', sa.Integer(), nullable=False),
    sa.Column('n_only_old', sa.Integer(), nullable=False),
    sa.Column('n_only_new', sa.Integer(), nullable=False),
    sa.Column('old_macro_f1', sa.Float(), nullable=True),
    sa.Column('new_macro_f1', sa.Float(), nullable=True),
    sa.Column('n_urgent', sa.Integer(), nullable=False),
    sa.Column('n_old_urgent', sa.Integer(), nullable=False),
    sa.Column('n_new_urgent', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['adopted_by'], ['account.id'], name=op.f('fk_classifier_version_adopted_by')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_classifier_version_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classifier_version')),
    sa.UniqueConstraint('version', name=op.f('uq_classifier_version_version'))
    )
    with op.batch_alter_table('classifier_version', schema=None) as batch_op:
        batch_op.create_index('ix_classifier_version_adopted', ['state'], unique=True, sqlite_where=sa.text("state = 'adopted'"), postgresql_where=sa.text("state = 'adopted'"))


def downgrade() -> None:
    with op.batch_alter_table('classifier_version', schema=None) as batch_op:
        batch_op.drop_index('ix_classifier_version_adopted', sqlite_where=sa.text("state = 'adopted'"), postgresql_where=sa.text("state = 'adopted'"))

    op.drop_table('classifier_version')
    with op.batch_alter_table('classifier_job', schema=None) as batch_op:
        batch_op.drop_index('ix_classifier_job_running', sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))

    op.drop_table('classifier_job')
