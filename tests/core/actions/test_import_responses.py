"""Importing responses: columns are the questionnaire's codes; one bad row is rejected, the others stored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core import database
from core.actions.import_responses import import_responses
from core.errors import ImportFailed, NotFound
from models.base import now
from models.comment import Comment
from models.questionnaire import Round
from models.response import Response

ROUND = "2026-autumn"
HEAD = "key,consent,who,grid,building,sex,age,need_elder,need_cult,top1,used,overall,open,short"
GOOD = "a1,1,1,1,1,2,8,E1;E5,K1,E1,0,4,午饭能不能送上来,1"


def _file(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "in.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf8")
    return path


def _responses() -> list[Response]:
    with database.reading() as session:
        return list(session.scalars(select(Response).order_by(Response.id)))


def test_a_row_becomes_a_response_with_its_strata_choices_and_comment(small: Any, tmp_path: Path) -> None:
    report = import_responses(_file(tmp_path, GOOD), ROUND)
    assert (report.rejects, report.stored) == ((), 1)
    row = _responses()[0]
    assert (row.grid_id, row.building_id, row.age_band, row.sex) == (small.grid, small.building, 8, 2)
    assert (row.mode, row.collector, row.short, row.groups) == ("import", "self", True, "age60")
    assert (row.answers["need_elder"], row.answers["top1"], row.answers["used"]) == (["E1", "E5"], "E1", [0])
    with database.reading() as session:
        said = session.scalars(select(Comment)).one()
    assert (said.original, said.response_id, said.state) == ("午饭能不能送上来", row.id, "waiting")


def test_the_same_keys_again_are_duplicates_also_within_one_file(small: Any, tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD, GOOD.replace("a1", "a2", 1), GOOD)
    assert import_responses(path, ROUND).figures() == {"read": 3, "stored": 2, "duplicate": 1, "rejected": 0}
    assert import_responses(path, ROUND).figures() == {"read": 3, "stored": 0, "duplicate": 3, "rejected": 0}
    assert len(_responses()) == 2


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("a1,", ",", "没有 key"),
        (",2,8,", ",2,99,", "age"),
        (",2,8,", ",,8,", "sex：这一题还没有回答"),
        ("E1;E5", "E1;Z9", "need_elder"),
        ("E1;E5", "E1;E2;E3;E4;E5;E6", "need_elder"),
        (",0,4,", ",0,6,", "overall"),
        ("a1,1,1,1,1,", "a1,1,1,9,1,", "没有这个网格编码：9"),
        ("a1,1,1,1,1,", "a1,1,1,2,1,", "网格 2 里没有这个楼栋编码：1"),
        ("a1,1,1,1,1,", "a1,1,1,,1,", "楼栋"),
        ("a1,1,", "a1,2,", "consent"),
        ("午饭能不能送上来", "长" * 201, "open"),
    ],
)
def test_a_row_that_breaks_a_rule_is_rejected_by_line_and_the_others_stored(
    small: Any, tmp_path: Path, was: str, becomes: str, told: str
) -> None:
    assert was in GOOD
    path = _file(tmp_path, GOOD.replace("a1", "a0", 1), GOOD.replace(was, becomes, 1), "torn,1")
    report = import_responses(path, ROUND)
    assert report.figures() == {"read": 3, "stored": 1, "duplicate": 0, "rejected": 2}
    reasons = {reject.line: reject.reason for reject in report.rejects}
    assert told in reasons[3] and "列数" in reasons[4]


def test_time_mode_and_collector_may_be_given(small: Any, tmp_path: Path) -> None:
    moment = (now() - timedelta(days=3)).replace(microsecond=0)
    head = HEAD + ",received_at,mode,collector,seconds"
    rows = [f"{GOOD},{moment.isoformat()},paper,paper,240", f"{GOOD.replace('a1', 'a2')},,fax,,"]
    report = import_responses(_file(tmp_path, *rows, head=head), ROUND)
    assert [r.reason for r in report.rejects] == ["mode 的值不对：fax"]
    row = _responses()[0]
    assert (row.received_at, row.mode, row.collector, row.seconds) == (moment, "paper", "paper", 240)


def test_rows_received_outside_the_rounds_days_are_rejected_alone(small: Any, tmp_path: Path) -> None:
    with database.writing() as session:
        closed = now() - timedelta(days=1)
        session.execute(update(Round).where(Round.id == small.round).values(closes_at=closed))
    inside = (now() - timedelta(days=2)).isoformat(timespec="seconds")
    rows = [f"{GOOD.replace('a1', f'a{i}')},{inside if i % 3 else ''}" for i in range(9)]
    report = import_responses(_file(tmp_path, *rows, head=HEAD + ",received_at"), ROUND)
    assert report.figures() == {"read": 9, "stored": 6, "duplicate": 0, "rejected": 3}
    assert all("已于" in reject.reason for reject in report.rejects)


def test_a_standing_code_for_not_asked_or_not_answered_is_no_answer(small: Any, tmp_path: Path) -> None:
    import_responses(_file(tmp_path, GOOD.replace(",0,4,", ",0,-9,")), ROUND)
    assert "overall" not in _responses()[0].answers


def test_a_mapping_renames_columns_and_values_and_drops_what_is_not_wanted(
    small: Any, tmp_path: Path
) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\n"编号" = "key"\n"性别" = "sex"\n"备注" = ""\n"最需要" = "need_elder"\n'
        '[values.sex]\n"男" = 1\n"女" = 2\n[values.need_elder]\n"助餐" = "E1"\n"助浴" = "E5"\n',
        encoding="utf8",
    )
    head = "编号,备注,consent,who,性别,age,最需要,need_cult,used,short"
    report = import_responses(
        _file(tmp_path, "x1,随便,1,1,女,8,助餐；助浴,K1,0,1", head=head), ROUND, mapping=mapping
    )
    assert report.rejects == ()
    row = _responses()[0]
    assert (row.sex, row.answers["need_elder"]) == (2, ["E1", "E5"])


@pytest.mark.parametrize(
    ("head", "told"), [("key,consent,colour", "colour"), ("consent,who,sex", "缺少 key")]
)
def test_unknown_columns_and_a_missing_key_refuse_the_file_so_that_no_answers_vanish(
    small: Any, tmp_path: Path, head: str, told: str
) -> None:
    with pytest.raises(ImportFailed, match=told):
        import_responses(_file(tmp_path, "1,1,1", head=head), ROUND)


def test_an_unknown_round_and_a_torn_mapping_are_told(small: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="2031-spring"):
        import_responses(_file(tmp_path, GOOD), "2031-spring")
    broken = tmp_path / "map.toml"
    for content in ("[columns\n", "[colums]\na = 1\n"):
        broken.write_text(content, encoding="utf8")
        with pytest.raises(ImportFailed, match="对照表"):
            import_responses(_file(tmp_path, GOOD), ROUND, mapping=broken)
    assert _responses() == []
