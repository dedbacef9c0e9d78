"""The review screen: one key decides, the next comment is there, nothing is lost and nobody peeks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.accounts import create_account, sign_in, sign_out
from core.queries.review import Desk
from core.settings import ROOT
from models.account import Account
from models.base import now
from models.comment import Correction, Label, WithdrawnLabel
from models.place import Community
from models.taxonomy import AREA_LABELS
from pages.parts import gate
from pages.parts.review_team import as_table
from tests.core.conftest import Small, make_small
from tests.core.reviewing import label, says

PASSWORD = "long-enough-1"
HOSTILE = "<script>document.title='x'</script> **粗** :red[红] / facilities / safety"
ONE, TWO = "电梯 / facilities / safety", "午饭 / elderly / health"
Open = Callable[..., AppTest]


@pytest.fixture
def small(sqlite_record: Path, quick_hashes: None) -> Iterator[Small]:
    """The small community, and an account of each of five roles."""
    st.cache_resource.clear()
    made = make_small()
    with database.writing() as session:
        for role in ("social_worker", "supervisor", "committee", "purchaser", "admin"):
            here = [(role, "all", None)]
            create_account(session, name=role, display=f"{role}的姓名", password=PASSWORD, roles=here)
    yield made
    st.cache_resource.clear()


@pytest.fixture
def open_as(small: Small, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the screen as one of the accounts (empty: nobody)."""

    def _open(name: str = "social_worker") -> AppTest:
        token = sign_in(name, PASSWORD) if name else None
        monkeypatch.setattr(gate, "current_token", lambda: token)
        screen = AppTest.from_file(str(ROOT / "pages" / "menu.py"), default_timeout=30)
        screen.switch_page("social_worker/review.py")
        return screen.run()

    return _open


def _desk(small: Small, name: str) -> Desk:
    with database.reading() as session:
        found = session.scalars(select(col(Account.id)).where(col(Account.name) == name)).one()
    return Desk(small.community, found or 0)


def _raw(screen: AppTest) -> str:
    assert not screen.exception, screen.exception
    return "\n".join(getattr(one.proto, "body", "") or "" for one in screen.get("html"))


def _told(screen: AppTest) -> str:
    return html.unescape(_raw(screen))


def _words(screen: AppTest) -> str:
    found = re.search(r'class="rv-text" dir="auto">(.*?)</p>', _told(screen), re.DOTALL)
    return found[1] if found else ""


def _press(screen: AppTest, *keys: str) -> AppTest:
    """Each key is on exactly one button."""
    for key in keys:
        (found,) = [one for one in screen.button if one.proto.shortcut.lower() == key]
        found.click().run()
    return screen


def _labels() -> list[tuple[str, str, str, str, bool]]:
    with database.reading() as session:
        rows = session.scalars(select(Label).order_by(col(Label.id)))
        return [(row.area, row.areas, row.sentiment, row.intent, row.urgent) for row in rows]


def test_one_key_labels_and_the_next_comment_is_there(small: Small, open_as: Open) -> None:
    says(small.community, ONE, TWO)
    screen = open_as()
    first = _words(screen)
    assert "还有 2 条等第一遍" in _told(screen)
    _press(screen, "1")
    assert _words(screen) not in ("", first) and "今天复核了 1 条，还有 1 条" in _told(screen)
    assert "已记下：" in _told(screen)
    _press(screen, "2")
    assert "都复核完了" in _told(screen)
    expected = ["facilities", "health"] if first == ONE else ["elderly", "safety"]
    assert [row[0] for row in _labels()] == expected
    assert {row[2:] for row in _labels()} == {("neg", "complaint", False)}, "the rest as the machine read it"


def test_other_areas_have_a_letter_each_and_none_is_zero(small: Small, open_as: Open) -> None:
    says(small.community, ONE, "哈哈 / facilities / safety")
    screen = _press(open_as(), "3")
    letters = [one.proto.shortcut for one in screen.button if one.label in AREA_LABELS.values()]
    assert len(set(letters)) == len(AREA_LABELS) - 1
    _press(screen, "3")
    assert any(one.proto.shortcut == "1" for one in screen.button), "3 again goes back"
    _press(screen, "3", "h", "0")
    assert [row[0] for row in _labels()] == ["employment", "other"]


def test_what_goes_with_the_area_is_changed_by_key(small: Small, open_as: Open) -> None:
    says(small.community, ONE)
    screen = open_as()
    assert any(one.label == "情感：不满" for one in screen.button)
    _press(screen, "q", "w", "w", "e", "a", "a", "b", "d", "b", "3")
    assert any(one.label == "还涉及：社区文化体育服务" for one in screen.button)
    _press(screen, "a", "l", "3", "1")
    assert _labels() == [("facilities", "culture", "neu", "question", True)], "no area stands twice"


