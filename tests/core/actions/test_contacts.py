"""Contacts: sealed and apart, one for what was said, opened one at a time and on record, short-lived."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlmodel import col

from core import database
from core.actions.alerts import Desk
from core.actions.comments import Sentence, say_sentence
from core.actions.contacts import Reach, attach, called_of, expire_contacts, forget, leave, matter_of, reveal
from core.actions.submit import Submission, save_response
from core.errors import Invalid, NotFound
from core.queries.contacts_left import contact_left
from core.settings import settings
from core.words import CHINA
from models.account import AuditEntry, Consent, Contact
from models.base import now
from models.comment import Comment
from models.programme import Activity, Enrolment
from tests.core.alerting import FIRE, desk

WANG = Reach("13912345678", "王阿姨")


def _say(small: Any, words: str = FIRE, *, contact: Reach | None = None, key: str = "k") -> tuple[int, str]:
    """(comment, receipt code)."""
    receipt = say_sentence(Sentence(small.community, words, key, contact=contact))
    return receipt.response_id, receipt.code


def _reveal(comment: int, desk: Desk) -> Reach:
    with database.writing() as session:
        return reveal(session, comment, desk)


def _count(model: Any) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(model)) or 0)


def _deeds() -> list[tuple[str, int | None]]:
    with database.reading() as session:
        rows = session.execute(
            select(AuditEntry.deed, AuditEntry.account_id)
            .where(col(AuditEntry.deed).startswith("contact."))
            .order_by(col(AuditEntry.id))
        )
        return [(deed, account) for deed, account in rows]


def _everything() -> str:
    """All rows of all tables as text, but for what is sealed."""
    with database.reading() as session:
        tables = ("comment", "contact", "consent", "audit_entry", "alert")
        rows = [row for table in tables for row in session.execute(text(f"SELECT * FROM {table}"))]
    return repr(
        [[bytes(one).hex() if isinstance(one, bytes | memoryview) else one for one in r] for r in rows]
    )


def test_a_sentence_keeps_its_contact_apart_and_sealed(small: Any) -> None:
    comment, _ = _say(small, contact=WANG)
    with database.reading() as session:
        said = session.get_one(Comment, comment)
        contact = session.scalars(select(Contact)).one()
        consent = session.scalars(select(Consent)).one()
        assert said.contact == contact.token and len(contact.token) == 32
        assert contact.consent_id == consent.id
        assert (consent.purpose, consent.notice_version, consent.channel) == ("contact", "2026-11", "plain")
        assert consent.withdrawn_at is None and abs(consent.given_at - now()) < timedelta(minutes=1)
        today = now().astimezone(CHINA).date()
        assert contact.expires_on == today + timedelta(days=180)
        kept = _everything()
    assert "13912345678" not in kept and "王阿姨" not in kept
    assert b"13912345678".hex() not in kept and "王阿姨".encode().hex() not in kept


def test_only_who_may_opens_it_and_it_is_written_down_who_looked(small: Any) -> None:
    comment, _ = _say(small, contact=WANG)
    mine = desk(small.community)
    assert _reveal(comment, mine) == WANG
    assert _deeds() == [("contact.left", None), ("contact.opened", mine.account_id)]
    with pytest.raises(NotFound, match="没有留联系方式"):
        _reveal(comment, Desk(small.community + 1, mine.account_id))
    without, _ = _say(small, "路灯坏了", key="other")
    with pytest.raises(NotFound, match="没有留联系方式"):
        _reveal(without, mine)
    assert len(_deeds()) == 2, "what was not opened is not recorded as opened"


def test_the_same_sentence_sent_twice_keeps_one_contact_and_a_corrected_one_counts(small: Any) -> None:
    comment, code = _say(small, contact=WANG)
    assert _say(small, contact=WANG) == (comment, code)
    assert (_count(Comment), _count(Contact), _count(Consent)) == (1, 1, 1)
    other = Reach("13912345670")
    _say(small, contact=other)
    assert (_count(Comment), _count(Contact), _count(Consent)) == (1, 1, 2)
    assert _reveal(comment, desk(small.community)) == other
    _say(small)
    assert _reveal(comment, Desk(small.community, 1)) == other, "sent without a number, it stays"


def test_it_can_be_left_afterwards_under_the_receipt(small: Any) -> None:
    comment, code = _say(small)
    matter = matter_of(f"{code[:3]} {code[3:]}".lower())
    assert (matter.community_id, matter.dangers) == (small.community, ("fire",))
    attach(code, WANG)
    assert _reveal(comment, desk(small.community)) == WANG
    with pytest.raises(NotFound, match="没有查到这个回执码"):
        attach("2222222", WANG)


def test_of_a_questionnaire_it_belongs_to_the_words_of_danger(small: Any) -> None:
    code = save_response(Submission(small.round, small.answers(open=FIRE), "k")).code
    with database.writing() as session:
        session.execute(update(Comment).values(danger="fire"))
        calm = Comment(
            community_id=small.community, channel="survey", original="谢谢", redacted="谢谢",
            said_at=now(), received_at=now(), response_id=session.scalar(select(Comment.response_id)),
        )  # fmt: skip
        session.add(calm)
    attach(code, WANG)
    with database.reading() as session:
        rows = session.execute(select(Comment.danger, Comment.contact)).all()
        left = {danger: bool(token) for danger, token in rows}
    assert left == {"fire": True, "": False}


def test_where_nothing_was_said_nobody_can_be_called_about_it(small: Any) -> None:
    code = save_response(Submission(small.round, small.answers(open=None), "k")).code
    with pytest.raises(Invalid, match="没有留言"):
        attach(code, WANG)
    assert (_count(Contact), _count(Consent)) == (0, 0)


def test_its_owner_deletes_it_as_easily_and_the_words_stay(small: Any) -> None:
    comment, code = _say(small, contact=WANG)
    forget(code)
    forget(code)
    with database.reading() as session:
        assert session.get_one(Comment, comment).contact is None
        assert session.scalars(select(Consent)).one().withdrawn_at is not None
        assert contact_left(session, comment, now()) == ""
    assert _count(Contact) == 0
    assert [deed for deed, _ in _deeds()] == ["contact.left", "contact.withdrawn"]


def test_when_its_time_is_over_it_goes_and_staff_are_told(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINSHENG_CONTACT_DAYS", "30")
    settings.cache_clear()
    comment, _ = _say(small, contact=WANG)
    today = now().astimezone(CHINA).date()
    assert _expires() == today + timedelta(days=30)
    assert expire_contacts() == 0
    with database.writing() as session:
        session.execute(update(Contact).values(expires_on=today + timedelta(days=1)))
        assert contact_left(session, comment, now()) == "left"
    assert expire_contacts() == 0
    with database.writing() as session:
        session.execute(update(Contact).values(expires_on=today))
    with pytest.raises(NotFound, match="已经到期删除"):
        _reveal(comment, desk(small.community))
    assert expire_contacts() == 1 and expire_contacts() == 0
    with database.reading() as session:
        assert contact_left(session, comment, now()) == "gone"
        assert session.scalars(select(Consent)).one().withdrawn_at is None
    with pytest.raises(NotFound, match="已经到期删除"):
        _reveal(comment, Desk(small.community, 1))


def _expires() -> date:
    with database.reading() as session:
        return session.scalars(select(Contact)).one().expires_on


def test_a_sign_up_stays_when_its_contact_goes(small: Any) -> None:
    with database.writing() as session:
        contact = leave(session, WANG, purpose="signup")
        activity = Activity(
            code="a", community_id=small.community, name="合唱", area="culture", starts_at=now()
        )
        session.add(activity)
        session.flush()
        assert activity.id is not None
        session.add(Enrolment(activity_id=activity.id, contact_id=contact.id, enrolled_at=now()))
        contact.expires_on = now().astimezone(CHINA).date()
    assert expire_contacts() == 1
    with database.reading() as session:
        assert session.scalars(select(Enrolment)).one().contact_id is None


def test_after_a_change_of_the_secret_it_says_so_and_can_be_left_anew(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment, _ = _say(small, contact=WANG)
    monkeypatch.setenv("LINSHENG_SECRET", "another-secret-" + "y" * 32)
    settings.cache_clear()
    with pytest.raises(NotFound, match="密钥换过以后打不开了"):
        _reveal(comment, desk(small.community))
    assert _deeds() == [("contact.left", None)]


def test_a_swapped_contact_does_not_open(small: Any) -> None:
    first, _ = _say(small, contact=WANG)
    _say(small, "电梯卡在六楼，里面有人", contact=Reach("88776655"), key="other")
    with database.writing() as session:
        one, two = session.scalars(select(Contact).order_by(col(Contact.id)))
        one.sealed, two.sealed = two.sealed, one.sealed
    with pytest.raises(NotFound, match="打不开"):
        _reveal(first, desk(small.community))


@pytest.mark.parametrize(("typed", "name"), [(" 王  阿姨\n", "王 阿姨"), ("", ""), ("字" * 20, "字" * 20)])
def test_how_to_address_somebody(typed: str, name: str) -> None:
    assert called_of(typed) == name


def test_an_address_has_an_end() -> None:
    with pytest.raises(Invalid, match="最多 20 个字"):
        called_of("字" * 21)
