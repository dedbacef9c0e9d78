"""What to print is chosen step by step, seen as it will be, and led on to the page that prints it."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.rounds import publish_questionnaire
from core.actions.submit import Submission, save_response
from core.questionnaires.load import load_shipped
from core.settings import settings
from core.tickets import Slips
from models.base import now
from models.programme import Activity
from models.questionnaire import Round
from tests.core.output.test_qr import drawn
from tests.pages.admin.conftest import told
from tests.qr_reader import read

BASE = "https://linsheng.example.cn"


@pytest.fixture(autouse=True)
def public(community: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINSHENG_PUBLIC_URL", BASE)
    settings.cache_clear()


def _code(screen: AppTest) -> str:
    """What the previewed code says."""
    (packed,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', told(screen))
    return read(drawn(b64decode(packed).decode()))


def _way_on(screen: AppTest) -> str:
    (link,) = screen.get("link_button")
    return str(link.proto.url)


def _choose(screen: AppTest, kind: str) -> AppTest:
    return screen.radio("posters.kind").set_value(kind).run()


def _feedback(community: Any) -> None:
    with database.writing() as session:
        asked = publish_questionnaire(session, load_shipped("feedback-v1"))
        at = now() - timedelta(days=1)
        session.add(
            Round(code="fb", community_id=community.community, questionnaire_id=asked, name="评", opens_at=at)
        )
        session.add(
            Activity(
                code="lunch", community_id=community.community, name="爱心午餐", area="elderly", starts_at=at
            )
        )


@pytest.mark.parametrize("who", ["admin", "worker"])
def test_the_whole_communitys_poster_is_the_first_choice(open_screen: Any, who: str) -> None:
    screen = open_screen("posters", who)
    assert _code(screen) == f"{BASE}/f?c=t"
    assert _way_on(screen) == "/poster?c=t&kind=community"


def test_a_grid_and_a_building_are_chosen_by_name(open_screen: Any) -> None:
    screen = _choose(open_screen("posters"), "grid")
    screen.selectbox("posters.grid").set_value("2").run()
    assert _code(screen) == f"{BASE}/f?c=t&g=2" and "第2网格" in told(screen)
    screen = _choose(screen, "building")
    assert "这个网格还没有楼栋" in told(screen) and not screen.get("link_button")
    screen.selectbox("posters.grid").set_value("1").run()
    assert _code(screen) == f"{BASE}/f?c=t&g=1&b=1"
    assert _way_on(screen) == "/poster?c=t&kind=building&g=1&b=1"


def test_an_activity_needs_a_running_feedback(open_screen: Any, community: Any) -> None:
    screen = _choose(open_screen("posters"), "activity")
    assert "没有进行中的服务评价" in told(screen) and not screen.get("link_button")
    _feedback(community)
    screen.run()
    assert _code(screen) == f"{BASE}/f/fb?a=lunch" and "爱心午餐" in told(screen)
    assert _way_on(screen) == "/poster?c=t&kind=activity&a=lunch&r=fb"


def test_slips_say_their_numbers_and_where_the_next_begin(open_screen: Any, community: Any) -> None:
    screen = _choose(open_screen("posters"), "slips")
    first = community.building * 1000 + 1
    ticket = Slips("2026-autumn", "1").ticket(first)
    assert _code(screen) == f"{BASE}/f/2026-autumn?g=1&b=1&t={ticket}"
    assert f"编号 {first} 到 {first + 29}，共 30 张，3 页" in told(screen) and "填 31" in told(screen)
    screen.number_input("posters.slips.n").set_value(12).run()
    assert f"编号 {first} 到 {first + 11}，共 12 张，2 页" in told(screen)
    assert _way_on(screen) == "/poster?c=t&kind=slips&g=1&b=1&r=2026-autumn&first=1&n=12"
    assert "不要登记" in told(screen)


def test_without_a_survey_of_needs_there_are_no_slips(open_screen: Any, community: Any) -> None:
    with database.writing() as session:
        session.execute(update(Round).values(closes_at=now() - timedelta(hours=1)))
    screen = _choose(open_screen("posters"), "slips")
    assert "没有进行中的需求调查" in told(screen) and not screen.get("link_button")


@pytest.mark.parametrize("url", ["", "linsheng.example.cn"])
def test_until_there_is_an_address_it_is_refused_in_a_sentence(
    open_screen: Any, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("LINSHENG_PUBLIC_URL", url)
    settings.cache_clear()
    screen = open_screen("posters")
    assert "还不能印" in told(screen) and "LINSHENG_PUBLIC_URL" in told(screen)
    assert not screen.get("link_button") and "<img" not in told(screen)


def test_an_address_only_this_machine_knows_is_warned_of(
    open_screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINSHENG_PUBLIC_URL", "http://localhost:8501")
    settings.cache_clear()
    assert "居民的手机打不开" in told(open_screen("posters"))


@pytest.mark.parametrize(("n", "shown"), [(3, "少于 5|少于 5"), (7, "7|5")])
def test_answers_on_tickets_are_counted_few_are_not_told_apart(
    open_screen: Any, community: Any, n: int, shown: str
) -> None:
    for i in range(n):
        given = community.answers()
        save_response(Submission(community.round, given, key=f"k{i}", short=True, ticket="a" * 64))
    cells = told(open_screen("posters")).replace("</td>", "|").replace('<td class="n">', "")
    assert f"2026 年秋|{shown}|" in cells
