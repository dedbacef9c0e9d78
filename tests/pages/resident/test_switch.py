"""One sheet, two doors: a screen keeps every step, takes up what plain pages began, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.drafts import DraftSheet, draft_of_code, draft_of_key, forget_draft, save_draft
from core.actions.rounds import close_round
from core.actions.submit import Submission, save_response
from core.actions.withdraw import withdraw
from core.errors import Unavailable
from core.security import receipt_code, receipt_hash, show_receipt
from core.words import say
from models.questionnaire import Round
from models.response import Draft, Response
from pages.parts import door_switch
from tests.core.conftest import Small
from tests.pages.resident.conftest import Visit, choose, said, tap
from tests.pages.resident.test_needs import BACK, NEXT, SEND, _about_an_old_woman, _to_the_end

KEY = "5" * 32
SWITCH = say("door.switch.plain")


def begun(community: Small, **changes: Any) -> DraftSheet:
    """A sheet as plain pages keep it: what the fields gave, as text."""
    given = {
        "consent": "1",
        "who": "2",
        "grid": {"grid": community.grid, "building": community.building},
        "grid_other": "老邮局后面",
        "sex": "2",
        "age": "9",
        "need_elder": ["E1", "E5"],
    }
    sheet = DraftSheet(KEY, community.round, answers=given, at="need_elder")
    for name, value in changes.items():
        setattr(sheet, name, value)
    return save_draft(sheet)


@pytest.fixture
def cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser brings the cookie of the sheet."""
    monkeypatch.setattr(door_switch, "key_of_cookie", lambda _round: KEY)


def _values(screen: AppTest) -> dict[str, Any]:
    return {str(one.key).split("-", 1)[1]: one.value for one in screen.button_group}


