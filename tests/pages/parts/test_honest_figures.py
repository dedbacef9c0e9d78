"""Honest counts on the comments screen: corrected by the sample's labels, or why not; few stay hidden."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import database
from core.actions.accounts import create_account, sign_in
from core.actions.comment_tally import recount
from core.analysis.corrected_counts import corrected_by_month, corrected_counts, shown
from core.analysis.review_sample import draw
from core.queries.reviewed import reviewed
from core.settings import ROOT
from models.classifier_version import ADOPTED, ClassifierVersion
from models.comment import Classification, Comment, Label
from models.place import Community
from models.taxonomy import AREA_LABELS
from pages.parts import gate, honest_months
from pages.parts.honest_figures import as_table, told_drift

PASSWORD = "long-enough-1"
NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)
READING: dict[str, Any] = {"areas": "", "sentiment": "neu", "intent": "need", "urgent": False}
HIDDEN = "不显示"


class Place:
    """One community, and a member of the committee who is also its reviewer."""

    def __init__(self) -> None:
        with database.writing() as session:
            place = Community(code="a", name="甲社区")
            session.add(place)
            session.flush()
            self.id = place.id or 0
            self.account = create_account(
                session, name="juwei", display="居委会", password=PASSWORD, roles=[("committee", "all", None)]
            )

    def says(self, area: str, n: int, *, abstained: bool = False, at: datetime = NOON) -> None:
        """Store n comments the machine read as `area`."""
        with database.writing() as session:
            said = [
                Comment(community_id=self.id, channel="sentence", said_at=at, received_at=at,
                        original="话", redacted="话", state="abstained" if abstained else "classified")
                for _ in range(n)
            ]  # fmt: skip
            session.add_all(said)
            session.flush()
            reads = [
                Classification(comment_id=one.id or 0, classifier="v", area=area, abstained=abstained,
                               probability=0.3 if abstained else 0.95, read_at=NOON, **READING)
                for one in said
            ]  # fmt: skip
            session.add_all(reads)
            session.flush()
            for one, read in zip(said, reads, strict=True):
                one.classification_id = read.id
            session.flush()
            recount(session)

    def reviews(self, *areas: str) -> None:
        """Label the sample in its order, so many as there are areas."""
        with database.writing() as session:
            ids = draw(reviewed(session, self.id), len(areas))["comment_id"]
            for id_, area in zip(ids, areas, strict=True):
                session.add(
                    Label(
                        comment_id=int(id_), account_id=self.account, area=area, labelled_at=NOON, **READING
                    )
                )
            session.flush()
            recount(session)

    def counted(self) -> pd.DataFrame:
        """The machine's and the corrected counts, as they may be shown."""
        with database.reading() as session:
            return shown(corrected_counts(reviewed(session, self.id)).table).set_index("area")


@pytest.fixture
def place(sqlite_record: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    st.cache_resource.clear()
    made = Place()
    token = sign_in("juwei", PASSWORD)
    monkeypatch.setattr(gate, "current_token", lambda: token)
    return made


def _open() -> AppTest:
    return AppTest.from_file(str(ROOT / "pages" / "committee" / "comments.py"), default_timeout=30).run()


def _said(screen: AppTest) -> str:
    """What stands from the section's heading on."""
    assert not screen.exception
    shown = unescape("\n".join(element.proto.body for element in screen.get("html")))
    return shown[shown.index("按人工复核校正") :]


def _screen() -> str:
    return _said(_open())


def _rows(text: str) -> dict[str, list[str]]:
    found = re.findall(r"<tr>(<td.*?)</tr>", text)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in found]
    return {area: figures for area, *figures in cells}


def test_without_a_label_there_is_no_figure_but_what_to_do(place: Place) -> None:
    place.says("facilities", 40)
    text = _screen()
    assert "还没有人复核过意见" in text and "“抽样”" in text
    assert _rows(text) == {} and "拿不准的占" not in text


def test_with_few_labels_it_says_how_many_more_to_read(place: Place) -> None:
    place.says("facilities", 200)
    place.reviews(*["facilities"] * 12)
    text = _screen()
    assert "只有 12 条有人工标注" in text and "按“抽样”的顺序再看 18 条" in text
    assert _rows(text) == {}
    place.reviews(*["facilities"] * 29)
    assert "再看 1 条" in _screen()


