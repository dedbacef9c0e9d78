"""The screen on which residents are answered: who waits, the form, a whole topic at once, the board."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.accounts import create_account
from models.base import now
from models.comment import AnswerToResidents, Comment, Verdict
from models.programme import Activity, Enrolment
from models.topic import CommentTopic, Topic
from tests.core.alerting import FIRE, say_it
from tests.core.conftest import Small
from tests.pages.committee.conftest import PASSWORD, Visit, told

LIFT = "四楼的电梯又坏了没人修<script>"


def _all(screen: AppTest) -> str:
    return html.unescape(told(screen)) + "".join(one.value for one in screen.success)


def _press(screen: AppTest, label: str) -> AppTest:
    return next(one for one in screen.button if one.label == label).click().run()


def _labelled(fields: object, label: str) -> object:
    return next(one for one in fields if one.label.startswith(label))  # type: ignore[attr-defined]


def _fill(screen: AppTest, state: str, reason: str = "", *, public: str = "", owner: str = "物业") -> None:
    _labelled(screen.selectbox, "办到哪一步").select(state)  # type: ignore[attr-defined]
    _labelled(screen.text_area, "情况和理由").input(reason)  # type: ignore[attr-defined]
    _labelled(screen.text_input, "负责的部门").input(owner)  # type: ignore[attr-defined]
    if public:
        screen.checkbox[0].check()
        _labelled(screen.text_input, "公开时写").input(public)  # type: ignore[attr-defined]


def _rows() -> list[AnswerToResidents]:
    with database.reading() as session:
        return list(session.scalars(select(AnswerToResidents).order_by(AnswerToResidents.id)))


def _topic(small: Small, *ids: int) -> int:
    with database.writing() as session:
        topic = Topic(
            community_id=small.community, area="facilities", state="approved", title="电梯常坏",
            words=["电梯"], centre={}, found_at=now(),
        )  # fmt: skip
        session.add(topic)
        session.flush()
        for id_ in ids:
            session.add(CommentTopic(comment_id=id_, topic_id=topic.id or 0, nearness=1, repeats_id=id_))
        return topic.id or 0


def test_nobody_waits_and_nothing_is_public(staffed: Small, visit: Visit) -> None:
    screen = visit("answers")
    assert "没有等着答复的意见" in _all(screen)
    assert "还没有公开的答复" in _all(_look_at(screen, "public"))
    assert "近期没有活动" in _all(_look_at(screen, "signups"))


def test_who_waits_longest_is_looked_at_first_and_danger_before_all(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, LIFT, now() - timedelta(days=3))
    screen = visit("answers")
    said = told(screen)
    assert "1 条意见等着答复" in said and html.escape(LIFT) in said and "<script>" not in said
    say_it(staffed.community, FIRE)
    said = told(visit("answers"))
    assert "2 条意见等着答复，其中 1 条可能有危险" in said
    assert said.index(FIRE) < said.index(html.escape(LIFT))


def test_an_answer_is_stored_told_and_the_next_one_comes_up(staffed: Small, visit: Visit) -> None:
    first = say_it(staffed.community, LIFT, now() - timedelta(days=3))
    say_it(staffed.community, "路灯不亮")
    screen = visit("answers")
    _fill(screen, "doing", "厂家在换钢索")
    screen = _press(screen, "保存答复")
    (row,) = _rows()
    assert (row.comment_id, row.state, row.reason, row.owner) == (first, "doing", "厂家在换钢索", "物业")
    assert row.published is False and row.area == "other"
    said = _all(screen)
    assert "答复已保存" in said and "1 条意见等着答复" in said and LIFT not in said


def test_what_is_refused_is_told_and_stays_typed(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, LIFT)
    screen = visit("answers")
    _fill(screen, "done", "请打 13800000000")
    screen = _press(screen, "保存答复")
    assert "好像有电话" in _all(screen) and _rows() == []
    assert _labelled(screen.text_area, "情况和理由").value == "请打 13800000000"  # type: ignore[attr-defined]


def test_publishing_needs_words_of_its_own(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, LIFT)
    for wording, told_so in ((" ", "要写明是什么事"), ("四楼的电梯又坏了", "居民的原话")):
        screen = visit("answers")
        _fill(screen, "done", "换了钢索", public=wording)
        assert told_so in _all(_press(screen, "保存答复")) and _rows() == []
    screen = visit("answers")
    _fill(screen, "done", "换了钢索", public="电梯维修")
    said = _all(_press(screen, "保存答复"))
    assert "也在“看回应”里公开了" in said
    assert [(row.topic, row.published) for row in _rows()] == [("电梯维修", True)]


def test_what_is_typed_beside_an_unticked_box_is_not_published(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, LIFT)
    screen = visit("answers")
    _fill(screen, "done", "换了钢索", public="电梯维修")
    screen.checkbox[0].uncheck()
    _press(screen, "保存答复")
    assert [(row.topic, row.published) for row in _rows()] == [("", False)]


def test_a_whole_topic_is_answered_at_once(staffed: Small, visit: Visit) -> None:
    ids = [say_it(staffed.community, f"电梯坏了{i}次", now() - timedelta(days=i + 1)) for i in range(5)]
    other = say_it(staffed.community, "路灯不亮")
    _topic(staffed, *ids)
    screen = visit("answers")
    said = _all(screen)
    assert "主题：电梯常坏" in said
    assert _labelled(screen.text_input, "公开时写").value == "电梯常坏"  # type: ignore[attr-defined]
    _fill(screen, "doing", "换钢索")
    screen.radio[0].set_value("all")
    screen.checkbox[0].check()
    said = _all(_press(screen, "保存答复"))
    assert "5 条意见的作者凭回执码都能看到" in said and "1 条意见等着答复" in said
    assert {row.comment_id for row in _rows()} == {*ids, None} and other not in {
        row.comment_id for row in _rows()
    }
    assert [(row.topic, row.voices) for row in _rows() if row.published] == [("电梯常坏", 5)]


def test_earlier_answers_and_the_authors_verdict_stand_beside(staffed: Small, visit: Visit) -> None:
    said = say_it(staffed.community, LIFT)
    with database.writing() as session:
        facts = {"community_id": staffed.community, "comment_id": said, "area": "facilities"}
        for days, state, reason in ((3, "answered", "先招标"), (1, "done", "换好了<b>")):
            at = now() - timedelta(days=days)
            session.add(AnswerToResidents(**facts, state=state, reason=reason, answered_at=at))
        session.add(Verdict(comment_id=said, verdict="unsolved", given_at=now()))
    screen = visit("answers")
    assert LIFT not in _all(screen)
    _labelled(screen.selectbox, "状态").select("done")  # type: ignore[attr-defined]
    page = told(screen.run())
    assert page.index("先招标") < page.index("换好了&lt;b&gt;")
    assert "居民说：没有解决" in page


def test_one_may_answer_another_one_and_turn_the_page(staffed: Small, visit: Visit) -> None:
    for i in range(12):
        say_it(staffed.community, f"第{i:02d}条", now() - timedelta(days=30 - i))
    screen = visit("answers")
    assert "第 1–10 条" in told(screen) and "第10条" not in told(screen)
    with database.reading() as session:
        wanted = session.scalar(select(Comment.id).where(Comment.redacted == "第05条"))
    screen = screen.button(key=f"answers.look.{wanted}").click().run()
    _fill(screen, "done")
    _press(screen, "保存答复")
    assert [row.comment_id for row in _rows()] == [wanted]
    screen = visit("answers").button(key="answers.next").click().run()
    assert "第 11–11 条" in told(screen) and "第11条" in told(screen)
    assert "第 1–10 条" in told(screen.button(key="answers.back").click().run())


def _look_at(screen: AppTest, view: str) -> AppTest:
    screen.segmented_control(key="answers.view").select(view)
    return screen.run()


def test_what_is_public_can_be_taken_down(staffed: Small, visit: Visit) -> None:
    with database.writing() as session:
        session.add(
            AnswerToResidents(
                community_id=staffed.community, area="facilities", topic="电梯<维修>", voices=37,
                state="done", answered_at=now(), published=True,
            )
        )  # fmt: skip
    screen = _look_at(visit("answers"), "public")
    assert "电梯&lt;维修&gt;" in told(screen) and "37 人说到" in told(screen)
    said = _all(_press(screen, "撤下"))
    assert "已从“看回应”撤下" in said and "还没有公开的答复" in said
    assert [row.published for row in _rows()] == [False]


def test_sign_ups_are_counted_activity_by_activity(staffed: Small, visit: Visit) -> None:
    with database.writing() as session:
        made = Activity(
            code="walk", community_id=staffed.community, name="健步走", area="culture", capacity=2,
            starts_at=now() + timedelta(days=1), needs_contact=True,
        )  # fmt: skip
        session.add(made)
        session.flush()
        for state in ("enrolled", "enrolled", "waiting", "withdrawn"):
            session.add(Enrolment(activity_id=made.id or 0, enrolled_at=now(), state=state))
    page = told(_look_at(visit("answers"), "signups"))
    row = page[page.index("健步走") :]
    cells = [part.split("</td>")[0].rpartition(">")[2] for part in row.split("<td")[1:6]]
    assert cells[1:] == ["2", "2", "1", "是"]


@pytest.mark.parametrize(("role", "may"), [("social_worker", True), ("supervisor", False), ("admin", False)])
def test_who_answers_is_the_committee_and_social_workers(
    staffed: Small, visit: Visit, role: str, may: bool
) -> None:
    with database.writing() as session:
        create_account(session, name=role, display=role, password=PASSWORD, roles=[(role, "all", None)])
    say_it(staffed.community, "电梯又坏了")
    page = told(visit("answers", role))
    assert ("电梯又坏了" in page) is may and ("没有看这一页的权限" in page) is not may


def test_only_the_community_one_may_see_is_answered(staffed: Small, visit: Visit) -> None:
    from models.place import Community

    with database.writing() as session:
        session.add(Community(code="u", name="另一社区"))
        scope = [("committee", "community", staffed.community)]
        create_account(session, name="here", display="here", password=PASSWORD, roles=scope)
    say_it(staffed.community + 1, "别处的电梯坏了")
    say_it(staffed.community, "这里的路灯不亮")
    page = told(visit("answers", "here", c="u"))
    assert "这里的路灯不亮" in page and "别处" not in page