def _count(table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _sheet(screen: AppTest) -> door_switch.Sheet:
    sheet: door_switch.Sheet = screen.session_state["sheet.needs"]
    return sheet


def test_every_step_is_kept_and_its_code_is_shown(visit: Visit, community: Small) -> None:
    screen = visit("needs")
    assert _count(Draft) == 0  # looking keeps nothing
    _about_an_old_woman(screen, community)
    code = receipt_code(_sheet(screen).key)
    assert show_receipt(code) in said(screen)
    draft = draft_of_code(code)
    assert draft is not None and (draft.mode, draft.at) == ("screen", "need_elder")
    assert (draft.answers["who"], draft.answers["age"]) == (1, 8)
    choose(screen, "need_elder", "E1")
    tap(screen, BACK)
    draft = draft_of_code(code)
    assert draft is not None and (draft.answers["need_elder"], draft.at) == (["E1"], "who")


def test_the_draft_is_gone_once_the_sheet_is_sent(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    code = receipt_code(_sheet(screen).key)
    assert draft_of_code(code) is not None
    choose(screen, "overall", 4)
    tap(screen, SEND)
    assert show_receipt(code) in said(screen)
    assert _count(Draft) == 0 and _count(Response) == 1


def test_a_screen_takes_up_what_plain_pages_began(visit: Visit, community: Small, cookie: None) -> None:
    code = begun(community).code
    screen = visit("needs")
    assert _values(screen)["need_elder"] == ["E1", "E5"] and show_receipt(code) in said(screen)
    kept = _values(tap(screen, BACK))
    assert (kept["who"], kept["sex"], kept["age"], kept["grid-building"]) == (2, 2, 9, community.building)
    tap(screen, NEXT)
    choose(screen, "need_cult", "K1")
    choose(screen, "top1", "E5")
    tap(screen, NEXT)
    choose(screen, "used", 0)
    tap(screen, NEXT)
    choose(screen, "overall", 3)
    tap(screen, SEND)
    with database.reading() as session:
        row = session.scalars(select(Response)).one()
        assert (row.mode, row.collector, row.who) == ("screen", "family", 2)
        assert row.answers["need_elder"] == ["E1", "E5"] and row.answers["top1"] == "E5"
        assert row.receipt_hash == receipt_hash(code)
    assert _count(Draft) == 0


def test_too_many_choices_are_not_lost_on_the_way(visit: Visit, community: Small, cookie: None) -> None:
    begun(community, answers={"consent": "1", "who": "1", "need_cult": ["K1", "K2", "K3", "K4"]})
    assert _sheet(visit("needs")).answers["need_cult"] == ["K1", "K2", "K3", "K4"]


@pytest.mark.parametrize(
    "changes", [{"mode": "kiosk", "collector": "kiosk"}, {"collector": "worker"}, {"mode": "change"}]
)
def test_what_a_worker_or_a_kiosk_began_or_what_changes_stays_plain(
    visit: Visit, community: Small, cookie: None, changes: dict[str, str]
) -> None:
    begun(community, **changes)
    assert _sheet(visit("needs")).key != KEY


def test_a_cookie_of_another_round_or_of_nothing_begins_anew(
    visit: Visit, community: Small, cookie: None
) -> None:
    assert _sheet(visit("needs")).key != KEY
    with database.reading() as session:
        other = session.scalars(select(col(Round.id)).where(col(Round.code) == "rated")).one()
    begun(community, round_id=other)
    assert _sheet(visit("needs")).key != KEY


def test_what_was_answered_at_the_other_door_meanwhile_stays(
    visit: Visit, community: Small, cookie: None
) -> None:
    begun(community)
    screen = visit("needs")
    elsewhere = draft_of_key(KEY)
    assert elsewhere is not None
    save_draft(elsewhere_answered(elsewhere))
    choose(screen, "need_cult", "K1")
    tap(screen, NEXT)
    draft = draft_of_key(KEY)
    assert draft is not None and draft.further
    assert (draft.answers["overall"], draft.answers["need_cult"]) == (5, ["K1"])


def elsewhere_answered(draft: DraftSheet) -> DraftSheet:
    draft.answers |= {"overall": "5"}
    draft.further = True
    return draft


def test_a_sheet_sent_at_the_other_door_meanwhile_shows_its_receipt(
    visit: Visit, community: Small, cookie: None
) -> None:
    begun(community)
    screen = visit("needs")
    receipt = save_response(Submission(community.round, community.answers(), key=KEY))
    forget_draft(KEY)
    choose(screen, "need_cult", "K1")
    tap(screen, NEXT)
    assert show_receipt(receipt.code) in said(screen)
    assert (_count(Draft), _count(Response)) == (0, 1)


def test_a_sheet_withdrawn_meanwhile_does_not_come_back(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    key = _sheet(screen).key
    receipt = save_response(Submission(community.round, community.answers(), key=key))
    forget_draft(key)
    with database.writing() as session:
        withdraw(session, receipt_hash(receipt.code))
    choose(screen, "overall", 4)
    tap(screen, SEND)
    assert _count(Response) == 0 and say("door.receipt.change.gone") in said(screen)


def test_a_record_that_cannot_be_written_stops_nobody(
    visit: Visit, community: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _busy(_sheet: object) -> None:
        raise Unavailable.say("record_busy")

    with monkeypatch.context() as busy:
        busy.setattr(door_switch, "save_draft", _busy)
        screen = _about_an_old_woman(visit("needs"), community)
        assert "need_elder" in _values(screen) and _count(Draft) == 0
        tap(screen, SWITCH)
        assert say("errors.record_busy") in said(screen) and "data-switch" not in said(screen)
    choose(screen, "need_elder", "E2")
    choose(screen, "need_cult", "K1")
    tap(screen, NEXT)
    draft = draft_of_key(_sheet(screen).key)
    # What could not be kept at its own step is kept with the next one.
    assert draft is not None and (draft.answers["age"], draft.answers["need_elder"]) == (8, ["E2"])


def test_the_way_to_plain_pages_carries_what_stands_on_the_screen(visit: Visit, community: Small) -> None:
    screen = _about_an_old_woman(visit("needs"), community)
    choose(screen, "need_elder", "E2")
    tap(screen, SWITCH)
    code = receipt_code(_sheet(screen).key)
    page = said(screen)
    assert f'<input type="hidden" name="code" value="{code}">' in page and 'action="/f/resume"' in page
    draft = draft_of_code(code)
    assert draft is not None and (draft.answers["need_elder"], draft.at) == (["E2"], "need_elder")
    # Whoever stays goes on as before.
    assert "data-switch" not in said(choose(screen, "need_elder", "E1"))


def test_what_was_just_typed_goes_along(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    screen.text_area[0].set_value("四楼下不来")  # and at once the way to plain pages
    tap(screen, SWITCH)
    draft = draft_of_key(_sheet(screen).key)
    assert draft is not None and draft.answers["open"] == "四楼下不来"


def test_a_round_that_closed_keeps_the_late_sheet(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    with database.writing() as session:
        close_round(session, community.round)
    choose(screen, "overall", 2)
    tap(screen, SEND)
    draft = draft_of_key(_sheet(screen).key)
    assert draft is not None and draft.late and draft.answers["overall"] == 2


def test_a_rating_begun_on_plain_pages_goes_on_with_its_activity(
    visit: Visit, community: Small, cookie: None
) -> None:
    with database.reading() as session:
        rated = session.scalars(select(col(Round.id)).where(col(Round.code) == "rated")).one()
    save_draft(DraftSheet(KEY, rated or 0, 1, {"gain": "5"}, at="gain"))
    screen = visit("feedback")
    assert say("resident.feedback.choose") not in said(screen)
    assert screen.session_state["sheet.feedback"].key == KEY and _values(screen)["gain"] == 5