def test_undo_brings_the_comment_back_and_its_record_shows_it(small: Small, open_as: Open) -> None:
    says(small.community, ONE, TWO)
    screen = open_as()
    first = _words(screen)
    _press(screen, "2", "u")
    assert _words(screen) == first and _labels() == []
    assert "已撤回" in _told(screen) and "（已撤回）" in _told(screen)
    _press(screen, "1")
    assert _words(screen) not in ("", first)
    _press(screen, "u", "u")
    assert "没有可以撤回的" in _told(screen)
    with database.reading() as session:
        assert len(list(session.scalars(select(WithdrawnLabel)))) == 2


def test_the_last_one_can_be_taken_back_where_none_is_left(small: Small, open_as: Open) -> None:
    says(small.community, ONE)
    screen = _press(open_as(), "1")
    assert _words(screen) == ""
    assert _words(_press(screen, "u")) == ONE


def test_what_is_skipped_comes_back_when_asked_for(small: Small, open_as: Open) -> None:
    says(small.community, ONE, TWO)
    screen = open_as()
    first = _words(screen)
    assert _words(_press(screen, "j")) != first
    _press(screen, "1")
    assert "跳过的" in _told(screen) and _words(screen) == ""
    assert _words(_press(screen, "j")) == first


def test_a_press_meant_for_one_comment_never_falls_on_the_next(small: Small, open_as: Open) -> None:
    says(small.community, *(f"第{i}条 / facilities / safety" for i in range(3)))
    screen = open_as()
    keys = {one.key for one in screen.button if one.proto.shortcut}
    _press(screen, "1")
    assert not keys & {one.key for one in screen.button if one.proto.shortcut}


def test_the_second_reader_sees_neither_label_nor_name(small: Small, open_as: Open) -> None:
    for said in says(small.community, *(f"第{i}条 / facilities / safety" for i in range(40))):
        label(_desk(small, "supervisor"), said, "employment", areas=("convenience",))
    screen = open_as()
    screen.segmented_control(key="review.order").select("second").run()
    for _ in range(2):
        assert _words(screen)
        told = _told(screen) + "".join(one.label for one in screen.button)
        for secret in ("supervisor的姓名", AREA_LABELS["employment"], AREA_LABELS["convenience"]):
            assert secret not in told
        _press(screen, "1")


def test_what_one_labelled_can_be_changed_and_both_stand_in_the_record(small: Small, open_as: Open) -> None:
    says(small.community, ONE, TWO)
    screen = open_as()
    first = _words(screen)
    _press(screen, "1")
    (again,) = [one for one in screen.button if one.label == "改 1"]
    again.click().run()
    assert _words(screen) == first and "social_worker的姓名" in _told(screen)
    _press(screen, "2")
    assert len(_labels()) == 2 and _words(screen) not in ("", first)


def test_no_agreement_below_thirty_then_with_its_interval(small: Small, open_as: Open) -> None:
    texts = [f"第{i}条 / {area} / safety" for i in range(15) for area in ("facilities", "culture")]
    ids, desk = says(small.community, *texts), _desk(small, "social_worker")
    for said in ids[:29]:
        label(desk, said, "facilities")
    assert "满 30 条后显示（现在 29 条）" in _told(open_as())
    label(desk, ids[29], "culture")
    st.cache_resource.clear()
    found = re.search(r"(-?\d\.\d\d)，范围 (-?\d\.\d\d)–(-?\d\.\d\d)（30 条）", _told(open_as()))
    assert found and float(found[2]) <= float(found[1]) <= float(found[3])
    # By hand: 14 of 30 pairs apart; of 60 values 44 facilities, 16 culture: 1 − 59 · 28 / (2 · 44 · 16)
    assert found[1] == "-0.17"


def test_words_of_a_comment_stay_words(small: Small, open_as: Open) -> None:
    says(small.community, HOSTILE)
    screen = open_as()
    assert "<script>" not in _raw(screen) and "&lt;script&gt;" in _raw(screen)
    assert "<script>" not in _raw(_press(screen, "1"))
    assert all("script" not in one.label and "红" not in one.label for one in screen.button)


def test_what_the_machine_has_not_read_yet_is_said_to_wait(small: Small, open_as: Open) -> None:
    says(small.community, "还没读的", read=False)
    screen = open_as()
    assert "还有 1 条意见机器还没读" in _told(screen) and _words(screen) == ""
    screen.segmented_control(key="review.order").select("urgent").run()
    assert _words(screen) == "还没读的"
    _press(screen, "3", "a")
    assert [row[0] for row in _labels()] == ["elderly"]


def test_an_urgent_comment_is_marked_and_nothing_yet_is_said_in_words(small: Small, open_as: Open) -> None:
    assert "这里还没有意见" in _told(open_as())
    says(small.community, "冒烟! / safety / facilities")
    assert "可能紧急" in _told(open_as())


@pytest.mark.parametrize("role", ["", "committee", "purchaser", "admin"])
def test_the_gate_is_shut_to_others(small: Small, open_as: Open, role: str) -> None:
    says(small.community, ONE)
    screen = open_as(role)
    assert _words(screen) == "" and not screen.button
    assert ("没有看这一页的权限" if role else "请先登录") in _told(screen)


