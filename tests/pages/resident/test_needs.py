"""The needs survey on screen: one section a step, nothing lost, nothing stored twice."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.rounds import close_round
from core.words import say
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from models.response import Response
from tests.core.conftest import Small
from tests.pages.resident.conftest import Visit, choose, said, tap

NEXT, BACK, SEND = (say(f"resident.step.{name}") for name in ("next", "back", "send"))


def _stored() -> list[Response]:
    with database.reading() as session:
        found = list(session.scalars(select(Response).order_by(col(Response.id))))
        session.expunge_all()
    return found


def _about_an_old_woman(screen: AppTest, community: Small) -> AppTest:
    """Up to the step of needs: consent, herself, first grid, its building, 70–79."""
    choose(screen, "consent", 1)
    tap(screen, NEXT)
    for code, value in (("who", 1), ("grid-grid", community.grid), ("grid-building", community.building)):
        choose(screen, code, value)
    for code, value in (("sex", 2), ("age", 8)):
        choose(screen, code, value)
    return tap(screen, NEXT)


def _to_the_end(screen: AppTest, community: Small) -> AppTest:
    _about_an_old_woman(screen, community)
    choose(screen, "need_elder", "E1", "E5")
    choose(screen, "need_cult", "K1")
    choose(screen, "top1", "E1")
    tap(screen, NEXT)
    choose(screen, "used", 0)
    return tap(screen, NEXT)


def test_a_resident_answers_and_keeps_a_receipt(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    choose(screen, "overall", 4)
    screen.text_area[0].set_value("四楼下不来，电话 13800000000").run()
    tap(screen, SEND)
    assert say("resident.thanks.title") in said(screen)
    [stored] = _stored()
    assert (stored.grid_id, stored.building_id, stored.age_band, stored.sex) == (
        community.grid, community.building, 8, 2,
    )  # fmt: skip
    assert stored.answers["need_elder"] == ["E1", "E5"] and stored.mode == "screen" and stored.short
    with database.reading() as session:
        assert session.scalars(select(col(Comment.redacted))).one() == "四楼下不来，电话 〔已隐去〕"


def test_without_consent_nothing_is_asked_or_stored(visit: Visit, community: Small) -> None:
    screen = visit("needs")
    choose(screen, "consent", 2)
    tap(screen, NEXT)
    page = said(screen)
    assert (
        say("questionnaire.problem.consent_needed") in page
        and say("resident.step.progress", step=1, steps=5) in page
    )
    assert _stored() == []


def test_an_unanswered_question_is_named_and_the_others_stay(visit: Visit, community: Small) -> None:
    screen = visit("needs")
    choose(screen, "consent", 1)
    tap(screen, NEXT)
    choose(screen, "who", 1)
    tap(screen, NEXT)
    page = said(screen)
    assert say("resident.step.progress", step=2, steps=5) in page and 'class="ls-problem"' in page
    who = next(one for one in screen.button_group if str(one.key).endswith("-who"))
    assert who.value == 1


def test_a_child_is_answered_for_only_with_the_guardians_consent(visit: Visit, community: Small) -> None:
    screen = visit("needs")
    choose(screen, "consent", 1)
    tap(screen, NEXT)
    choose(screen, "who", 3)
    choose(screen, "grid-grid", community.grid)
    choose(screen, "sex", 1)
    choose(screen, "age", 2)
    tap(screen, NEXT)
    assert 'class="ls-problem"' in said(screen)
    screen.checkbox[0].check().run()
    tap(screen, NEXT)
    assert any(str(one.key).endswith("-need_child") for one in screen.button_group)


def test_only_what_concerns_the_person_is_asked(visit: Visit, community: Small) -> None:
    screen = _about_an_old_woman(visit("needs"), community)
    codes = {str(one.key).split("-", 1)[1] for one in screen.button_group}
    assert "need_elder" in codes and "need_child" not in codes


def test_back_keeps_every_answer(visit: Visit, community: Small) -> None:
    screen = tap(_about_an_old_woman(visit("needs"), community), BACK)
    kept = {str(one.key).split("-", 1)[1]: one.value for one in screen.button_group}
    assert (kept["who"], kept["sex"], kept["age"]) == (1, 2, 8)
    assert (kept["grid-grid"], kept["grid-building"]) == (community.grid, community.building)


def test_sending_twice_stores_once(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    sheet = screen.session_state["sheet.needs"]
    key = sheet.key
    tap(screen, SEND)
    again = _to_the_end(visit("needs"), community)
    again.session_state["sheet.needs"].key = key
    tap(again, SEND)
    assert len(_stored()) == 1 and say("resident.thanks.repeated") in said(again)


def test_a_round_that_closes_meanwhile_is_told_and_the_answers_stay(visit: Visit, community: Small) -> None:
    screen = _to_the_end(visit("needs"), community)
    with database.writing() as session:
        close_round(session, community.round)
    tap(screen, SEND)
    assert 'role="alert"' in said(screen) and _stored() == []
    assert screen.session_state["sheet.needs"].answers["need_elder"] == ["E1", "E5"]


def test_a_scanned_code_fills_the_grid_in(visit: Visit, community: Small) -> None:
    screen = visit("", g="2")
    screen.switch_page("resident/needs.py").run()
    choose(screen, "consent", 1)
    tap(screen, NEXT)
    grid = next(one for one in screen.button_group if str(one.key).endswith("grid-grid"))
    assert grid.value == community.other_grid


def test_without_a_round_the_sentence_box_is_offered(visit: Visit, community: Small) -> None:
    with database.writing() as session:
        for found in session.scalars(select(Round)):
            found.closes_at = now() - timedelta(minutes=1)
            session.add(found)
    assert say("resident.needs.none") in said(visit("needs"))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 0
