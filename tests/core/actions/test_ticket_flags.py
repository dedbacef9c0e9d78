"""Answers on one household ticket: two of a family, eight of a flat-share; further ones are kept, flagged."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions import store_response
from core.actions.replace_response import reopen, replace_response
from core.actions.store_response import store
from core.actions.submit import Submission, prepare, save_response, save_responses
from core.errors import Unavailable
from core.security import receipt_hash
from core.settings import settings
from models.response import Response

TICKET, OTHER = "a" * 64, "b" * 64
FAMILY, SHARED = 4, 7


def _sheet(small: Any, key: str, ticket: str = TICKET, hh: int = FAMILY) -> Submission:
    return Submission(small.round, small.answers(hh=hh), key, seconds=600, ticket=ticket)


def _flagged() -> list[str]:
    """The keys of the flagged responses, in the order they came."""
    query = select(col(Response.idempotency_key), col(Response.flags)).order_by(col(Response.id))
    with database.reading() as session:
        return [key for key, flags in session.execute(query) if "ticket" in flags.split(";")]


def test_a_family_answers_twice_the_third_is_kept_and_flagged(small: Any) -> None:
    for key in ("k1", "k2", "k3", "k4"):
        save_response(_sheet(small, key))
    save_response(_sheet(small, "neighbour", OTHER))
    assert _flagged() == ["k3", "k4"]


def test_without_a_ticket_nobody_is_counted(small: Any) -> None:
    for key in range(5):
        save_response(_sheet(small, f"k{key}", ticket=""))
    assert _flagged() == []


def test_in_a_flat_share_eight_answer(small: Any) -> None:
    for key in range(9):
        save_response(_sheet(small, f"k{key}", hh=SHARED))
    assert _flagged() == ["k8"]


def test_one_who_says_so_makes_it_a_flat_share_for_those_who_follow(small: Any) -> None:
    for key, hh in enumerate((SHARED, FAMILY, FAMILY, FAMILY)):
        save_response(_sheet(small, f"k{key}", hh=hh))
    assert _flagged() == []


def test_the_same_sheet_sent_again_is_no_further_answer(small: Any) -> None:
    for key in ("k1", "k1", "k2", "k2", "k1"):
        save_response(_sheet(small, key))
    assert _flagged() == []


def test_many_in_one_commit_count_like_one_after_the_other(small: Any) -> None:
    keys = ("k1", "k2", "k2", "k3", "k4")
    save_responses([_sheet(small, key) for key in keys])
    assert _flagged() == ["k3", "k4"]


def test_a_commit_that_failed_and_is_tried_again_flags_the_same(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = [prepare(_sheet(small, key)) for key in ("k1", "k2", "k3")]

    def _break(*_: Any) -> None:
        raise Unavailable.say("record_busy")

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(store_response, "_insert", _break)
        store(sheets)
    store(sheets)
    assert _flagged() == ["k3"]
    assert [sheet.response["flags"].count("ticket") for sheet in sheets] == [0, 0, 1]


def test_at_the_same_moment_no_more_get_through(small: Any) -> None:
    threads = [threading.Thread(target=store, args=([prepare(_sheet(small, f"k{n}"))],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_flagged()) == 6


def test_the_allowance_is_a_setting(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINSHENG_TICKET_ALLOWANCE", "1")
    settings.cache_clear()
    for key in ("k1", "k2"):
        save_response(_sheet(small, key))
    assert _flagged() == ["k2"]


def test_a_flag_stands_beside_the_others(small: Any) -> None:
    for key in ("k1", "k2", "k3"):
        save_response(Submission(small.round, small.answers(hh=FAMILY), key, seconds=5, ticket=TICKET))
    query = select(col(Response.flags)).order_by(col(Response.id))
    with database.reading() as session:
        first, _, third = session.scalars(query)
    assert first and third == f"{first};ticket"


def test_who_changes_a_flagged_sheet_keeps_the_flag(small: Any) -> None:
    codes = [save_response(_sheet(small, key)).code for key in ("k1", "k2", "k3")]
    with database.writing() as session:
        draft = reopen(session, receipt_hash(codes[2]))
    replace_response(draft)
    assert _flagged() == ["k3"]