def test_sixty_labels_correct_the_machines_counts(place: Place) -> None:
    """One cell of 200, 48 of 60 right: 48 + 140 × .8 = 160 and 12 + 140 × .2 = 40; the machine: 200, 0."""
    place.says("facilities", 200)
    place.reviews(*["facilities", "facilities", "safety", "facilities", "facilities"] * 12)
    text, counted = _screen(), place.counted()
    rows = _rows(text)
    assert list(rows) == [AREA_LABELS["facilities"], AREA_LABELS["safety"]]
    for area, machine, corrected in (("facilities", "200", "160"), ("safety", "0", "40")):
        low, high = (float(counted[end][area]) for end in ("low", "high"))
        assert rows[AREA_LABELS[area]] == [machine, corrected, f"{low:.0f}–{high:.0f}"]
        assert low < int(corrected) < high
    assert "机器读过 200 条，抽查样本里有人工标注的 60 条" in text and "“拿不准”的意见也分到了各领域" in text


def test_one_to_four_stay_hidden_and_the_abstained_are_spread(place: Place) -> None:
    """Of 243 the machine abstained from 40 (16 %); 3 of culture are hidden, with a partner."""
    place.says("facilities", 160)
    place.says("health", 40)
    place.says("culture", 3)
    place.says("elderly", 40, abstained=True)
    with database.reading() as session:
        sample = draw(reviewed(session, place.id), 60)
    place.reviews(*sample["area"])
    text, counted = _screen(), place.counted()
    rows = _rows(text)
    assert rows[AREA_LABELS["culture"]] == [HIDDEN] * 3
    assert not any("3" in cells for cells in rows.values())
    hidden = {AREA_LABELS[area] for area in counted.index[counted["hidden"]]}
    assert len(hidden) > 1 and {area for area, cells in rows.items() if cells == [HIDDEN] * 3} == hidden
    for area, row in counted[~counted["hidden"]].iterrows():
        if row["corrected"] >= 1:
            told = [f"{row['machine']}", f"{row['corrected']:.0f}", f"{row['low']:.0f}–{row['high']:.0f}"]
            assert rows[AREA_LABELS[str(area)]] == told
    assert rows[AREA_LABELS["elderly"]][0] in ("0", HIDDEN)
    assert "机器拿不准的占 16%" in text


def test_a_share_that_would_tell_of_few_abstained_is_not_told(place: Place) -> None:
    place.says("facilities", 60)
    place.says("elderly", 3, abstained=True)
    place.reviews(*["facilities"] * 40)
    text = _screen()
    assert "拿不准的占" not in text and "这里不显示占比" in text


def test_a_label_more_shows_at_once(place: Place) -> None:
    place.says("facilities", 100)
    place.reviews(*["facilities"] * 30)
    assert "人工标注的 30 条" in _screen()
    place.reviews(*["facilities"] * 31)
    assert "人工标注的 31 条" in _screen()


def test_a_month_that_left_the_band_is_told_once_there_was_an_evaluation(place: Place) -> None:
    """100 read, all labelled, 60 right; the evaluation had 950 of 1 000 right."""
    place.says("facilities", 100)
    place.reviews(*["facilities"] * 60, *["safety"] * 40)
    assert "评估时的范围" not in _screen()
    with database.writing() as session:
        session.add(
            ClassifierVersion(version="v", recipe="r", shipped="v", made_at=NOON, state=ADOPTED, n_held=1000,
                              n_new_right=950)
        )  # fmt: skip
    st.cache_resource.clear()
    text = _screen()
    assert "2026-10，抽查的 100 条里机器与人一致的占 60%，低于评估时的范围" in text


def _months(*rows: tuple[str, bool, float]) -> pd.DataFrame:
    frame: dict[str, Any] = {"month": [], "alarm": [], "outside": []}
    for row in rows:
        for name, value in zip(frame, row, strict=True):
            frame[name].append(value)
    return pd.DataFrame(frame).assign(n=1234, agreement=0.8, low=0.85, high=0.95)


def test_drift_names_the_latest_months_and_the_side() -> None:
    calm = _months(("2026-01", False, 0.0))
    assert told_drift(calm) == told_drift(calm[:0]) == ()
    moved = [(f"2026-0{month}", True, -0.05) for month in range(2, 6)]
    below, *_, last = told_drift(_months(("2026-01", False, 0.0), *moved))
    assert below.startswith("2026-05，抽查的 1,234 条") and "占 80%，低于" in below and "85%–95%" in below
    assert last.startswith("2026-03")
    assert "高于" in told_drift(_months(("2026-09", True, 0.02)))[0]


