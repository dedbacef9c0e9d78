"""The screen of alerts: the pressing one large, taken up, closed; figures, misses, and the red line."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from core import database, sealing
from core.actions.accounts import create_account
from core.actions.alerts import escalate
from core.actions.comments import Sentence, say_sentence
from core.actions.contacts import Reach
from core.words import CHINA
from models.account import AuditEntry
from models.alert import Alert, AlertMiss
from models.base import now
from models.comment import Comment
from pages.parts.alert_words import known, when
from tests.core.alerting import FIRE, QUIET, alerts, always_on, say_it
from tests.core.conftest import Small
from tests.pages.committee.conftest import PASSWORD, Visit, told

HALF = timedelta(minutes=30)


def _press(screen: AppTest, key: str) -> AppTest:
    return screen.button(key=key).click().run()


def _lines(screen: AppTest) -> list[str]:
    """Labels of the links to other screens."""
    return [one.proto.label for one in screen.get("page_link")]


def _all(screen: AppTest) -> str:
    return html.unescape(told(screen)) + "".join(one.value for one in screen.success)


def test_nothing_waits_and_nothing_is_red(staffed: Small, visit: Visit) -> None:
    said = _all(visit("alerts"))
    assert "现在没有等着处理的预警" in said and "还没有值班表" in said
    assert not any("预警等着处理" in line for line in _lines(visit("overview")))


def test_an_alert_is_read_taken_up_and_closed(staffed: Small, visit: Visit) -> None:
    always_on(staffed.community)
    say_it(staffed.community, FIRE + "<script>")
    screen = visit("alerts")
    said = told(screen)
    assert "1 条预警还没有人打开" in said
    assert html.escape(FIRE + "<script>") in said and "<script>" not in said
    assert "打 119" in said and "现在值班：甲（800），代班：乙（801）" in said
    (found,) = alerts()
    screen = _press(screen, f"alerts.open.{found.id}")
    assert "这条预警由您处理" in _all(screen) and "1 条预警已经有人在处理" in _all(screen)
    screen.selectbox[0].select("handed_over")
    screen.text_area[0].input("已转 119，工号 12")
    _press(screen, _save(screen))
    (found,) = alerts()
    assert (found.outcome, found.note) == ("handed_over", "已转 119，工号 12")
    assert "结果已记下" in _all(screen) and "现在没有等着处理的预警" in _all(screen)


def _save(screen: AppTest) -> str:
    return next(one.key for one in screen.button if one.label == "保存结果")


def test_without_an_outcome_nothing_is_closed(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, FIRE)
    screen = _press(visit("alerts"), f"alerts.open.{alerts()[0].id}")
    _press(screen, _save(screen))
    assert "请选择结果" in _all(screen) and alerts()[0].closed_at is None


def test_hidden_words_are_shown_only_when_asked_for(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, FIRE + "，打我 13812345678")
    screen = visit("alerts")
    assert "13812345678" not in told(screen)
    screen = _press(screen, f"alerts.open.{alerts()[0].id}")
    assert "13812345678" not in told(screen)
    assert "13812345678" in told(_press(screen, "alerts.original"))


def test_a_number_left_is_told_at_once_and_opened_on_demand_by_whoever_took_it_up(
    staffed: Small, visit: Visit
) -> None:
    fire = Sentence(staffed.community, FIRE, "k", contact=Reach("13812345678", "王<b>"))
    said = say_sentence(fire).response_id
    key = f"contact.see.{said}"
    screen = visit("alerts")
    assert "居民请您联系，留了电话" in told(screen) and key not in {one.key for one in screen.button}
    screen = _press(screen, f"alerts.open.{alerts()[0].id}")
    assert "138 1234 5678" not in told(screen)
    screen = _press(screen, key)
    assert "138 1234 5678，称呼：王&lt;b&gt;" in told(screen)
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "contact.opened")).one()
        assert (entry.subject, entry.subject_id, entry.account_id) == ("comment", said, alerts()[0].opened_by)


def test_where_no_number_was_left_nothing_is_said_and_a_deleted_one_is(staffed: Small, visit: Visit) -> None:
    say_it(staffed.community, FIRE)
    screen = _press(visit("alerts"), f"alerts.open.{alerts()[0].id}")
    assert "请您联系" not in told(screen) and "查看电话" not in {one.label[:4] for one in screen.button}
    with database.writing() as session:
        session.execute(update(Comment).values(contact="0" * 32))
    screen = visit("alerts")
    assert "留的电话已经删除" in told(screen) and "查看电话" not in {one.label[:4] for one in screen.button}


def test_a_number_sealed_under_an_older_secret_is_told_so(
    staffed: Small, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire = Sentence(staffed.community, FIRE, "k", contact=Reach("13812345678"))
    said = say_sentence(fire).response_id
    screen = _press(visit("alerts"), f"alerts.open.{alerts()[0].id}")
    monkeypatch.setattr(sealing, "key_for", lambda _purpose: b"0" * 32)
    assert "密钥换过以后打不开了" in told(_press(screen, f"contact.see.{said}"))


def test_what_is_late_is_said_first_and_to_whom_it_went(staffed: Small, visit: Visit) -> None:
    always_on(staffed.community)
    say_it(staffed.community, FIRE)
    late = now() - timedelta(hours=2)
    with database.writing() as session:
        session.execute(update(Alert).values(raised_at=late, due_at=late + HALF))
    escalate()
    said = told(visit("alerts"))
    assert "1 条预警过了时限还没有人打开" in said and "转给乙（801）" in said


def test_one_may_look_at_another_one(staffed: Small, visit: Visit) -> None:
    for text in (FIRE, "电梯卡在六楼，里面有人"):
        say_it(staffed.community, text)
    screen = visit("alerts")
    assert f"alerts.open.{alerts()[0].id}" in {one.key for one in screen.button}
    screen = _press(screen, f"alerts.look.{alerts()[1].id}")
    assert f"alerts.open.{alerts()[1].id}" in {one.key for one in screen.button}


def test_outside_hours_it_says_when_somebody_comes(staffed: Small, visit: Visit) -> None:
    from core.actions.duty import NewPerson, Turns, add_person, add_turns

    later = now().astimezone(CHINA) + timedelta(hours=2)
    with database.writing() as session:
        one = add_person(session, staffed.community, NewPerson(name="值班室", phone="8001"))
        start = later.hour * 60 + later.minute
        add_turns(
            session, staffed.community, Turns([later.isoweekday()], start, (start + 30) % 1440 or 1440, one)
        )
    say_it(staffed.community, FIRE)
    said = told(visit("alerts"))
    assert f"现在不在值班时间，最近的值班：{when(later, now())}，值班室（8001）" in said
    assert "发出时不在值班时间" in said
    assert alerts()[0].due_at == later.replace(second=0, microsecond=0) + HALF


def test_a_miss_is_found_by_its_words_and_recorded(staffed: Small, visit: Visit) -> None:
    said = say_it(staffed.community, QUIET)
    screen = visit("alerts")
    screen.text_input[0].input("没有的字").run()
    assert "没有找到没发过预警" in told(screen)
    screen.text_input[0].input("今晚").run()
    next(one for one in screen.selectbox if one.label == "怎么发现的").select("agency")
    screen.checkbox[0].check()
    _press(screen, next(one.key for one in screen.button if one.label == "记为漏报"))
    assert "预警也已发出" in _all(screen)
    with database.reading() as session:
        row = session.get_one(AlertMiss, 1)
        assert (row.comment_id, row.how) == (said, "agency")
    assert [one.source for one in alerts()] == ["person"]


def test_figures_are_told_even_when_they_are_small_and_shares_only_when_they_are_not(
    staffed: Small, visit: Visit
) -> None:
    say_it(staffed.community, FIRE)
    with database.writing() as session:
        session.execute(update(Alert).values(opened_at=now(), closed_at=now(), outcome="handled"))
    said = told(visit("alerts"))
    assert "真有危险的占比" in said and ">1 / 1<" in said and ">100%" not in said


@pytest.mark.parametrize("role", ["social_worker", "supervisor"])
def test_those_who_serve_residents_see_it_and_a_purchaser_neither_screen_nor_line(
    staffed: Small, visit: Visit, role: str
) -> None:
    with database.writing() as session:
        create_account(session, name=role, display=role, password=PASSWORD, roles=[(role, "all", None)])
    say_it(staffed.community, FIRE)
    assert FIRE in told(visit("alerts", role))
    assert any("1 条预警等着处理，其中 1 条还没有人打开" in line for line in _lines(visit("overview", role)))
    assert "没有看这一页的权限" in told(visit("alerts", "purchaser"))
    assert not any("预警" in line for line in _lines(visit("overview", "purchaser")))


def test_the_line_tells_of_other_communities_only_where_the_screen_shows_its_own(
    staffed: Small, visit: Visit
) -> None:
    from models.place import Community

    say_it(staffed.community, FIRE)
    assert not any("预警等着处理" in line for line in _lines(visit("alerts")))
    with database.writing() as session:
        session.add(Community(code="u", name="另一社区"))
        session.flush()
    say_it(staffed.community + 1, FIRE)
    assert any("1 条预警等着处理" in line for line in _lines(visit("alerts")))
    assert any("2 条预警等着处理" in line for line in _lines(visit("overview")))


def test_a_moment_is_told_as_one_says_it() -> None:
    at = datetime(2026, 11, 26, 23, 30, tzinfo=CHINA)
    days = {0: "今天 23:30", 1: "明天 23:30", -1: "昨天 23:30", 4: "11 月 30 日（周一）23:30"}
    assert {n: when(at + timedelta(days=n), at) for n in days} == days


def test_every_kind_of_the_light_check_has_a_word_and_a_hint() -> None:
    from core.text.danger import _rules
    from core.words import sentences

    for kind in (*_rules().kinds, "other"):
        assert {f"alerts.kind.{kind}", f"alerts.hint.{kind}"} <= set(sentences())
    assert known(["fire", "cut off"]) == ["fire"] and known([]) == ["other"]
