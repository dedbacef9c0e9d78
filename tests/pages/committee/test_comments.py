"""The committee's screen of comments: none lost, urgent first, and words shown as words whatever they are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.accounts import create_account, sign_in
from core.actions.comments import Sentence, say_sentence
from core.actions.import_comments import import_comments
from core.actions.read_comments import read_waiting
from core.errors import Invalid
from core.queries.comments import PAGE
from core.settings import ROOT
from core.text.reading import Reading
from models.comment import Comment
from models.place import Community
from pages.parts import gate

LETTERS = Path(__file__).parents[2] / "core" / "actions" / "fifty_letters.csv"
PASSWORD = "Ein-langes-Kennwort-9"
HOSTILE = (
    "<script>document.title='taken'</script>",
    '<img src=x onerror="document.title=1">',
    "**粗体** # 标题 [链接](javascript:alert(1)) `x` $x^2$ :red[红]",
    "</p></li><h1>假标题</h1>",
    "=cmd|'/C calc'!A0",
    "👩‍👩‍👧‍👦🔥 \u202eafter the mark\u202c",
    "&lt;b&gt; &amp;amp;",
)


class _Reader:
    """Lifts are urgent facilities, schools are children's, snow is unsure; the rest is `other`."""

    version = "screen"

    def read(self, texts: Any) -> list[Reading]:
        """One reading per text."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Reading:
        lift, school = "电梯" in text, "学校" in text
        area = "facilities" if lift else "children_youth" if school else "other"
        return Reading(area, ("elderly",) if lift else (), 0.9, "neg", "complaint", lift, "雪" in text)


@pytest.fixture
def signed_in(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A member of the committee who may see every community."""
    with database.writing() as session:
        create_account(
            session, name="juwei", display="居委会", password=PASSWORD, roles=[("committee", "all", None)]
        )
    token = sign_in("juwei", PASSWORD)
    monkeypatch.setattr(gate, "current_token", lambda: token)
    yield


def _community(**fields: Any) -> int:
    with database.writing() as session:
        made = Community(**({"code": "own", "name": "本社区"} | fields))
        session.add(made)
        session.flush()
        return made.id or 0


def _run() -> AppTest:
    screen = AppTest.from_file(str(ROOT / "pages" / "committee" / "comments.py"), default_timeout=30).run()
    assert not screen.exception
    return screen


def _html(screen: AppTest) -> str:
    return "\n".join(element.proto.body for element in screen.get("html"))


def _items(screen: AppTest) -> list[str]:
    return re.findall(r'<li class="cm-item.*?</li>', _html(screen), re.DOTALL)


def _words(item: str) -> str:
    return html.unescape("".join(re.findall(r'<p class="cm-text[^>]*>(.*?)</p>', item, re.DOTALL)))


@pytest.fixture
def letters(signed_in: None) -> None:
    """Fifty letters, all read."""
    import_comments(LETTERS)
    read_waiting(_Reader(), batch=100)


def test_the_states_add_up_to_the_comments_in_and_the_source_stands_on_top(letters: None) -> None:
    shown = _html(_run())
    found = re.search(
        r"收到 (\d+) 条 = 已分类 (\d+) \+ 拿不准 (\d+) \+ 等待阅读 (\d+) \+ 没读成 (\d+)", shown
    )
    assert found
    total, *states = map(int, found.groups())
    assert total == sum(states) == 50 and states[1] > 0
    assert "来源：" in shown and "fifty_letters.csv" in shown
    assert "市长信箱" in shown and "合成" not in shown


def test_the_synthetic_mark_stands_on_synthetic_communities_alone(signed_in: None) -> None:
    here = _community(synthetic=True)
    say_sentence(Sentence(here, "路灯不亮", "k1"))
    shown = _html(_run())
    assert "示范数据（合成）" in shown and "来源" not in shown


def test_urgent_comments_come_first_with_a_sign_and_the_word(letters: None) -> None:
    items = _items(_run())
    urgent = ["可能紧急" in item for item in items]
    assert urgent[0] and urgent == sorted(urgent, reverse=True)
    assert "电梯" in _words(items[0]) and "还涉及老年人服务" in items[0] and "已分类" in items[0]


