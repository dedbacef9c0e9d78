"""Staff give a place to a sheet or a sentence that came without; what was written about it is dropped.

The words were only kept to find the place: once it is known, or nobody can tell, they are needed no more.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.actions.alerts import Desk
from core.actions.audit import audit
from core.actions.refold import recounting
from core.actions.round_cache import places_of
from core.errors import Invalid, NotFound
from core.words import say
from models.comment import Comment
from models.questionnaire import Round
from models.response import Response

# The place question of every questionnaire, and the words that may stand beside its answer.
PLACE, WORDS = "grid", "grid_other"


def assign_response(
    session: Session, response_id: int, desk: Desk, *, grid: int, building: int | None = None
) -> None:
    """Give a response its place, with its comments; the tally follows in the same transaction.

    `session` must be a fresh write transaction. Raises NotFound (gone, no such place), Invalid (has a place).
    """
    _check(desk.community_id, grid, building)
    with recounting(session, [response_id]):
        stored = _response(session, response_id, desk)
        stored.grid_id, stored.building_id = grid, building
        place = {"grid": grid} | ({"building": building} if building else {})
        stored.answers = _without_words(stored) | {PLACE: place}
        said = update(Comment).where(col(Comment.response_id) == response_id, col(Comment.grid_id).is_(None))
        session.execute(said.values(grid_id=grid, building_id=building))
        audit(session, "response.placed", "response", response_id, account_id=desk.account_id)


def forget_words(session: Session, response_id: int, desk: Desk) -> None:
    """Nobody can tell where it is: the place stays unknown, the words go. Raises NotFound, Invalid."""
    stored = _response(session, response_id, desk)
    stored.answers = _without_words(stored)
    audit(session, "response.place_unknown", "response", response_id, account_id=desk.account_id)


def assign_sentence(
    session: Session, comment_id: int, desk: Desk, *, grid: int, building: int | None = None
) -> None:
    """Give a sentence the place it speaks of; its words are what was said and stay. Raises as above."""
    _check(desk.community_id, grid, building)
    query = select(Comment).where(
        col(Comment.id) == comment_id,
        col(Comment.community_id) == desk.community_id,
        col(Comment.response_id).is_(None),
    )
    said = session.scalars(query.with_for_update()).first()
    if said is None:
        raise NotFound(say("unplaced.gone"))
    if said.grid_id is not None:
        raise Invalid(say("unplaced.placed_already"))
    said.grid_id, said.building_id = grid, building
    audit(session, "comment.placed", "comment", comment_id, account_id=desk.account_id)


def _response(session: Session, response_id: int, desk: Desk) -> Response:
    """The response, kept from others until the transaction ends, while it has no place."""
    here = select(col(Round.id)).where(col(Round.community_id) == desk.community_id)
    query = select(Response).where(col(Response.id) == response_id, col(Response.round_id).in_(here))
    stored = session.scalars(query.with_for_update()).first()
    if stored is None:
        raise NotFound(say("unplaced.gone"))
    if stored.grid_id is not None or WORDS not in stored.answers:
        raise Invalid(say("unplaced.placed_already"))
    return stored


def _without_words(stored: Response) -> dict[str, object]:
    return {code: value for code, value in stored.answers.items() if code != WORDS}


def _check(community_id: int, grid: int, building: int | None) -> None:
    grids, buildings = places_of(community_id)
    if grid not in grids:
        raise NotFound.say("unknown_grid")
    if building is not None and buildings.get(building) != grid:
        raise NotFound.say("unknown_building")
