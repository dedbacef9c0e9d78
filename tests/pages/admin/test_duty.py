"""The roster on screen: people, turns, gaps and overlaps told, days without duty, what is refused."""

from __future__ import annotations

from datetime import date, time

from core import database
from core.actions.duty import NewPerson, Turns, add_person, add_turns, roster_of
from core.analysis.duty_hours import Shift
from core.queries.duty import plan, turns
from pages.parts.duty_forms import hours, moment
from tests.core.conftest import Small
from tests.pages.admin.conftest import Open, told


def _two(community: Small) -> tuple[int, int]:
    with database.writing() as session:
        first, second = (
            add_person(session, community.community, NewPerson(name=name, phone=phone))
            for name, phone in (("值班室", "8001"), ("警务室", "8002"))
        )
    return first, second


def test_an_empty_roster_says_what_to_do(community: Small, open_screen: Open) -> None:
    said = told(open_screen("duty"))
    assert "还没有值班表" in said and "名单还是空的" in said


def test_an_account_and_a_name_are_put_on_the_list(community: Small, open_screen: Open) -> None:
    screen = open_screen("duty")
    assert [one.label for one in screen.selectbox] == ["账号"]
    assert screen.selectbox[0].options == ["没有账号", "工作人员"]
    screen.text_input(key="duty.name.0").input("值班室")
    screen.button(key="duty.person").click().run()
    assert "写姓名和电话" in told(screen)
    screen.text_input(key="duty.phone.0").input("8001").run()
    screen.button(key="duty.person").click().run()
    assert "已加到名单：值班室" in told(screen) and "名单：值班室（8001）" in told(screen)


def test_turns_are_added_for_several_days_and_the_gaps_are_told(community: Small, open_screen: Open) -> None:
    first, second = _two(community)
    screen = open_screen("duty")
    screen.selectbox(key="duty.person.0").select(first)
    screen.selectbox(key="duty.deputy.0").select(second).run()
    screen.button(key="duty.turns").click().run()
    said = told(screen)
    assert "一周 168 小时里，45 小时有人值班" in said
    assert "周五 17:30–周一 8:30" in said and "周一 17:30–周二 8:30" in said
    with database.reading() as session:
        shifts = roster_of(session, community.community).shifts
    assert shifts == tuple(Shift(day, 510, 1050, "值班室（8001）", "警务室（8002）") for day in range(1, 6))


def test_a_night_turn_until_midnight_and_two_at_once(community: Small, open_screen: Open) -> None:
    first, second = _two(community)
    with database.writing() as session:
        add_turns(session, community.community, Turns([7], 23 * 60, 120, first))
        add_turns(session, community.community, Turns([1], 60, 600, second))
    screen = open_screen("duty")
    said = told(screen)
    assert "23:00–次日 2:00" in said and "有两班同时进行" in said
    screen.multiselect(key="duty.days.0").set_value([3])
    screen.time_input(key="duty.starts.0").set_value(time(20, 0))
    screen.time_input(key="duty.ends.0").set_value(time(0, 0))
    screen.selectbox(key="duty.person.0").select(first).run()
    screen.button(key="duty.turns").click().run()
    with database.reading() as session:
        assert [
            (row.starts, row.ends) for row in turns(session, community.community) if row.weekday == 3
        ] == [(1200, 1440)]


def test_nobody_chosen_is_told(community: Small, open_screen: Open) -> None:
    _two(community)
    screen = open_screen("duty")
    screen.button(key="duty.turns").click().run()
    assert "没有找到这个人" in told(screen)


def test_days_without_duty_and_the_last_to_take_over(community: Small, open_screen: Open) -> None:
    first, _ = _two(community)
    screen = open_screen("duty")
    screen.text_area(key="duty.holidays.0").input("2026-10-01\n十月二日").run()
    screen.button(key="duty.plan").click().run()
    assert "这一行不是日期：十月二日" in told(screen)
    screen.selectbox(key="duty.supervisor.0").select(first)
    screen.text_area(key="duty.holidays.0").input("2026-10-02\n\n2026-10-01").run()
    screen.button(key="duty.plan").click().run()
    assert "再过 30 分钟转值班室（8001）" in told(screen)
    with database.reading() as session:
        assert plan(session, community.community) == (first, (date(2026, 10, 1), date(2026, 10, 2)))


def test_a_turn_is_taken_away_before_the_person(community: Small, open_screen: Open) -> None:
    first, _ = _two(community)
    with database.writing() as session:
        (shift,) = add_turns(session, community.community, Turns([1], 0, 60, first))
    screen = open_screen("duty")
    screen.selectbox(key="duty.leaving.0").select(first).run()
    screen.button(key="duty.leave").click().run()
    assert "请先改班次" in told(screen)
    screen.selectbox(key="duty.turn.0").select(shift).run()
    screen.button(key="duty.unturn").click().run()
    assert "班次已撤" in told(screen)
    screen.selectbox(key="duty.leaving.1").select(first).run()
    screen.button(key="duty.leave").click().run()
    assert "已移出名单" in told(screen) and "名单：警务室（8002）" in told(screen)


def test_who_may_not_set_up_sees_no_roster(community: Small, open_screen: Open) -> None:
    assert "没有看这一页的权限" in told(open_screen("duty", "worker"))


def test_minutes_are_told_as_clocks() -> None:
    assert (hours(510, 1050), hours(1320, 360)) == ("8:30–17:30", "22:00–次日 6:00")
    assert (moment(0), moment(6 * 1440 + 5), moment(7 * 1440 + 510)) == (
        "周一 0:00",
        "周日 0:05",
        "周一 8:30",
    )
