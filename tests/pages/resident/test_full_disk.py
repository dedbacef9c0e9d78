"""A disk that is full: the resident is told so, loses no word, and the same tap works once there is room."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select

from core import database
from core.actions.submit import Submission, save_response
from core.errors import Unavailable
from core.queries.check_data import findings
from core.words import say
from models.response import Response
from tests.core.conftest import Small
from tests.pages.resident.conftest import Visit, choose, said, tap
from tests.pages.resident.test_needs import SEND, _to_the_end

# More than any test's record has.
ROOM = 1_000_000


def _stored() -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def test_a_full_disk_is_told_and_nothing_is_lost(visit: Visit, community: Small) -> None:
    pages = {"most": ROOM}

    def _limit(dbapi: object, *_rest: object) -> None:
        # SQLite refuses to grow past this many pages with the error of a full disk.
        dbapi.cursor().execute(f"PRAGMA max_page_count={pages['most']}")  # type: ignore[attr-defined]

    def _room_for(n: int) -> None:
        pages["most"] = n
        kept = database.writer().take()  # is not fetched from the pool again: it has to be told by itself
        _limit(kept)
        database.writer().give_back(kept)

    screen = _to_the_end(visit("needs"), community)
    choose(screen, "overall", 4)
    screen.text_area[0].set_value("四楼下不来").run()
    event.listen(database.engine(), "checkout", _limit)
    _room_for(1)  # SQLite takes the size the file has already
    with pytest.raises(Unavailable, match=say("errors.record_full")):
        for time in range(500):  # what fits into the pages there are
            save_response(Submission(community.round, community.answers(open="词" * 150), key=f"k{time}"))
    full = _stored()
    tap(screen, SEND)
    assert say("errors.record_full") in said(screen) and screen.text_area[0].value == "四楼下不来"
    assert _stored() == full
    _room_for(ROOM)
    tap(screen, SEND)
    assert say("resident.thanks.title") in said(screen) and _stored() == full + 1
    with database.snapshot() as session:
        assert findings(session) == []
