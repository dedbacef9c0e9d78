"""init and upgrade: a database, and the community it begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.empty import empty_record
from core.actions.rounds import publish_snapshot
from core.analysis.estimates import estimate
from core.cli import out
from core.cli.app import app
from core.errors import Invalid, NotSetUp
from core.output.public import public_rows
from core.queries.survey import needs_of, rounds_of, survey_frames
from core.settings import settings
from core.words import say
from models.base import now
from models.place import Community


@app.command(help=say("cli.init.upgrade_help"))
def upgrade() -> None:
    """Bring the database to the newest version."""
    database.upgrade()
    out.tell(say("cli.init.upgraded"))


@app.command(help=say("cli.init.help"))
def init(
    demo: Annotated[bool, typer.Option("--demo", help=say("cli.init.demo"))] = False,
    reset: Annotated[bool, typer.Option("--reset", help=say("cli.init.reset"))] = False,
    community: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help=say("cli.init.community"))
    ] = None,
) -> None:
    """Make the database and load what was asked for; what is there already stays."""
    if (demo and community) or (reset and not demo):
        raise out.usage(say("cli.init.one_only"))
    if demo and not settings().demo:
        raise NotSetUp.say("demo_only")
    database.upgrade()
    if reset:
        _reset()
    if community:
        _load_community(community)
    elif demo:
        _load_demo()
    elif not _communities():
        out.tell(say("cli.init.empty"))


def _communities() -> list[Community]:
    with database.reading() as session:
        return list(session.scalars(select(Community).order_by(col(Community.id))))


def _reset() -> None:
    """Empty the record, unless a community of our own stands in it (imported letters are no such one)."""
    if any(not found.synthetic and not found.source for found in _communities()):
        raise Invalid(say("cli.init.real_there"))
    empty_record()


def _load_demo() -> None:
    from core.actions.demo import demo_loaded, load_demo
    from core.actions.demo_accounts import create_demo_accounts
    from core.actions.demo_alerts import load_demo_alerts
    from core.actions.demo_replies import load_demo_replies, load_demo_signups

    # Imported letters may stand beside the demo; a community of our own may not.
    there = _communities()
    with database.reading() as session:
        torn = any(found.synthetic for found in there) and not demo_loaded(session)
    if torn and all(found.synthetic for found in there):
        # Cut short while it was loaded (a killed process): there is nothing in it to be lost.
        out.tell(say("cli.init.again"))
        empty_record()
    elif torn:
        raise Invalid(say("demo.torn", name=next(found.name for found in there if found.synthetic)))
    elif any(found.synthetic or not found.source for found in there):
        out.tell(say("cli.init.kept"))
        return
    load_demo()
    create_demo_accounts()
    load_demo_alerts()
    load_demo_replies()
    load_demo_signups()
    _publish_results()
    out.tell(say("cli.init.demo_done"))


def _publish_results() -> None:
    """Put each needs round's result on the public board, the oldest first, so that it isn't empty."""
    with database.reading() as session:
        rounds = rounds_of(session, None, "needs")[::-1]
        found = [(each, estimate(needs_of(each.definition), survey_frames(session, each))) for each in rounds]
    with database.writing() as session:
        for each, estimates in found:
            note = "" if each.closes_at and each.closes_at <= now() else say("publish.demo_note")
            publish_snapshot(session, each.round_id, public_rows(estimates), note)


def _load_community(path: Path) -> None:
    from core.actions.community import init_community, load_place

    place = load_place(path)
    with database.writing() as session:
        init_community(session, place)
    out.tell(say("cli.init.community_done", name=place.name))
