"""needs-v1 and feedback-v1 against DOMAIN 2.3, item by item: what is asked, of whom, in which codes."""

from __future__ import annotations

import pytest

from core.questionnaires.check import check_definition
from core.questionnaires.load import shipped
from core.questionnaires.logic import keys_of
from core.questionnaires.schema import Definition
from models.taxonomy import AGE_BANDS, BOUGHT_AREAS

FIVE = [1, 2, 3, 4, 5]


def _to(n: int) -> list[int]:
    return list(range(1, n + 1))


def _need(letter: str, n: int) -> list[str]:
    return [*(f"{letter}{i}" for i in _to(n)), f"{letter}0", f"{letter}99"]


# code → (kind, ●, codes of the choices, most); the table of DOMAIN 2.3, hh_need of its counting rules,
# and the separate consent that `status` needs.
TABLE = {
    "consent": ("consent", True, [1, 2], None),
    "who": ("single", True, _to(4), None),
    "grid": ("place", True, [], None),
    "sex": ("single", True, [1, 2, 9], None),
    "age": ("single", True, _to(9), None),
    "hh": ("single", False, _to(8), None),
    "yrs": ("single", False, _to(4), None),
    "tenure": ("single", True, _to(4), None),  # tells who is missing: also asked in the short form
    "status_consent": ("consent", False, [1, 2], None),
    "status": ("multiple", False, [*_to(7), 0, -7], None),
    "need_child": ("multiple", True, _need("C", 8), 3),
    "need_elder": ("multiple", True, _need("E", 10), 3),
    "need_cult": ("multiple", True, _need("K", 8), 3),
    "need_gen": ("multiple", False, _need("G", 9), 3),
    "top1": ("single", True, [], None),
    "hh_need": ("multiple", True, ["E1", "E2", "E4", "E5", "C1", "C2", "C3", "G1", "H0"], 3),
    "imp": ("matrix", False, [*FIVE, 8], None),
    "sat": ("matrix", False, [*FIVE, 8], None),
    "used": ("multiple", True, [*_to(6), 0], None),
    "barrier": ("multiple", False, _to(9), 3),
    "slot": ("multiple", True, _to(6), None),
    "channel": ("multiple", True, _to(7), 3),
    "fee": ("single", False, _to(5), None),
    "part": ("multiple", False, [*_to(6), 0], None),
    "overall": ("scale", True, FIVE, None),
    "open": ("text", True, [], 200),
}


@pytest.mark.parametrize("code", TABLE)
def test_an_item_is_asked_as_the_domain_says(needs: Definition, code: str) -> None:
    question = needs.by_code[code]
    found = (question.kind, question.short, [c.code for c in question.choices], question.most)
    assert found == TABLE[code]


def test_the_items_are_these_in_this_order(needs: Definition) -> None:
    assert [question.code for question in needs.questions] == list(TABLE)


def test_the_matrices_have_the_ten_attributes_in_the_same_order(needs: Definition) -> None:
    imp, sat = needs.by_code["imp"], needs.by_code["sat"]
    assert keys_of(imp) == tuple(f"imp_{i}" for i in _to(10))
    assert keys_of(sat) == tuple(f"sat_{i}" for i in _to(10))
    assert [row.label for row in imp.rows] == [row.label for row in sat.rows]


@pytest.mark.parametrize(
    ("code", "alone"),
    [
        ("status", [0, -7]),
        ("need_child", ["C0"]),
        ("need_elder", ["E0"]),
        ("need_cult", ["K0"]),
        ("need_gen", ["G0"]),
        ("hh_need", ["H0"]),
        ("used", [0]),
        ("part", [0]),
    ],
)
def test_none_and_refusing_stand_alone(needs: Definition, code: str, alone: list[object]) -> None:
    assert [choice.code for choice in needs.by_code[code].choices if choice.exclusive] == alone


def test_other_takes_a_written_addition_where_the_table_has_brackets(needs: Definition) -> None:
    written = {(q.code, c.code) for q in needs.questions for c in q.choices if c.other}
    needs_other = {(f"need_{name}", f"{name[0].upper()}99") for name in ("elder", "gen")}
    assert written == needs_other | {
        ("need_child", "C99"), ("need_cult", "K99"), ("hh", 8), ("barrier", 9), ("part", 4)
    }  # fmt: skip


def test_what_must_be_answered(needs: Definition) -> None:
    required = {question.code for question in needs.questions if question.required}
    assert required == {"consent", "who", "sex", "age", "need_child", "need_elder", "need_cult", "used"}


def test_the_needs_of_the_bought_areas_are_projected_to_their_age_and_hh_need_to_nobody(
    needs: Definition,
) -> None:
    eligible = {q.code: (q.eligible.age_from, q.eligible.age_to) for q in needs.questions if q.eligible}
    assert eligible == {
        "need_child": (0, 17), "need_elder": (60, 120), "need_cult": (0, 120), "need_gen": (0, 120)
    }  # fmt: skip
    areas = {code: {c.area for c in needs.by_code[code].choices if c.area} for code in eligible}
    assert (areas["need_elder"], areas["need_child"], areas["need_cult"]) == tuple(
        {area} for area in BOUGHT_AREAS
    )
    assert not any(choice.area for choice in needs.by_code["hh_need"].choices)


def test_the_most_urgent_item_pipes_from_items_of_the_short_form(needs: Definition) -> None:
    assert needs.by_code["top1"].piped_from == ("need_child", "need_elder", "need_cult")


def test_the_age_bands_are_the_taxonomys(needs: Definition) -> None:
    choices = needs.by_code["age"].choices
    assert [(c.code, c.label) for c in choices] == [(band.code, band.label) for band in AGE_BANDS]


def test_the_sensitive_item_is_optional_and_has_its_own_consent(needs: Definition) -> None:
    status = needs.by_code["status"]
    assert (status.sensitive, status.required, status.relevant) == (True, False, "status_consent == 1")
    assert [q.code for q in needs.questions if q.sensitive] == ["status"]


def test_feedback_is_six_items_four_of_them_five_point_scales(feedback: Definition) -> None:
    asked = [(q.code, q.kind, [c.code for c in q.choices]) for q in feedback.questions]
    assert asked == [
        ("gain", "scale", FIVE),
        ("content", "scale", FIVE),
        ("worker", "scale", FIVE),
        ("arrange", "scale", FIVE),
        ("again", "single", [1, 2]),
        ("suggest", "text", []),
    ]
    assert feedback.kind == "feedback" and not feedback.by_code["suggest"].required


@pytest.mark.parametrize("definition", shipped(), ids=lambda d: d.code)
def test_what_is_shipped_breaks_no_rule(definition: Definition) -> None:
    assert list(map(str, check_definition(definition))) == []