def test_a_supervisor_reviews_too(small: Small, open_as: Open) -> None:
    says(small.community, ONE)
    _press(open_as("supervisor"), "1")
    assert len(_labels()) == 1


def test_who_has_signed_out_meanwhile_labels_nothing(small: Small, open_as: Open) -> None:
    says(small.community, ONE)
    screen = open_as()
    token = gate.current_token()
    assert token is not None
    sign_out(token)
    _press(screen, "1")
    assert _labels() == [] and "请先登录" in _told(screen)


def test_what_the_author_meant_stands_under_the_words(small: Small, open_as: Open) -> None:
    said, _ = says(small.community, ONE, TWO)
    assert "本人说：" not in _told(open_as())
    with database.writing() as session:
        session.add(Correction(comment_id=said, area="culture", given_at=now()))
    assert "本人说：社区文化体育服务" in _told(open_as())


def _look(screen: AppTest) -> AppTest:
    return screen.toggle(key="review.team").set_value(True).run()


def test_the_supervisor_sees_what_each_reviewer_read_and_how_often_two_agree(
    small: Small, open_as: Open
) -> None:
    """The supervisor read 40, 33 of them after the social worker, who read 33: 24 alike, 73 %."""
    ids = says(small.community, *(f"第{i}条 / facilities / safety" for i in range(40)))
    for said in ids[:33]:
        label(_desk(small, "social_worker"), said, "facilities")
    for place, said in enumerate(ids):
        label(_desk(small, "supervisor"), said, "facilities" if place < 24 else "safety")
    label(_desk(small, "social_worker"), ids[30], "safety")
    screen = open_as("supervisor")
    assert "各位复核人" not in _told(screen)
    told = _told(_look(screen))
    table = told[told.index("<caption>各位复核人") :]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[2:4]]
    assert cells == [
        ["social_worker的姓名", "33", "33", "73%（24/33）"],
        ["supervisor的姓名", "40", "33", "73%（24/33）"],
    ]
    assert re.search(r"复核人之间的 α：-?\d\.\d\d，范围 -?\d\.\d\d–-?\d\.\d\d（33 条）", told)


def test_few_readings_have_no_share_and_are_not_counted_out(small: Small, open_as: Open) -> None:
    ids = says(small.community, ONE, TWO, "停水 / facilities / safety")
    for said in ids:
        label(_desk(small, "social_worker"), said, "facilities")
    told = _told(_look(open_as("supervisor")))
    assert told.count('<td class="n">不到 5</td>') == 1 and "不足 30 条，先不算" in told
    assert "抽样里还没有哪种改动满 5 条" in told and '<td class="n">3</td>' not in told


def test_reviewers_stand_by_name_and_a_share_is_told_from_thirty_on() -> None:
    read = pd.DataFrame([(1, 40, 30, 27), (2, 29, 29, 3)], columns=["reviewer", "n", "both", "same"])
    rows = as_table(read, {1: "乙", 2: "丙"}).to_numpy().tolist()
    assert rows == [["丙", "29", "29", "不足 30 条，先不算"], ["乙", "40", "30", "90%（27/30）"]]


def test_the_most_frequent_corrections_are_told_in_words(small: Small, open_as: Open) -> None:
    """All 30 were labelled, so the sample is all of them: six of 30 are a fifth."""
    ids = says(small.community, *(f"第{i}条 / facilities / safety" for i in range(30)))
    for place, said in enumerate(ids):
        area = "safety" if place < 6 else "health" if place < 10 else "facilities"
        label(_desk(small, "social_worker"), said, area)
    told = _told(_look(open_as("supervisor")))
    pair = {"predicted": AREA_LABELS["facilities"], "label": AREA_LABELS["safety"]}
    assert "机器读作“{predicted}”，人改成“{label}”：6 条，约占 20%".format(**pair) in told
    assert f"人改成“{AREA_LABELS['health']}”" not in told, "four are too few"


def test_where_nobody_reviewed_the_supervisor_reads_so(open_as: Open) -> None:
    assert "还没有人复核过意见。" in _told(_look(open_as("supervisor")))


def test_nobody_but_the_supervisor_sees_who_reviewed_how_much(small: Small, open_as: Open) -> None:
    label(_desk(small, "supervisor"), says(small.community, ONE)[0], "safety")
    screen = open_as("social_worker")
    assert not screen.toggle and "supervisor的姓名" not in _told(screen)
    with database.writing() as session:
        other = Community(code="other", name="别的社区")
        session.add(other)
        session.flush()
        roles = [("social_worker", "all", None), ("supervisor", "community", other.id)]
        create_account(session, name="both", display="两处", password=PASSWORD, roles=roles)
    assert not open_as("both").toggle, "supervisor elsewhere, social worker here"
