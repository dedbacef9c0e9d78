"""The demo's answers and sign-ups: every state, some public, verdicts, a full activity, one with contacts."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlmodel import Session

from core import database, security
from core.actions import round_cache
from core.actions.demo_accounts import create_demo_accounts
from core.actions.demo_replies import load_demo_replies, load_demo_signups
from core.queries.board import coming_activities, published_answers
from core.settings import settings
from models.account import Contact
from models.comment import AnswerToResidents, Comment, Verdict
from models.programme import Activity, Enrolment
from models.taxonomy import ANSWER_STATES
from tests.core.actions.conftest import AT, Demo


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory, demo_of_a_moment: Demo) -> Iterator[int]:
    """The demo with its accounts, answers and sign-ups; none of the tests changes it."""
    folder = tmp_path_factory.mktemp("replies")
    shutil.copy(demo_of_a_moment.record, folder / "linsheng.db")
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINSHENG_VAR", str(folder))
        patch.setenv("LINSHENG_DATABASE_URL", "")
        patch.setenv("LINSHENG_DEMO", "1")
        patch.setenv("LINSHENG_SECRET", "for-tests-only-" + "x" * 32)
        patch.setattr(security, "_passwords", quick)
        settings.cache_clear()
        round_cache.forget()
        found = demo_of_a_moment.loaded.community_id
        assert load_demo_replies(AT) == 0  # nobody who could have answered
        create_demo_accounts()
        assert load_demo_replies(AT) == 13
        assert load_demo_signups(AT) == 10 + 7 + 24 + 19 + 12 + 6 + 9 + 2
        yield found
        database.dispose()
    settings.cache_clear()
    round_cache.forget()


@pytest.fixture
def session(community: int) -> Iterator[Session]:
    """A reading session on the demo."""
    with database.reading() as found:
        yield found


def test_every_state_occurs_and_no_answer_came_before_its_comment(session: Session) -> None:
    rows = session.execute(
        select(AnswerToResidents, Comment.said_at).join(Comment, Comment.id == AnswerToResidents.comment_id)
    ).all()
    assert {row.state for row, _ in rows} == set(ANSWER_STATES)
    assert all(said_at <= row.answered_at <= AT for row, said_at in rows)
    by_comment = Counter(row.comment_id for row, _ in rows)
    assert len(by_comment) == 13 and sorted(by_comment.values())[-4:] == [2, 2, 2, 2]
    for id_ in by_comment:
        given = [row.answered_at for row, _ in rows if row.comment_id == id_]
        assert given == sorted(given) and len(set(given)) == len(given)


def test_eight_stand_on_the_board_and_none_is_anybodys_sentence(community: int, session: Session) -> None:
    public = published_answers(session, community)
    assert len(public) == 8 and {"done", "doing", "declined", "answered"} == {one.state for one in public}
    said = set(session.scalars(select(Comment.original)))
    assert not said & {one.topic for one in public}
    assert {one.area for one in public} >= {"elderly", "children_youth", "culture"}


def test_authors_thought_differently_of_what_was_done(session: Session) -> None:
    counted = Counter(session.scalars(select(Verdict.verdict)))
    assert counted == {"solved": 3, "partly": 1, "unsolved": 1}
    late = select(Verdict.id).where(Verdict.given_at > AT)
    assert session.scalars(late).all() == []


def test_one_activity_is_full_with_people_waiting_and_one_asks_for_contacts(
    community: int, session: Session
) -> None:
    coming = coming_activities(session, community, since=AT, until=AT + timedelta(days=60), most=99)
    full = [(one.name[:5], one.waiting) for one in coming if one.free == 0]
    assert ("老友茶话会", 2) in full and len(full) == 2
    asking = [(one.name, one.enrolled) for one in coming if one.needs_contact]
    assert asking[0] == ("陪诊日", 2) and {name for name, _ in asking} == {"陪诊日"}
    with_contact = session.scalars(
        select(Activity.name).join(Enrolment).where(Enrolment.contact_id.is_not(None))
    ).all()
    assert with_contact == ["陪诊日", "陪诊日"] and len(session.scalars(select(Contact)).all()) == 2
