"""Home, feedback, one sentence, receipt, board: what a resident taps and reads there."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.comments import Sentence, say_sentence
from core.actions.rounds import publish_snapshot
from core.errors import Unavailable
from core.words import say
from models.base import now
from models.comment import AnswerToResidents, Comment
from models.response import Response, Tombstone
from models.topic import CommentTopic, Topic
from pages.parts import questionnaire_form, sentence_box
from tests.core.conftest import Small
from tests.pages.resident.conftest import Visit, choose, said, tap

SEND = say("resident.step.send")
HOSTILE = '<script>document.title="x"</script> **粗** [链](javascript:1) 😀 \u202e'


def test_home_has_four_doors_and_the_open_round(visit: Visit) -> None:
    screen = visit()
    doors = [link.proto.label for link in screen.get("page_link")][:4]
    assert [door.split("**")[1] for door in doors] == [
        say(f"resident.home.{name}") for name in ("needs", "feedback", "board", "receipt")
    ]
    assert say("resident.home.open_ended", name="2026 年秋") in said(screen)


def test_one_sentence_is_stored_with_its_receipt_whatever_it_holds(visit: Visit, community: Small) -> None:
    screen = visit("sentence")
    screen.text_area[0].set_value(HOSTILE).run()
    tap(screen, say("resident.sentence.send"))
    assert say("resident.thanks.title") in said(screen)
    with database.reading() as session:
        stored = session.scalars(select(Comment)).one()
        assert stored.original == HOSTILE.strip() and stored.state == "waiting"
        assert (stored.round_id, stored.response_id, stored.channel) == (None, None, "sentence")


@pytest.mark.parametrize(("words", "key"), [("   ", "comment_empty"), ("长" * 100_000, "comment_too_long")])
def test_a_sentence_that_cannot_be_taken_stays_in_the_box(visit: Visit, words: str, key: str) -> None:
    screen = visit("sentence")
    screen.text_area[0].set_value(words).run()
    tap(screen, say("resident.sentence.send"))
    told = say(f"errors.{key}", n=f"{len(words):,}", most=500)
    assert told in said(screen) and screen.text_area[0].value == words


def test_a_record_that_cannot_be_written_loses_no_word(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_sentence: Sentence) -> None:
        raise Unavailable.say("record_full")

    screen = visit("sentence")
    monkeypatch.setattr(sentence_box, "say_sentence", full)
    screen.text_area[0].set_value("路灯不亮").run()
    tap(screen, say("resident.sentence.send"))
    assert say("errors.record_full") in said(screen) and screen.text_area[0].value == "路灯不亮"


def test_in_danger_the_number_to_call_stands_first(visit: Visit) -> None:
    screen = visit("sentence")
    screen.text_area[0].set_value("楼道里着火了，到处冒烟").run()
    page = said(tap(screen, say("resident.sentence.send")))
    assert page.index(say("resident.danger.fire")) < page.index(say("resident.thanks.title"))


def test_feedback_on_an_activity_takes_one_screen(visit: Visit, community: Small) -> None:
    screen = visit("feedback")
    next(b for b in screen.button if "手机课" in b.label).click().run()
    for code, value in (("gain", 5), ("content", 4), ("worker", 5), ("arrange", 2), ("again", 1)):
        choose(screen, code, value)
    tap(screen, SEND)
    assert say("resident.thanks.title") in said(screen)
    with database.reading() as session:
        stored = session.scalars(select(Response)).one()
        assert stored.activity_id == 1 and stored.answers["arrange"] == 2


def test_feedback_that_cannot_be_stored_keeps_its_answers(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_submission: object) -> None:
        raise Unavailable.say("record_busy")

    monkeypatch.setattr(questionnaire_form, "save_response", locked)
    screen = visit("feedback")
    next(b for b in screen.button if "手机课" in b.label).click().run()
    for code in ("gain", "content", "worker", "arrange", "again"):
        choose(screen, code, 1)
    tap(screen, SEND)
    assert say("errors.record_busy") in said(screen)
    assert screen.session_state["sheet.feedback"].answers["gain"] == 1


def _look_up(visit: Visit, code: str) -> str:
    screen = visit("receipt")
    screen.text_input[0].set_value(code)
    return said(tap(screen, say("resident.receipt.look")))


def test_a_receipt_shows_the_words_their_reading_and_the_answer(visit: Visit, community: Small) -> None:
    receipt = say_sentence(Sentence(community.community, HOSTILE, "k1"))
    page = _look_up(visit, receipt.code.lower())
    assert say("resident.receipt.reading") in page and say("resident.receipt.not_answered") in page
    assert "&lt;script&gt;" in page and "<script>document.title" not in page
    with database.writing() as session:
        session.add(
            AnswerToResidents(
                community_id=community.community,
                comment_id=receipt.response_id,
                area="facilities",
                state="doing",
                reason="已报物业",
                owner="居委会",
                due_on=date(2026, 12, 1),
                answered_at=now(),
            )
        )
    page = _look_up(visit, receipt.code)
    assert "已报物业" in page and "2026 年 12 月 1 日" in page and "正在办" in page


@pytest.mark.parametrize("code", ["222 2223", "abc", "' OR 1=1 --", "<b>"])
def test_an_unknown_receipt_is_told_so(visit: Visit, code: str) -> None:
    assert say("errors.unknown_receipt") in _look_up(visit, code)


def test_a_deleted_sheet_says_only_that_it_is_gone(visit: Visit, community: Small) -> None:
    from core.security import receipt_code, receipt_hash

    code = receipt_code("gone")
    with database.writing() as session:
        session.add(Tombstone(subject="comment", receipt_hash=receipt_hash(code), deleted_at=now()))
    assert say("resident.receipt.deleted", day="X").split("X")[0] in _look_up(visit, code)


def test_the_board_tells_published_figures_in_words_and_hides_small_ones(
    visit: Visit, community: Small
) -> None:
    whole = {"grid": None, "age_band": None, "sex": None}
    rows = [
        whole | {"need": "E1", "area": "elderly", "n": 590, "persons": 322, "low": 284, "high": 363},
        whole | {"need": "E2", "area": "elderly", "n": None, "persons": None, "low": None, "high": None},
    ]
    empty = said(visit("board"))
    assert say("resident.board.results_none") in empty
    with database.writing() as session:
        publish_snapshot(session, community.round, rows)
    page = said(visit("board"))
    assert say("resident.board.share_range", low="284", high="363") in page
    assert say("resident.board.share_base", n="590") in page and say("resident.board.share_hidden") in page


def test_the_board_shows_how_many_said_so_only_from_five_on(visit: Visit, community: Small) -> None:
    with database.writing() as session:
        for voices, topic in ((4, "路灯"), (5, "午饭")):
            session.add(
                AnswerToResidents(
                    community_id=community.community,
                    area="facilities",
                    topic=topic,
                    voices=voices,
                    state="done",
                    answered_at=now(),
                    published=True,
                )
            )
    page = said(visit("board"))
    assert say("resident.board.voices", n=5) in page and say("resident.board.voices", n=4) not in page
    with database.reading() as session:
        assert session.scalars(select(col(AnswerToResidents.id))).all()


def _lifts(community: Small, n: int) -> Topic:
    """A topic with a title somebody approved, and so many comments of it beside one's own."""
    with database.writing() as session:
        found = Topic(
            community_id=community.community, area="facilities", state="approved", title="电梯<常坏>",
            words=["电梯"], centre={"电梯": 1.0}, found_at=now(),
        )  # fmt: skip
        session.add(found)
        session.flush()
        for _ in range(n):
            said_so = Comment(
                community_id=community.community, channel="sentence", original="原话", redacted="电梯坏了",
                said_at=now() - timedelta(days=1), received_at=now(), state="classified",
            )  # fmt: skip
            session.add(said_so)
            session.flush()
            comment_id = said_so.id or 0
            link = CommentTopic(
                comment_id=comment_id, topic_id=found.id or 0, nearness=1, repeats_id=comment_id
            )
            session.add(link)
        session.expunge(found)
    return found


