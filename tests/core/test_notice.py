"""The notice says what is stored: every column about residents is in it, and nothing that isn't there."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from core.errors import NotFound
from core.notice import FOLDER, VERSION, notice, words
from core.questionnaires.load import SHIPPED, load
from models.tables import metadata

FIGURES = {"community": "甲社区", "phone": "8800", "contact_days": 180, "draft_days": 14}
# What says nothing about any resident: places and their population, staff, questionnaires, what is offered,
# the machine itself. A new table is either named here or stands in the notice.
ABOUT_NO_RESIDENT = {
    "subdistrict", "community", "grid", "building", "population",
    "account", "account_role", "staff_session", "duty_person", "duty_shift", "duty_plan",
    "questionnaire", "round",
    "provider", "contract", "contract_community", "programme", "programme_need", "other_provision",
    "activity",
    "classifier_version", "classifier_job", "fold_state",
}  # fmt: skip
SHORT_LIVED = {"contact": "contact", "draft": "draft"}


def _stored() -> set[str]:
    """Every column of every table that may hold something about residents."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.name not in ABOUT_NO_RESIDENT
        for column in table.columns
    }


def test_every_stored_column_about_residents_is_in_the_notice_once_and_nothing_else() -> None:
    told = Counter(notice(**FIGURES).columns)
    assert [column for column, n in told.items() if n > 1] == []
    assert _stored() - set(told) == set(), "stored, but residents are not told: add it to data/notice"
    assert set(told) - _stored() == set(), "told, but no such column"


def test_what_is_about_no_resident_still_exists() -> None:
    assert ABOUT_NO_RESIDENT - {table.name for table in metadata.sorted_tables} == set()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_questionnaires_ask_for_consent_to_this_very_version(path: object) -> None:
    assert load(path).notice_version == VERSION  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_file_is_named_by_its_version(path: object) -> None:
    assert notice(path.stem, **FIGURES).version == path.stem  # type: ignore[attr-defined]


def test_contacts_and_drafts_are_short_lived_and_told_so() -> None:
    told = notice(**FIGURES)
    for group in told.kept:
        tables = {column.partition(".")[0] for column in group.columns}
        for table, keep in SHORT_LIVED.items():
            assert (group.keep == keep) == (tables == {table}), (group.id, tables)
    lines = {keep.id: keep.lines[0] for keep in told.keeps}
    assert set(lines) == {"contact", "draft", "long"}
    assert "180 天后自动删除" in lines["contact"] and "14 天没有接着填" in lines["draft"]


def test_it_says_what_the_law_asks_for() -> None:
    told = notice(**FIGURES)
    parts = {part.id: "".join(part.lines) for part in told.parts}
    for part, phrases in {
        "who": ("甲社区居民委员会", "8800"),
        "why": ("不用来做别的",),
        "refuse": ("得到的服务一样", "反悔"),
        "sensitive": ("单独问",),
        "children": ("不满 14 岁", "监护人"),
        "rights": ("看：", "改：", "删：", "回执码"),
    }.items():
        assert all(phrase in parts[part] for phrase in phrases), part
    assert all(group.why and group.items for group in told.kept)


def test_every_sentence_has_a_key_of_its_own_and_no_gap_left_open() -> None:
    keys = [key for key, _ in words()]
    assert len(keys) == len(set(keys))
    told = notice(**FIGURES)
    said = [*told.short, *(line for part in (*told.parts, *told.keeps) for line in part.lines)]
    assert not [line for line in said if re.search(r"[{}]", line)]


@pytest.mark.parametrize("version", ["", "2020-01", "../words/zh-CN/door", "2026-11/../2026-11"])
def test_there_is_no_other_version(version: str) -> None:
    with pytest.raises(NotFound):
        notice(version, **FIGURES)
