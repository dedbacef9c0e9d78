"""What is said beside weighted figures."""

from __future__ import annotations

from core.analysis.survey import Weighed
from core.output.weighting import weighting_notes
from core.words import sentences

MARGINS = ("grid", "age_band", "sex")


def test_the_method_comes_first_with_its_margins_and_effective_sample() -> None:
    told = weighting_notes(Weighed(590, 573.2, 1.0268, "raked", MARGINS, ()))
    assert told == [
        "按网格、年龄段、性别加权到已知人口：590 人回答，只看权重相当于 573 人（设计效应 1.03）。"
    ]


def test_an_unweighted_figure_says_so_and_what_cannot_be_told() -> None:
    told = weighting_notes(Weighed(40, 40.0, 1.0, "unweighted", (), ("population_unknown", "n_eff_low")))
    assert told[0].startswith("没有加权")
    assert "不推算人数" in told[1] and "全体居民" in told[2]


def test_nobody_answered_is_one_sentence() -> None:
    nobody = Weighed(0, 0.0, float("nan"), "unweighted", (), ("population_unknown", "n_eff_low"))
    assert weighting_notes(nobody) == ["还没有人回答。"]


def test_of_one_to_four_not_even_the_number_is_told() -> None:
    few = Weighed(3, 3.0, 1.0, "unweighted", (), ("population_unknown", "n_eff_low"))
    assert weighting_notes(few) == ["回答的不到 5 人，不显示。"]


def test_every_note_of_a_weighting_has_its_sentence() -> None:
    codes = ["population_unknown", "deff_high", "n_eff_low", "not_converged"]
    codes += [f"assumed_{name}" for name in ("age_nesting", "age_split", "joint", "representative")]
    assert [f"estimate.note.{code}" for code in codes if f"estimate.note.{code}" not in sentences()] == []