@pytest.mark.parametrize(("n", "state"), [(5, "approved"), (4, "approved"), (5, "found"), (5, "hidden")])
def test_a_receipt_tells_how_many_others_said_so(visit: Visit, community: Small, n: int, state: str) -> None:
    receipt = say_sentence(Sentence(community.community, "电梯坏了", "k1"))
    topic = _lifts(community, n)
    with database.writing() as session:
        mine = receipt.response_id
        session.add(CommentTopic(comment_id=mine, topic_id=topic.id or 0, nearness=1, repeats_id=mine))
        session.get_one(Topic, topic.id).state = state
    page = _look_up(visit, receipt.code)
    told = escape(say("resident.receipt.others", n=n, title="电梯<常坏>"))
    assert (told in page) is (n == 5 and state == "approved")
    assert ("常坏" in page) is (n == 5 and state == "approved") and "原话" not in page


@pytest.mark.parametrize(("n", "state"), [(5, "approved"), (4, "approved"), (5, "found"), (5, "hidden")])
def test_the_board_lists_topics_with_a_title_from_five_voices_on(
    visit: Visit, community: Small, n: int, state: str
) -> None:
    topic = _lifts(community, n)
    with database.writing() as session:
        session.get_one(Topic, topic.id).state = state
    page = said(visit("board"))
    shown = n == 5 and state == "approved"
    assert (say("resident.board.topics", n=90) in page) is shown and (escape("电梯<常坏>") in page) is shown
    assert (say("resident.board.voices", n=5) in page) is shown
    assert "电梯坏了" not in page and "<常坏>" not in page