def test_other_stands_last_hidden_before_it_and_areas_without_comments_nowhere() -> None:
    figures = pd.DataFrame(
        {"area": ["other", "health", "culture", "safety", "family"],
         "machine": pd.array([90, 20, None, 0, 50], dtype="Int64"),
         "corrected": [80, 31.6, None, 0.3, 2_050.0],
         "low": [70, 25.4, None, 0, 1_900.0], "high": [90, 38.0, None, 3, 2_200.0],
         "hidden": [False, False, True, False, False]}
    )  # fmt: skip
    table = as_table(figures)
    assert table.iloc[:, 0].tolist() == [AREA_LABELS[a] for a in ("family", "health", "culture", "other")]
    assert table.iloc[0, 1:].tolist() == ["50", "2,050", "1,900–2,200"]
    assert table.iloc[1, 1:].tolist() == ["20", "32", "25–38"]


SEPTEMBER = datetime(2026, 9, 8, 4, tzinfo=UTC)


def _months_of(screen: AppTest, area: str) -> dict[str, list[str]]:
    """The table of the area's months, once it was chosen."""
    chosen = screen.selectbox(key="honest.area").set_value(area).run()
    text = _said(chosen)
    return _rows(text[text.index("各月的条数</caption>") :])


def test_an_areas_months_have_three_figures_and_what_was_abstained_from(place: Place) -> None:
    """The corrected months add up to the area's; of 100 comments in September the machine left 40 open."""
    place.says("facilities", 60, at=SEPTEMBER)
    place.says("facilities", 100)
    place.says("elderly", 40, abstained=True, at=SEPTEMBER)
    with database.reading() as session:
        frame = reviewed(session, place.id)
    read_as = draw(frame, 100)["area"]
    right = iter([True, True, False, True, True] * 20)
    place.reviews(*("safety" if area == "facilities" and not next(right) else area for area in read_as))
    screen = _open()
    assert "各月的条数" not in _said(screen)
    rows = _months_of(screen, "facilities")
    with database.reading() as session:
        months = corrected_by_month(reviewed(session, place.id)).table
    counted = months[months["area"] == "facilities"].set_index("month")
    assert list(rows) == ["2026-09", "2026-10"]
    for month, machine, abstained in (("2026-09", "60", "40%"), ("2026-10", "100", "0%")):
        row = counted.loc[month]
        told = [f"{row['corrected']:.0f}", f"{row['low']:.0f}–{row['high']:.0f}"]
        assert rows[month] == [machine, *told, abstained]
        assert row["low"] < row["corrected"] < row["high"] < 1.2 * row["machine"]
    whole = _rows(_said(screen))[AREA_LABELS["facilities"]]
    assert abs(sum(int(row[1]) for row in rows.values()) - int(whole[1])) <= 1


def test_a_month_of_one_to_four_stays_hidden_and_few_have_no_share(place: Place) -> None:
    place.says("facilities", 3, at=datetime(2026, 8, 8, 4, tzinfo=UTC))
    place.says("facilities", 20, at=SEPTEMBER)
    place.says("facilities", 40)
    place.reviews(*["facilities"] * 40)
    rows = _months_of(_open(), "facilities")
    assert rows["2026-08"] == rows["2026-09"] == [HIDDEN] * 4
    assert rows["2026-10"][0] == "40" and rows["2026-10"][3] == "0%"


def test_an_area_too_small_to_tell_of_has_no_months_to_choose(place: Place) -> None:
    place.says("facilities", 60)
    place.says("health", 30)
    place.says("culture", 3)
    place.reviews(*["facilities"] * 40)
    options = _open().selectbox(key="honest.area").options
    hidden = place.counted()["hidden"]
    assert AREA_LABELS["culture"] not in options and hidden["culture"]
    assert set(options) == {AREA_LABELS[a] for a in ("facilities", "health") if not hidden[a]} and options


def test_where_nothing_can_be_corrected_no_month_can_be_chosen(place: Place) -> None:
    place.says("facilities", 200)
    place.reviews(*["facilities"] * 12)
    screen = _open()
    assert "再看 18 条" in _said(screen)
    assert not [one for one in screen.selectbox if one.key == "honest.area"]


def test_months_are_corrected_only_once_an_area_is_chosen_and_then_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.says("facilities", 60)
    place.reviews(*["facilities"] * 40)
    asked: list[int] = []

    def counting(frame: pd.DataFrame) -> Any:
        asked.append(len(frame))
        return corrected_by_month(frame)

    monkeypatch.setattr(honest_months, "corrected_by_month", counting)
    screen = _open()
    assert asked == []
    for _ in range(2):
        assert list(_months_of(screen, "facilities")) == ["2026-10"]
    assert asked == [60]
