"""Ratios are taken round by round, bars are judged on the median, and a report has all its fields."""

from __future__ import annotations

from dataclasses import dataclass, fields

import orjson
import pytest

from bench.report import Line, count, interleave, least, medians, most, ratio, report


@pytest.mark.parametrize(
    ("bar", "value", "held"),
    [(most(1.25), 1.25, True), (most(1.25), 1.26, False), (least(0.5), 0.5, True), (least(0.5), 0.49, False)],
)
def test_a_bar_is_reached_when_met_exactly(bar: object, value: float, held: bool) -> None:
    assert bar.held(value) is held  # type: ignore[attr-defined]


def test_a_ratio_is_of_one_round_and_the_bar_of_the_median() -> None:
    # Round by round: 2/1, 9/3, 8/8 = 2, 3, 1. The ratio of the medians would be 8/3.
    line = ratio("ingest_disk", "sqlite", ([2.0, 9.0, 8.0], [1.0, 3.0, 8.0]), bar=least(2.0))
    assert (line.median, line.low, line.high, line.rounds) == (2.0, 1.0, 3.0, 3)
    assert (line.bar, line.rule, line.held) == (2.0, ">=", True)


def test_rounds_that_do_not_pair_are_refused() -> None:
    with pytest.raises(ValueError):
        ratio("ingest_disk", "sqlite", ([1.0, 2.0], [1.0]))


def test_without_a_bar_nothing_is_held_or_missed() -> None:
    assert ratio("ingest_disk", "postgresql", ([1.0], [2.0])).held is None
    assert count("crash_kills", "sqlite", 100).held is None


def test_a_count_of_nothing_lost_holds_and_one_lost_does_not() -> None:
    assert count("crash_lost", "sqlite", 0, bar=most(0), of=100).held is True
    assert count("crash_lost", "sqlite", 1, bar=most(0), of=100).held is False


def test_steps_take_turns() -> None:
    order: list[str] = []

    def step(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = interleave(3, {"a": lambda: step("a"), "b": lambda: step("b")})
    assert order == ["a", "b"] * 3
    assert found == {"a": [1.0, 3.0, 5.0], "b": [2.0, 4.0, 6.0]}


def test_absolute_medians_are_named_with_their_unit() -> None:
    assert medians({"many": [0.002, 0.001, 0.009]}, "ms", times=1000) == {"many, ms": 2.0}


@dataclass
class Sizes:
    rounds: int = 5


def test_a_report_says_what_was_run_on_what_machine_and_whether_all_bars_held() -> None:
    good, bad = (ratio("flat_gap", "sqlite", ([n], [1.0]), bar=most(1.25)) for n in (1.0, 2.0))
    free = ratio("ingest_disk", "postgresql", ([9.0], [1.0]))
    found = orjson.loads(orjson.dumps(report("flat", Sizes(), [good, free])))
    assert set(found) == {"bench", "at", "machine", "arguments", "held", "lines"}
    assert found["arguments"] == {"rounds": 5} and found["held"] is True
    assert set(found["machine"]) == {"cpus", "system", "python", "sqlite"}
    assert set(found["lines"][0]) == {field.name for field in fields(Line)}
    assert report("flat", Sizes(), [good, bad])["held"] is False
