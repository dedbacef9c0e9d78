"""看回应 without a script, /b: area by area what was said, answered, asked for and is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from starlette.responses import Response

from core import database
from core.queries.board import (
    ComingActivity,
    PublishedAnswer,
    PublishedResult,
    coming_activities,
    latest_result,
    published_answers,
)
from core.queries.topics import PublicTopic, public_topics
from core.words import day, say
from models.base import now
from models.taxonomy import AREAS, BOUGHT_AREAS
from pages.parts import board_words
from pages.parts.board_words import AHEAD, TOPICS_OF, Item
from pages.plain.visit import Visit

# So many of each are shown at once, the others on a tap; more than so many are not on the page.
FIRST: Final = 3
MOST_ANSWERS: Final = 60
MOST_ACTIVITIES: Final = 40


class Row(NamedTuple):
    """One item of a block, with where it leads (empty: nowhere)."""

    item: Item
    path: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of thing of an area: heading, items, and a sentence where there are none."""

    title: str
    rows: tuple[Row, ...]
    nothing: str

    @property
    def first(self) -> tuple[Row, ...]:
        """What is shown at once."""
        return self.rows[:FIRST]

    @property
    def rest(self) -> tuple[Row, ...]:
        """What is shown on a tap; one alone is not worth it."""
        return self.rows[FIRST:]


@dataclass(frozen=True, slots=True)
class Section:
    """One area with its blocks."""

    code: str
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """All that stands on the board of one community."""

    result: PublishedResult | None
    topics: Sequence[PublicTopic]
    answers: Sequence[PublishedAnswer]
    coming: Sequence[ComingActivity]


def board(visit: Visit) -> Response:
    """GET /b."""
    told = _told(visit.community.community_id)
    result = told.result
    line = ""
    if result:
        line = say("resident.board.results_line", name=result.name, day=day(result.published_at))
    return visit.answer("board", sections=list(_sections(visit, told)), line=line, bought=BOUGHT_AREAS)


def _told(community_id: int) -> Told:
    at = now()
    with database.reading() as session:
        return Told(
            latest_result(session, community_id),
            public_topics(session, community_id, at - TOPICS_OF, at),
            published_answers(session, community_id, most=MOST_ANSWERS),
            coming_activities(session, community_id, since=at, until=at + AHEAD, most=MOST_ACTIVITIES),
        )


def _sections(visit: Visit, told: Told) -> Iterator[Section]:
    """The areas in the house's order; those bought always, the others where there is something to tell."""
    figures: dict[str, list[Row]] = {}
    if told.result:
        labels = board_words.need_labels(told.result.round_id)
        for row in board_words.figure_rows(told.result):
            figures.setdefault(str(row.get("area")), []).append(Row(board_words.figure(row, labels)))
    for area in AREAS:
        rows = {
            "topics": [Row(board_words.topic(one)) for one in told.topics if one.area == area.code],
            "answers": [Row(board_words.answer(one)) for one in told.answers if one.area == area.code],
            "needs": figures.get(area.code, []),
            "coming": [_joinable(visit, one) for one in told.coming if one.area == area.code],
        }
        bought = area.code in BOUGHT_AREAS
        if bought or any(rows.values()):
            yield Section(area.code, board_words.area_name(area.code), _blocks(rows, all_of_them=bought))


def _blocks(rows: dict[str, list[Row]], *, all_of_them: bool) -> tuple[Block, ...]:
    return tuple(
        Block(say(f"door.board.{kind}"), tuple(found), say(f"door.board.{kind}_none"))
        for kind, found in rows.items()
        if found or all_of_them
    )


def _joinable(visit: Visit, coming: ComingActivity) -> Row:
    """An activity with the way to sign up; when it is full, to its waiting list."""
    key = "wait" if coming.free == 0 else "join"
    path = visit.link(f"/b/join/{coming.code}")
    return Row(board_words.activity(coming), path, say(f"door.board.{key}"))
