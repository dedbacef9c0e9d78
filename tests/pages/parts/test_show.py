"""Charts are packed before they are kept: what goes to the browser is what Streamlit itself would send."""

from __future__ import annotations

import pandas as pd
from streamlit.testing.v1 import AppTest

from pages.parts import show


def _draw() -> None:
    from pages.parts import show

    rows = [{"label": "电梯", "n": 7, "share": 0.25}, {"label": "路灯", "n": None, "share": None}]
    spec = {
        "datasets": {"rows": rows, "none": [{"x": 1}]},
        "layer": [
            {"data": {"name": "rows"}, "mark": "bar", "encoding": {"x": {"field": "n"}}},
            {"data": {"name": "none"}, "mark": "point"},
        ],
    }
    kept = show.packed(spec)
    for name, given in (("plain", spec), ("packed", kept), ("again", kept)):
        show.chart(given, "", key=name, alt="电梯多")


def test_a_packed_chart_is_sent_as_an_unpacked_one_however_often_it_is_drawn() -> None:
    screen = AppTest.from_function(_draw, default_timeout=30).run()
    assert not screen.exception
    plain, *packed = (one.proto for one in screen.get("vega_lite_chart"))
    assert [one.name for one in plain.datasets] == ["rows", "none"] and "电梯" not in plain.spec
    for one in packed:
        assert (one.spec, one.alt, list(one.datasets)) == (plain.spec, plain.alt, list(plain.datasets))


def test_a_packed_chart_leaves_the_specification_as_it_was() -> None:
    spec = {"mark": "bar", "datasets": {"rows": [{"n": 7}]}}
    packed = show.packed(spec)
    assert spec["datasets"] == {"rows": [{"n": 7}]}
    assert isinstance(packed["datasets"]["rows"], bytes) and packed["mark"] == "bar"


def test_a_table_is_escaped_cell_by_cell_and_numbers_are_marked() -> None:
    frame = pd.DataFrame({"<区>": ["a&b", "<b>"], "n": ["7", "不到 5"], "mixed": [1, None]}, index=[3, 4])
    told = show.table_html(frame, numeric=["n"], caption='"一"')
    assert (
        '<thead><tr><th scope="col">&lt;区&gt;</th><th scope="col" class="n">n</th><th scope="col">mixed</th>'
        "</tr></thead><tbody>"
        '<tr><td>a&amp;b</td><td class="n">7</td><td>1.0</td></tr>'
        '<tr><td>&lt;b&gt;</td><td class="n">不到 5</td><td>nan</td></tr></tbody>'
    ) in told
    assert "<caption>&quot;一&quot;</caption>" in told
