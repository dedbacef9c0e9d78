"""Labels by people: beside the machine's reading, taken back without a trace lost, counted at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.comment_tally import counted
from core.actions.labels import Decision, Reviewer, label_comment, withdraw_last
from core.errors import Invalid, LinshengError, NotFound
from core.queries.comments import comment_counts
from core.queries.review import Desk
from models.account import AuditEntry
from models.alert import Alert
from models.base import now
from models.comment import UNDO_MINUTES, Classification, Label, WithdrawnLabel
from models.place import Community
from tests.core.conftest import Small
from tests.core.reviewing import label, person, says


@pytest.fixture
def desk(small: Small) -> Desk:
    """A reviewer of the small community."""
    return Desk(small.community, person("li"))


def _withdraw(desk: Desk, **when: object) -> int:
    with database.writing() as session:
        return withdraw_last(session, Reviewer(desk.community_id, desk.account_id), **when)  # type: ignore[arg-type]


def _standing() -> list[tuple[int, str]]:
    with database.reading() as session:
        return [(row.comment_id, row.area) for row in session.scalars(select(Label).order_by(col(Label.id)))]


def _deeds() -> list[tuple[str, int | None, int | None]]:
    with database.reading() as session:
        query = select(AuditEntry).where(col(AuditEntry.deed).like("label.%")).order_by(col(AuditEntry.id))
        return [(row.deed, row.subject_id, row.account_id) for row in session.scalars(query)]


def _areas(community: int) -> dict[str, int]:
    """Comments by area as every screen counts them; also: the tally holds what a recount gives."""
    with database.reading() as session:
        found = comment_counts(session, community)
        assert found.loc[found["state"] == "classified", "n"].sum() == sum(
            n for cell, n in counted(session).items() if cell.state == "classified"
        )
    return dict(zip(found["area"], found["n"], strict=True))


def test_a_label_stands_beside_the_reading_and_is_what_counts(desk: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities / safety")
    assert _areas(desk.community_id) == {"facilities": 1}
    label(desk, said, "safety", areas=("elderly", "facilities"), sentiment="pos", intent="praise")
    assert _areas(desk.community_id) == {"safety": 1}
    with database.reading() as session:
        kept = session.scalars(select(Label)).one()
        read = session.scalars(select(Classification)).one()
    assert (kept.area, kept.areas) == ("safety", "elderly;facilities")
    assert (kept.sentiment, kept.intent) == ("pos", "praise")
    assert (kept.account_id, kept.urgent, read.area) == (desk.account_id, False, "facilities")
    assert _deeds() == [("label.given", said, desk.account_id)]


def test_a_changed_mind_is_a_second_label_and_the_same_again_is_none(desk: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    first = label(desk, said, "facilities")
    assert label(desk, said, "facilities") == first
    assert label(desk, said, "safety") != first
    assert _standing() == [(said, "facilities"), (said, "safety")]
    assert label(desk, said, "facilities") not in (first,)
    assert len(_deeds()) == 3


def test_two_reviewers_labels_both_stand(desk: Desk, small: Small) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    label(desk, said, "facilities")
    label(Desk(small.community, person("wang")), said, "facilities")
    assert _standing() == [(said, "facilities"), (said, "facilities")]


def test_what_is_taken_back_is_kept_and_what_stood_before_stands_again(desk: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    label(desk, said, "safety", areas=("elderly",), urgent=True)
    label(desk, said, "health")
    assert _withdraw(desk) == said
    assert _standing() == [(said, "safety")] and _areas(desk.community_id) == {"safety": 1}
    assert _withdraw(desk) == said
    assert _standing() == [] and _areas(desk.community_id) == {"facilities": 1}
    with database.reading() as session:
        kept = list(session.scalars(select(WithdrawnLabel).order_by(col(WithdrawnLabel.id))))
    said_then = [(row.area, row.areas, row.urgent) for row in kept]
    assert said_then == [("health", "", False), ("safety", "elderly", True)]
    assert all(row.withdrawn_at >= row.labelled_at for row in kept)
    assert [deed for deed, *_ in _deeds()] == ["label.given"] * 2 + ["label.withdrawn"] * 2


def test_a_label_given_again_after_undo_can_be_taken_back_again(desk: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    for _ in range(2):
        label(desk, said, "safety")
        _withdraw(desk)
    with database.reading() as session:
        assert len(list(session.scalars(select(WithdrawnLabel)))) == 2


def test_only_ones_own_label_of_the_last_half_hour_here_is_taken_back(desk: Desk, small: Small) -> None:
    with database.writing() as session:
        elsewhere = Community(code="o", name="别处", synthetic=True)
        session.add(elsewhere)
        session.flush()
        other = Desk(elsewhere.id or 0, desk.account_id)
    (said,) = says(desk.community_id, "电梯 / facilities")
    (there,) = says(other.community_id, "路灯 / facilities")
    wang = Desk(small.community, person("wang"))
    label(wang, said, "safety")
    label(other, there, "safety")
    with pytest.raises(NotFound, match="没有可以撤回的"):
        _withdraw(desk)
    label(desk, said, "health")
    with pytest.raises(NotFound):
        _withdraw(desk, at=now() + timedelta(minutes=UNDO_MINUTES, seconds=1))
    assert _withdraw(desk, at=now() + timedelta(minutes=UNDO_MINUTES, seconds=-5)) == said
    assert _standing() == [(said, "safety"), (there, "safety")]


@pytest.mark.parametrize(
    ("decision", "error"),
    [
        (Decision("lift"), "不在选项里"),
        (Decision("safety", ("lift",)), "不在选项里"),
        (Decision("safety", sentiment="angry"), "不在选项里"),
        (Decision("safety", intent="wish"), "不在选项里"),
        (Decision("safety", ("elderly", "health", "culture")), "最多选 2 个"),
        (Decision("safety", ("elderly", "elderly")), "不能重复"),
        (Decision("safety", ("safety",)), "不能与主要领域相同"),
        (Decision("other", ("safety",)), "不能再带次要领域"),
        (Decision("safety", ("other",)), "不能再带次要领域"),
    ],
)
def test_what_is_no_label_is_refused_and_not_stored(desk: Desk, decision: Decision, error: str) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    with pytest.raises(Invalid, match=error), database.writing() as session:
        label_comment(session, said, decision, Reviewer(desk.community_id, desk.account_id))
    assert _standing() == [] and _deeds() == []


def test_a_comment_of_another_community_or_none_is_not_found(desk: Desk) -> None:
    (said,) = says(desk.community_id, "电梯 / facilities")
    for comment_id, community_id in ((said, desk.community_id + 1), (said + 1, desk.community_id)):
        with pytest.raises(LinshengError, match="没有找到这条意见"):
            label(Desk(community_id, desk.account_id), comment_id, "safety")
    assert _standing() == []


def test_a_comment_a_person_finds_urgent_raises_an_alert_at_once(desk: Desk) -> None:
    said, calm = says(desk.community_id, "他说不想活了 / health", "路灯 / facilities", at=now())
    with database.writing() as session:
        for alert in session.scalars(select(Alert)):
            session.delete(alert)
    label(desk, calm, "facilities")
    label(desk, said, "health", urgent=True)
    with database.reading() as session:
        assert list(session.scalars(select(col(Alert.comment_id)))) == [said]
