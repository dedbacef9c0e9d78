"""The administrator sees, opens and closes rounds, and is told what is missing before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.drafts import DraftSheet, save_draft
from core.actions.late_sheets import keep_late
from core.actions.place_file import PopulationSource
from core.actions.places_table import replace_population
from core.actions.submit import Submission, save_response
from core.queries.setup import rounds_of
from core.words import CHINA
from models.base import now
from models.place import Community
from tests.pages.admin.conftest import told


def _rounds(community: Any) -> list[Any]:
    with database.reading() as session:
        return list(rounds_of(session, community.community))


def _today() -> date:
    return now().astimezone(CHINA).date()


def _cells(screen: AppTest) -> str:
    return told(screen).replace("</td>", "|").replace("<td>", "").replace('<td class="n">', "")


@pytest.mark.parametrize(("n", "shown"), [(0, "0"), (1, "少于 5"), (4, "少于 5"), (5, "5")])
def test_few_responses_are_not_counted_aloud(community: Any, open_screen: Any, n: int, shown: str) -> None:
    for i in range(n):
        save_response(Submission(community.round, community.answers(), key=f"k{i}"))
    said = _cells(open_screen("rounds"))
    assert "正在进行：2026 年秋" in said and f"手动结束|{shown}|2026-autumn|" in said


def test_a_round_is_closed_only_when_one_is_sure(community: Any, open_screen: Any) -> None:
    screen = open_screen("rounds")
    screen.button("rounds.close").click().run()
    assert "请先勾选" in told(screen) and _rounds(community)[0].closes_at is None
    screen.checkbox("rounds.sure.0").check()
    screen.button("rounds.close").click().run()
    assert "“2026 年秋”已结束" in told(screen) and "现在没有进行中的调查" in told(screen)
    assert _rounds(community)[0].closes_at is not None
    assert not any(one.key == "rounds.close" for one in screen.button)


def test_a_round_opens_now_and_stays_open_through_its_last_day(community: Any, open_screen: Any) -> None:
    screen = open_screen("rounds")
    last = _today() + timedelta(days=14)
    screen.text_input("rounds.name.needs-v1.0").set_value("冬季调查")
    screen.date_input("rounds.closes.0").set_value(last)
    screen.button("rounds.open").click().run()
    assert "“冬季调查”已建立" in told(screen) and "正在进行 2 次调查" in told(screen)
    made = _rounds(community)[0]
    assert (made.name, made.code) == ("冬季调查", f"t-needs-{_today():%Y%m}")
    assert abs(made.opens_at - now()) < timedelta(minutes=5)
    ends = made.closes_at.astimezone(CHINA)
    assert (ends.date(), ends.hour, ends.minute) == (last + timedelta(days=1), 0, 0)


def test_a_round_may_begin_later_and_one_of_the_same_month_gets_its_own_code(
    community: Any, open_screen: Any
) -> None:
    first = _today() + timedelta(days=40)
    for _ in range(2):
        screen = open_screen("rounds")
        screen.date_input("rounds.opens.0").set_value(first)
        screen.button("rounds.open").click().run()
    assert "未开始" in told(screen)
    codes = {one.code for one in _rounds(community)}
    assert codes == {"2026-autumn", f"t-needs-{first:%Y%m}", f"t-needs-{first:%Y%m}-2"}
    assert _rounds(community)[0].opens_at.astimezone(CHINA).date() == first


def test_a_feedback_round_is_published_with_its_questionnaire(community: Any, open_screen: Any) -> None:
    screen = open_screen("rounds")
    screen.selectbox("rounds.asked.0").set_value("feedback-v1").run()
    screen.button("rounds.open").click().run()
    assert _rounds(community)[0].kind == "feedback"


def test_what_cannot_be_is_said_and_nothing_opens(community: Any, open_screen: Any) -> None:
    screen = open_screen("rounds")
    screen.date_input("rounds.opens.0").set_value(_today() + timedelta(days=9))
    screen.date_input("rounds.closes.0").set_value(_today() + timedelta(days=2))
    screen.button("rounds.open").click().run()
    assert "最后一天不能早于开始日期" in told(screen) and len(_rounds(community)) == 1
    screen.date_input("rounds.closes.0").set_value(None)
    screen.text_input("rounds.name.needs-v1.0").set_value(" ")
    screen.button("rounds.open").click().run()
    assert "请写调查的名称" in told(screen) and len(_rounds(community)) == 1


def test_one_is_warned_of_missing_persons_places_and_an_open_round(community: Any, open_screen: Any) -> None:
    said = told(open_screen("rounds"))
    assert "还没有人口数" in said and "“2026 年秋”还没有结束" in said and "还没有网格" not in said
    source = PopulationSource(source="台账", as_of=date(2026, 1, 1))
    with database.writing() as session:
        replace_population(session, community.community, "人数\n900\n", source=source)
    assert "还没有人口数" not in told(open_screen("rounds"))


def test_a_community_without_places_or_rounds_is_told_so(community: Any, open_screen: Any) -> None:
    with database.writing() as session:
        bare = Community(code="bare", name="空社区")
        session.add(bare)
        session.flush()
        bare_id = bare.id
    said = told(open_screen("rounds", "root", **{"gate.community": bare_id}))
    assert "还没有做过调查" in said and "还没有网格和楼栋" in said
    screen = open_screen("places", "root", **{"gate.community": bare_id})
    assert "请先保存网格和楼栋" in told(screen) and "请先粘贴一张表" in told(screen)


def test_a_round_is_given_another_last_day_also_when_it_is_over(community: Any, open_screen: Any) -> None:
    screen = open_screen("rounds")
    screen.checkbox("rounds.sure.0").check()
    screen.button("rounds.close").click().run()
    last = _today() + timedelta(days=7)
    screen.date_input("rounds.until.1").set_value(last)
    screen.button("rounds.extend").click().run()
    assert f"“2026 年秋”收答卷到 {last}" in told(screen)
    (one,) = _rounds(community)
    assert one.closes_at.astimezone(CHINA).date() == last + timedelta(days=1)
    save_response(Submission(community.round, community.answers(), key="k"))
    screen.button("rounds.extend").click().run()
    assert "手动结束" in told(screen) and _rounds(community)[0].closes_at is None


def test_what_came_after_the_end_is_shown_and_taken_in(community: Any, open_screen: Any) -> None:
    screen = open_screen("rounds")
    assert "结束后才交来" not in told(screen)
    screen.checkbox("rounds.sure.0").check()
    screen.button("rounds.close").click().run()
    for key, answers in (("1" * 32, dict(community.answers())), ("2" * 32, {"consent": 1})):
        keep_late(save_draft(DraftSheet(key, community.round, answers=answers)))
    screen = open_screen("rounds")
    assert "结束后才交来" in told(screen) and [one.value for one in screen.text] == ["2026 年秋：2 份"]
    screen.button(f"rounds.late.{community.round}").click().run()
    assert "收下了 1 份" in told(screen) and "1 份没填完" in told(screen)
    assert [(one.n, one.late) for one in _rounds(community)] == [(1, 1)]
