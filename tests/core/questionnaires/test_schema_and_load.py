"""A definition is validated, immutable, known by its content; a faulty file is told in a sentence."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.questionnaires.load import (
    SHIPPED,
    QuestionnaireError,
    definition_hash,
    load,
    load_shipped,
    parse,
    plain,
    shipped,
)
from core.questionnaires.schema import Definition


@pytest.fixture
def data() -> dict[str, Any]:
    """feedback-v1 as plain data, to be broken."""
    return copy.deepcopy(yaml.safe_load((SHIPPED / "feedback-v1.yaml").read_text(encoding="utf8")))


def test_what_is_shipped_can_be_read() -> None:
    assert [definition.code for definition in shipped()] == ["feedback-v1", "needs-v1"]


def test_nothing_of_a_definition_can_be_changed(feedback: Definition) -> None:
    for part, name in ((feedback, "title"), (feedback.questions[0], "text"), (feedback.sections[0], "id")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, "anders")
    assert isinstance(feedback.questions[0].choices, tuple)


def test_the_digest_is_of_the_content_not_of_how_it_is_written(data: dict[str, Any], tmp_path: Path) -> None:
    turned = {key: data[key] for key in reversed(data)}
    rewritten = tmp_path / "f.yaml"
    rewritten.write_text(yaml.safe_dump(turned, allow_unicode=True, indent=7), encoding="utf8")
    digest = definition_hash(load_shipped("feedback-v1"))
    assert definition_hash(load(rewritten)) == digest == definition_hash(parse(plain(parse(data))))
    assert len(digest) == 64 and set(digest) <= set("0123456789abcdef")


def test_any_changed_word_changes_the_digest(data: dict[str, Any]) -> None:
    before = definition_hash(parse(data))
    data["sections"][0]["questions"][0]["choices"][4]["label"] = "收获非常大"
    assert definition_hash(parse(data)) != before


def _drop(name: str) -> Any:
    return lambda data: data.pop(name)


def _set(**values: Any) -> Any:
    return lambda data: data["sections"][0]["questions"][0].update(values)


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (_drop("title"), "title", "缺少"),
        (lambda data: data.update(colour="red"), "colour", "不认识这一项"),
        (_set(knid="scale"), "sections.0.questions.0.knid", "不认识这一项"),
        (_set(kind="slider"), "kind", "“slider”"),
        (_set(code="Gain 1"), "code", "“Gain 1”"),
        (_set(text=5), "text", "应当是文字"),
        (_set(required="sometimes"), "required", "true 或 false"),
        (_set(most="many"), "most", "整数"),
        (_set(choices=[]), "questions.0", "没有选项"),
        (_set(choices="a"), "choices", "列表"),
        (_set(kind="matrix"), "questions.0", "rows"),
        (_set(rows=[{"code": "a", "label": "a"}]), "questions.0", "rows"),
        (_set(code="content"), "—", "编码重复：content"),
        (_set(piped_from=["nowhere"]), "—", "nowhere"),
        (lambda data: data.update(code="feedback"), "code", "“feedback”"),
        (lambda data: data.update(sections=3), "sections", "列表"),
        (lambda data: data.update(sections=[3]), "sections.0", "名称: 值"),
    ],
)
def test_a_wrong_part_is_told_by_its_place(
    data: dict[str, Any], change: Any, place: str, reason: str
) -> None:
    change(data)
    with pytest.raises(QuestionnaireError) as caught:
        parse(data)
    told = str(caught.value)
    assert place in told and reason in told, told
    assert "error" not in told.lower() and "input" not in told.lower()


@pytest.mark.parametrize(
    "change", [_set(relevant="who =="), _set(choices=[{"code": 1, "label": "a", "only": "("}])]
)
def test_a_condition_that_cannot_be_read_is_found_with_the_file(data: dict[str, Any], change: Any) -> None:
    change(data)
    with pytest.raises(QuestionnaireError, match="条件没有写完"):
        parse(data)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: [", "第 1 行附近不完整"),
        (b"a: 1\nb: {\n", "不完整"),
        (b"a: 1\n\tb: 2\n", "第 2 行附近不完整"),
        (b"day: 2026-13-45\n", "不完整"),
        (b"[" * 5_000, "不完整"),
        (b"!!python/object/apply:os.system ['true']", "不完整"),
        ("题目".encode("gb18030"), "UTF-8"),
        (b"", "读不了问卷文件"),
        (b"- 1\n", "读不了问卷文件"),
        (b"just words", "读不了问卷文件"),
    ],
)
def test_a_file_that_is_no_questionnaire_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "torn.yaml"
    path.write_bytes(content)
    with pytest.raises(QuestionnaireError) as caught:
        load(path)
    assert told in str(caught.value) and "torn.yaml" in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireError, match=r"gone\.yaml"):
        load(tmp_path / "gone.yaml")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["code", "kind", "title", "sections", "about", "notice_version"]), _JSON)
)
def test_any_data_is_a_definition_or_told(data: dict[str, Any]) -> None:
    with pytest.raises(QuestionnaireError, match="问卷定义有误"):
        parse(data)
