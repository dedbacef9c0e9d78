"""How figures are written."""

from __future__ import annotations

import pandas as pd
import pytest

from core.output.numbers import decimal, number, people, percent, percent_span, span


@pytest.mark.parametrize("unknown", [None, pd.NA, float("nan")])
def test_what_nobody_knows_is_a_dash_and_never_0(unknown: object) -> None:
    told = [number(unknown), percent(unknown), decimal(unknown), span(unknown, 3), percent_span(0.1, unknown)]
    assert told == ["—"] * 5


def test_figures_as_they_are_read() -> None:
    assert (number(1234), number(0), number(-310)) == ("1,234", "0", "−310")
    assert (span(171, 262), span(1001, 1297)) == ("171–262", "1,001–1,297")
    assert (percent(0.37), percent(0), percent(1)) == ("37%", "0%", "100%")
    assert percent_span(0.244, 0.311) == "24–31%"
    assert decimal(0.1857) == "0.19"


@pytest.mark.parametrize(("n", "told"), [(0, "0"), (1, "不到 5"), (4, "不到 5"), (5, "5"), (1500, "1,500")])
def test_one_to_four_people_are_fewer_than_five(n: int, told: str) -> None:
    assert people(n) == told


@pytest.mark.parametrize(("share", "told"), [(0.0044, "<1%"), (0.005, "0%"), (0.0051, "1%")])
def test_a_share_that_is_not_quite_nothing_is_no_0(share: float, told: str) -> None:
    assert percent(share) == told
