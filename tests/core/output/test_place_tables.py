"""Tables that go out to a spreadsheet come back in as they were."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import database
from core.actions.place_file import PopulationSource
from core.actions.places_table import replace_places, replace_population
from core.output.place_tables import ages_in_words, blank_cells, blank_margins, persons_table, places_table
from core.queries.setup import place_rows, population_rows


def test_places_go_out_and_come_back_unchanged(small: Any) -> None:
    with database.writing() as session:
        frame = places_table(place_rows(session, small.community))
        assert replace_places(session, small.community, frame.to_csv(index=False)).nothing
    assert list(frame.columns) == ["网格编码", "网格名称", "楼栋编码", "楼栋名称", "户数"]
    assert frame.to_numpy().tolist() == [["1", "第1网格", "1", "1号楼", 40], ["2", "第2网格", "", "", ""]]


def test_a_filled_in_blank_table_is_taken_and_goes_out_the_same(small: Any) -> None:
    source = PopulationSource(source="台账", as_of=date(2026, 1, 1))
    for blank in (blank_cells(["1", "2"]), blank_margins(["1", "2"])):
        filled = blank.assign(人数=range(len(blank)))
        with database.writing() as session:
            replace_population(session, small.community, filled.to_csv(index=False), source=source)
            rows = population_rows(session, small.community)
        ages = [None if r.age_from is None else (r.age_from, r.age_to or 0) for r in rows]
        out = persons_table((r.grid, a, r.sex, r.n) for r, a in zip(rows, ages, strict=True))
        assert out.to_csv(index=False) == filled.to_csv(index=False)


def test_a_blank_table_has_every_cell_or_every_margin() -> None:
    assert len(blank_cells(["a", "b", "c"])) == 3 * 9 * 2
    margins = blank_margins(["a", "b"]).to_numpy().tolist()
    assert margins == [
        ["a", "", "", ""],
        ["b", "", "", ""],
        ["", "0至14岁", "", ""],
        ["", "15至59岁", "", ""],
        ["", "60岁以上", "", ""],
        ["", "", "男", ""],
        ["", "", "女", ""],
    ]


def test_no_age_looks_like_a_date_to_a_spreadsheet() -> None:
    assert (ages_in_words((6, 13)), ages_in_words((80, 120)), ages_in_words(None)) == (
        "6至13岁",
        "80岁以上",
        "",
    )
