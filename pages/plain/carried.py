"""What a QR code or link carried: what leads nowhere is dropped, and told in one calm line.

The page works without: a torn, old or made-up code never stops anybody from answering.
"""

from __future__ import annotations

from collections.abc import Iterator

from core import database
from core.actions.round_cache import community_of_activity
from core.queries.rounds import RoundDoor, activity_of_code
from core.tickets import Slips
from core.words import say
from pages.parts.places import places_here
from pages.plain.visit import Visit


def sort_out(visit: Visit, door: RoundDoor | None = None) -> None:
    """Keep in `visit.carried` what holds here (`door`: the round one is at), and set `visit.note`."""
    strange = [name for name in _strange(visit, door) if visit.carried.pop(name, None)]
    if door is not None and door.kind != "needs":
        # A household's ticket is for the survey of needs; on the way to another one it only comes along.
        visit.carried.pop("t", None)
    if strange:
        community = door.community if door else visit.community
        visit.note = say(f"door.carried.{strange[0]}", community=community.name)


def ticket_of(visit: Visit, door: RoundDoor) -> str:
    """What is kept of the ticket that was carried; empty where none of this survey and grid was."""
    written = visit.carried.get("t", "")
    return Slips(door.code, visit.carried.get("g", "")).kept(written) if written else ""


def _strange(visit: Visit, door: RoundDoor | None) -> Iterator[str]:
    """The names of what leads nowhere, what matters most first."""
    carried = dict(visit.carried)
    if door is None:
        if carried.get("c", visit.community.code) != visit.community.code:
            yield "c"
    elif door.kind == "needs" and "t" in carried and not ticket_of(visit, door):
        yield "t"
    elif door.kind == "feedback" and "a" in carried and not _is_ours(carried["a"], door):
        yield "a"
    if "g" not in carried and "b" not in carried:
        return
    places = places_here((door.community if door else visit.community).community_id)
    grid = places.grid_of(carried.get("g", ""))
    if grid is None:
        yield "g"
    if "b" in carried and (grid or 0, carried["b"]) not in places.building_codes:
        yield "b"


def _is_ours(code: str, door: RoundDoor) -> bool:
    with database.reading() as session:
        found = activity_of_code(session, code)
    return found is not None and community_of_activity(found.activity_id) == door.community.community_id
