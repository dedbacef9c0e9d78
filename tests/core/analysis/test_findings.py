"""The main findings of frames written by hand."""

from __future__ import annotations

import pandas as pd

from core.analysis.estimates import COLUMNS, SHARE_BOUNDS
from core.analysis.findings import main_findings
from core.analysis.supply import gap_state

BASE = 1000


def row(
    need: str,
    share: float | None,
    *,
    provision: int | None = None,
    grid: int | None = None,
    wide: float = 0.05,
) -> dict[str, object]:
    """One row of the estimate frame with an interval of ± `wide`."""
    found: dict[str, object] = dict.fromkeys((*COLUMNS, *SHARE_BOUNDS))
    found |= {"need": need, "area": "elderly", "grid": grid, "base": BASE, "n": 200, "provision": provision}
    if share is None:
        return found | {"state": "hidden"}
    low, high = share - wide, share + wide
    persons = round(share * BASE)
    state = gap_state(low * BASE, high * BASE, float("nan") if provision is None else provision)
    return found | {
        "share": share,
        "share_low": low,
        "share_high": high,
        "persons": persons,
        "low": round(low * BASE),
        "high": round(high * BASE),
        "gap": None if provision is None else persons - provision,
        "state": str(state),
    }


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    whole = ["grid", "age_band", "sex", "base", "n", "persons", "low", "high", "provision", "reached", "gap"]
    numbers = ["n_eff", "share", "supply_ratio", "coverage", *SHARE_BOUNDS]
    return pd.DataFrame(rows).astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(numbers, "Float64"))


def kinds(found: pd.DataFrame) -> list[tuple[str, str, int | None]]:
    return [(f.kind, f.need, f.grid) for f in main_findings(found)]


def test_a_gap_a_grid_apart_and_a_surplus_are_the_three_findings() -> None:
    found = frame(
        row("E1", 0.4, provision=100),
        row("E2", 0.5, provision=100),
        row("E3", 0.1, provision=900),
        row("E1", 0.7, grid=2),
        row("E1", 0.6, grid=4),
    )
    assert kinds(found) == [
        ("largest_gap", "E2", None),
        ("grid_apart", "E1", 2),
        ("largest_surplus", "E3", None),
    ]


def test_a_finding_carries_the_rows_figures() -> None:
    first = main_findings(frame(row("E1", 0.4, provision=100)))[0]
    assert (first.persons, first.low, first.high, first.provision) == (400, 350, 450, 100)
    assert (first.base, first.n, first.share, first.grid, first.area) == (1000, 200, 0.4, None, "elderly")


def test_a_grid_is_apart_only_where_its_interval_lies_above_the_communitys() -> None:
    near = frame(row("E1", 0.4, provision=400), row("E1", 0.5, grid=2))
    assert all(kind != "grid_apart" for kind, _, _ in kinds(near))
    less = frame(row("E1", 0.4, provision=400), row("E1", 0.1, grid=2))
    assert all(kind != "grid_apart" for kind, _, _ in kinds(less))


def test_without_a_surplus_the_largest_demand_of_unknown_provision_is_told() -> None:
    found = frame(row("E1", 0.4, provision=100), row("E2", 0.2), row("E3", 0.3))
    assert kinds(found) == [
        ("largest_gap", "E1", None),
        ("unknown_provision", "E3", None),
        ("unknown_provision", "E2", None),
    ]


def test_unknown_provision_comes_before_a_second_gap() -> None:
    found = frame(row("E1", 0.4, provision=100), row("E2", 0.3, provision=100), row("E3", 0.2))
    assert [need for _, need, _ in kinds(found)] == ["E1", "E3", "E2"]


def test_there_are_never_more_than_asked_for_and_no_need_is_told_twice() -> None:
    found = frame(*(row(f"E{i}", 0.1 + i / 20, provision=10) for i in range(6)))
    assert kinds(found) == [("largest_gap", f"E{i}", None) for i in (5, 4, 3)]
    assert len(main_findings(found, most=5)) == 5


def test_hidden_and_small_rows_are_no_findings() -> None:
    assert main_findings(frame(row("E1", None), row("E2", None, grid=3))) == []


def test_without_a_population_the_most_wanted_are_told_by_share() -> None:
    found = frame(row("E1", 0.2), row("E2", 0.4))
    found[["base", "persons", "low", "high", "gap"]] = pd.NA
    assert kinds(found) == [("most_wanted", "E2", None), ("most_wanted", "E1", None)]
    assert main_findings(found)[0].persons is None
