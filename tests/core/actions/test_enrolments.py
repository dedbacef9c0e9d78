"""Signing up: places, the waiting list, contacts only where they are needed, cancelling, many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from core import database
from core.actions import enrolments
from core.actions.contacts import Reach
from core.actions.enrolments import SignedUp, cancel, sign_up
from core.errors import Closed, Invalid, NotFound
from core.queries.signups import activity_to_join, sign_up_of
from core.security import receipt_code, receipt_hash
from models.account import AuditEntry, Consent, Contact
from models.base import now
from models.place import Community
from models.programme import Activity, Enrolment

DAY = timedelta(days=1)
REACH = Reach("13800000000", "王阿姨")


@pytest.fixture
def community(record: object) -> Iterator[int]:
    with database.writing() as session:
        here = Community(code="a", name="甲社区")
        session.add(here)
        session.flush()
        id_ = here.id or 0
    yield id_


def _activity(community: int, code: str = "walk", **fields: Any) -> int:
    with database.writing() as session:
        made = Activity(
            **{"code": code, "community_id": community, "name": "健步走", "area": "culture",
               "starts_at": now() + DAY} | fields
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id or 0


def _rows() -> list[Enrolment]:
    with database.reading() as session:
        return list(session.scalars(select(Enrolment).order_by(Enrolment.id)))


def _states() -> list[str]:
    return [row.state for row in _rows()]


def _contacts() -> tuple[int, list[bool]]:
    """How many contacts are kept, and of each consent whether it was taken back."""
    with database.reading() as session:
        kept = len(session.scalars(select(Contact)).all())
        consents = session.scalars(select(Consent).order_by(Consent.id))
        return kept, [one.withdrawn_at is not None for one in consents]


def test_places_are_given_until_they_are_full_and_who_comes_later_waits(community: int) -> None:
    walk = _activity(community, capacity=2)
    found = [sign_up(walk, f"key {i}") for i in range(4)]
    assert [one.state for one in found] == ["enrolled", "enrolled", "waiting", "waiting"]
    with database.reading() as session:
        card = activity_to_join(session, "walk")
        last = sign_up_of(session, receipt_hash(found[3].code))
    assert (card.free, card.enrolled, card.waiting) == (0, 2, 2)
    assert last is not None and (last.state, last.place) == ("waiting", 2)


def test_without_a_limit_nobody_waits(community: int) -> None:
    walk = _activity(community, capacity=None)
    assert {sign_up(walk, f"key {i}").state for i in range(5)} == {"enrolled"}


def test_the_same_form_sent_twice_is_one_sign_up_with_one_code(community: int) -> None:
    walk = _activity(community, capacity=5)
    first, again = sign_up(walk, "key"), sign_up(walk, "key")
    assert (first.code, first.repeated) == (receipt_code("key"), False)
    assert again == SignedUp(first.code, first.enrolment_id, "enrolled", True)
    assert len(_rows()) == 1
    assert sign_up(walk, "another key").code != first.code


def test_the_code_is_stored_as_a_hash_only(community: int) -> None:
    made = sign_up(_activity(community), "key")
    (row,) = _rows()
    assert row.receipt_hash == receipt_hash(made.code)
    assert made.code not in f"{row.receipt_hash} {row.idempotency_key} {row.state}"


def test_two_forms_with_the_same_first_code_get_two_codes(
    community: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = _activity(community)
    real = receipt_code
    monkeypatch.setattr(
        enrolments, "receipt_code", lambda key, attempt=0: real("same" if not attempt else key, attempt)
    )
    one, other = sign_up(walk, "one"), sign_up(walk, "other")
    assert one.code != other.code and len(_rows()) == 2
    assert sign_up(walk, "other").code == other.code


def test_a_form_is_for_one_activity(community: int) -> None:
    walk, talk = _activity(community), _activity(community, "talk")
    sign_up(walk, "key")
    with pytest.raises(Invalid, match="已经用过"):
        sign_up(talk, "key")
    assert len(_rows()) == 1


def test_what_began_or_was_called_off_or_never_was_takes_nobody(community: int) -> None:
    for code, fields in (("past", {"starts_at": now() - DAY}), ("off", {"cancelled": True})):
        activity = _activity(community, code, **fields)
        with pytest.raises(Closed):
            sign_up(activity, code)
    with pytest.raises(NotFound):
        sign_up(999, "key")
    assert _rows() == []


def test_a_contact_is_kept_only_where_the_activity_needs_it(community: int) -> None:
    walk, trip = _activity(community), _activity(community, "trip", needs_contact=True)
    sign_up(walk, "one", reach=REACH)
    assert _contacts() == (0, [])
    for reach, match in ((None, "电话"), (Reach("13800000000", ""), "称呼")):
        with pytest.raises(Invalid, match=match):
            sign_up(trip, "two", reach=reach)
    assert _contacts() == (0, []) and len(_rows()) == 1
    sign_up(trip, "two", reach=REACH)
    with database.reading() as session:
        (contact,), (consent,) = (
            session.scalars(select(Contact)).all(),
            session.scalars(select(Consent)).all(),
        )
    assert (consent.purpose, contact.consent_id) == ("activity", consent.id)
    assert "王阿姨".encode() not in contact.sealed and b"13800000000" not in contact.sealed
    assert [row.contact_id for row in _rows()] == [None, contact.id]


def test_sending_the_form_again_keeps_one_contact(community: int) -> None:
    trip = _activity(community, needs_contact=True)
    for _ in range(2):
        sign_up(trip, "key", reach=REACH)
    assert _contacts() == (1, [False])


def test_cancelling_frees_the_place_for_whoever_waits_longest(community: int) -> None:
    walk = _activity(community, capacity=1)
    first, *_ = (sign_up(walk, f"key {i}") for i in range(1))
    second, third = sign_up(walk, "second"), sign_up(walk, "third")
    assert cancel(f" {first.code.lower()} ") == "健步走"
    assert _states() == ["withdrawn", "enrolled", "waiting"]
    cancel(third.code)
    assert _states() == ["withdrawn", "enrolled", "withdrawn"]
    cancel(second.code)
    assert sign_up(walk, "fourth").state == "enrolled"


def test_cancelling_twice_frees_one_place(community: int) -> None:
    walk = _activity(community, capacity=1)
    first = sign_up(walk, "first")
    sign_up(walk, "second")
    sign_up(walk, "third")
    cancel(first.code)
    cancel(first.code)
    assert _states() == ["withdrawn", "enrolled", "waiting"]
    with database.reading() as session:
        deeds = list(session.scalars(select(AuditEntry.deed)))
    assert deeds.count("enrolment.withdrawn") == 1


def test_a_cancelled_form_sent_once_more_does_not_sign_up_again(community: int) -> None:
    walk = _activity(community, capacity=1)
    first = sign_up(walk, "first")
    cancel(first.code)
    assert sign_up(walk, "first").state == "withdrawn"
    assert _states() == ["withdrawn"]


def test_cancelling_deletes_the_contact_and_notes_that_consent_is_taken_back(community: int) -> None:
    trip = _activity(community, needs_contact=True)
    mine, _ = sign_up(trip, "mine", reach=REACH), sign_up(trip, "others", reach=REACH)
    cancel(mine.code)
    assert _contacts() == (1, [True, False])
    assert [row.contact_id is None for row in _rows()] == [True, False]


def test_after_the_activity_began_one_can_still_take_the_contact_back_but_nobody_moves_up(
    community: int,
) -> None:
    trip = _activity(community, needs_contact=True, capacity=1)
    mine = sign_up(trip, "mine", reach=REACH)
    sign_up(trip, "others", reach=REACH)
    cancel(mine.code, at=now() + 2 * DAY)
    assert _contacts() == (1, [True, False])
    assert _states() == ["withdrawn", "waiting"]


@pytest.mark.parametrize("typed", ["", "7K3 M9PX", "AAAAAAA", "<script>", "12345678901234567890"])
def test_an_unknown_code_cancels_nothing(community: int, typed: str) -> None:
    sign_up(_activity(community), "key")
    with pytest.raises(NotFound):
        cancel(typed)
    assert _states() == ["enrolled"]


def test_a_place_added_later_goes_to_who_waits_before_whoever_comes_new(community: int) -> None:
    walk = _activity(community, capacity=1)
    for key in ("first", "second"):
        sign_up(walk, key)
    with database.writing() as session:
        session.execute(update(Activity).values(capacity=2))
    assert sign_up(walk, "third").state == "waiting"
    assert _states() == ["enrolled", "enrolled", "waiting"]


def test_every_deed_is_written_down_without_a_code_or_a_name(community: int) -> None:
    walk = _activity(community, capacity=1)
    first = sign_up(walk, "first")
    second = sign_up(walk, "second")
    cancel(first.code)
    with database.reading() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [(one.deed, one.subject, one.subject_id) for one in entries] == [
        ("enrolment.made", "enrolment", first.enrolment_id),
        ("enrolment.made", "enrolment", second.enrolment_id),
        ("enrolment.withdrawn", "enrolment", first.enrolment_id),
        ("enrolment.moved_up", "enrolment", second.enrolment_id),
    ]
    assert {(one.account_id, one.digest) for one in entries} == {(None, "")}


def test_many_at_once_never_get_more_places_than_there_are(community: int) -> None:
    """Twelve threads, each form sent twice, four places: four enrolled, eight waiting, no thirteenth row."""
    walk, start = _activity(community, capacity=4), Barrier(12)

    def _one(i: int) -> list[SignedUp]:
        start.wait()
        return [sign_up(walk, f"key {i // 2}"), sign_up(walk, f"own key {i}")]

    with ThreadPoolExecutor(12) as pool:
        found = [one for pair in pool.map(_one, range(12)) for one in pair]
    assert Counter(_states()) == {"enrolled": 4, "waiting": 14}
    assert len({one.code for one in found}) == len(_rows()) == 18
    assert sum(one.repeated for one in found) == 6


def test_cancelling_and_signing_up_at_once_leave_no_place_empty_and_none_double(community: int) -> None:
    walk, start = _activity(community, capacity=3), Barrier(9)
    codes = [sign_up(walk, f"early {i}").code for i in range(3)]

    def _one(i: int) -> None:
        start.wait()
        cancel(codes[i]) if i < 3 else sign_up(walk, f"late {i}")

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(_one, range(9)))
    assert Counter(_states()) == {"withdrawn": 3, "enrolled": 3, "waiting": 3}
