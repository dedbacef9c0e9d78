"""Alembic's entry: runs on the connection that core.database hands over."""

from alembic import context
from sqlmodel import AutoString

from models.base import UTCDateTime
from models.tables import metadata


def render_item(kind, item, _autogen):
    """Write plain SQLAlchemy types: a migration must not change when our classes do."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