def test_filters_narrow_the_list_and_begin_at_its_first_page(letters: None) -> None:
    screen = _run()
    assert len(_items(screen)) == PAGE
    screen.button(key="comments.next").click().run()
    assert f"第 {PAGE + 1}–{2 * PAGE} 条" in _html(screen)
    screen.selectbox(key="comments.state").select("abstained").run()
    assert "第 1–" in _html(screen)
    assert _items(screen) and all("拿不准" in item and "雪" in _words(item) for item in _items(screen))
    screen.selectbox(key="comments.area").select("culture").run()
    assert _items(screen) == [] and "没有符合条件的意见" in _html(screen)


def test_a_month_holds_its_own_letters(letters: None) -> None:
    screen = _run()
    screen.selectbox(key="comments.month").select("2025-01").run()
    assert _items(screen) and all("2025-01-" in item for item in _items(screen))


def test_pages_go_on_and_back_and_hold_every_letter_once(letters: None) -> None:
    screen = _run()
    seen = list(map(_words, _items(screen)))
    while any(button.key == "comments.next" for button in screen.button):
        screen.button(key="comments.next").click().run()
        seen += map(_words, _items(screen))
    with database.reading() as session:
        assert sorted(seen) == sorted(session.scalars(select(col(Comment.redacted))))
    screen.button(key="comments.back").click().run()
    assert list(map(_words, _items(screen))) == seen[-2 * PAGE : -PAGE]


def test_hostile_words_are_shown_as_they_were_typed(signed_in: None) -> None:
    here = _community()
    for i, words in enumerate(HOSTILE):
        say_sentence(Sentence(here, words, f"key-{i}"))
    say_sentence(Sentence(here, "a\x00b\x07c", "nul"))
    screen = _run()
    said = [words.replace("\u202e", "").replace("\u202c", "") for words in HOSTILE]
    assert sorted(map(_words, _items(screen))) == sorted([*said, "abc"])
    bodies = "".join(_items(screen))
    assert not re.search(r"<(script|img|h1|b>)", bodies)
    # The list is HTML of ours: nothing a resident wrote goes through Streamlit's markdown.
    assert not any(words in element.value for element in screen.markdown for words in HOSTILE)


def test_a_hundred_thousand_characters_are_refused_at_the_door_with_a_sentence(
    signed_in: None, tmp_path: Path
) -> None:
    here = _community()
    with pytest.raises(Invalid, match="100,000"):
        say_sentence(Sentence(here, "长" * 100_000, "k"))
    path = tmp_path / "long.csv"
    path.write_text(f"text\n{'长' * 100_000}\n{'满' * 2_000}\n", encoding="utf8")
    report = import_comments(path, community="own")
    assert (report.stored, report.rejects[0].reason) == (1, "正文有 100,000 字，超过 2,000 字")
    (item,) = _items(_run())
    assert _words(item) == "满" * 2_000 and "<details>" in item


def test_what_staff_see_is_redacted(signed_in: None) -> None:
    say_sentence(Sentence(_community(), "请打 13812345678 找我", "k"))
    assert "13812345678" not in _html(_run())


def test_no_count_of_one_to_four_stands_in_the_figures_but_the_queue_shows_its_own(signed_in: None) -> None:
    here = _community()
    for i in range(3):
        say_sentence(Sentence(here, f"电梯 {i}", f"k{i}", said_at=datetime(2026, 3, 1, tzinfo=UTC)))
    read_waiting(_Reader())
    shown = _html(_run())
    assert "收到 3 条 = 已分类 3" in shown and "还看不出哪个领域最多" in shown
    table = shown[shown.index("<table>") : shown.index("</table>")]
    assert ">3<" not in table and "不显示" in table


def test_an_empty_community_says_what_to_do(signed_in: None) -> None:
    _community()
    shown = _html(_run())
    assert "还没有意见" in shown and "导入来信" in shown


def test_a_purchaser_sees_no_words(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.writing() as session:
        create_account(
            session, name="buyer", display="街道", password=PASSWORD, roles=[("purchaser", "all", None)]
        )
    token = sign_in("buyer", PASSWORD)
    monkeypatch.setattr(gate, "current_token", lambda: token)
    say_sentence(Sentence(_community(), "四楼下不来", "k"))
    shown = _html(_run())
    assert "没有看这一页的权限" in shown and "四楼下不来" not in shown
