"""What a receipt shows: received, read as, answered; and nothing for a code nobody was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from core import database
from core.actions.submit import Submission, save_response
from core.queries.receipts import ReceiptLife, life_of, sheet_of
from core.security import receipt_hash
from models.account import Account
from models.comment import AnswerToResidents, Classification, Comment, Label
from models.place import Community
from models.questionnaire import Questionnaire, Round
from models.response import Response, Tombstone

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def community(record: Path) -> int:
    with database.writing() as session:
        session.add(Community(code="d", name="D社区"))
        session.add(
            Account(name="review", display="复核", password_hash="x", created_at=NOON),
        )
    return 1


def say(community_id: int, **more: Any) -> int:
    """One sentence with receipt hash `h`; its id."""
    with database.writing() as session:
        said = Comment(
            community_id=community_id,
            channel="sentence",
            original="路灯坏了，我的电话 13800000000",
            redacted="路灯坏了，我的电话 〔已隐去〕",
            said_at=NOON,
            received_at=NOON,
            receipt_hash="h",
            **more,
        )
        session.add(said)
        session.flush()
        assert said.id is not None
        return said.id


def read_as(comment_id: int, area: str, areas: str = "", *, abstained: bool = False) -> None:
    with database.writing() as session:
        reading = Classification(
            comment_id=comment_id,
            classifier="c1",
            area=area,
            areas=areas,
            probability=0.9,
            sentiment="neg",
            intent="complaint",
            urgent=False,
            abstained=abstained,
            read_at=NOON,
        )
        session.add(reading)
        session.flush()
        said = session.get(Comment, comment_id)
        assert said is not None
        said.classification_id, said.state = reading.id, "abstained" if abstained else "classified"


def life(receipt_hash: str = "h") -> ReceiptLife | None:
    with database.reading() as session:
        return life_of(session, receipt_hash)


def test_an_unknown_receipt_shows_nothing(community: int) -> None:
    say(community)
    assert life("other") is None


def test_a_sentence_just_received_is_not_read_yet_and_shows_only_its_redacted_text(community: int) -> None:
    say(community)
    found = life()
    assert found is not None and (found.kind, found.received_at) == ("sentence", NOON)
    (said,) = found.said
    assert (said.text, said.state, said.areas) == ("路灯坏了，我的电话 〔已隐去〕", "waiting", ())


def test_a_classified_sentence_shows_its_areas_the_primary_one_first(community: int) -> None:
    read_as(say(community), "facilities", "safety;elderly")
    found = life()
    assert found is not None and found.said[0].areas == ("facilities", "safety", "elderly")


def test_an_abstained_reading_names_no_area(community: int) -> None:
    read_as(say(community), "facilities", abstained=True)
    found = life()
    assert found is not None and (found.said[0].state, found.said[0].areas) == ("abstained", ())


def test_what_a_person_read_goes_before_the_machine_and_the_last_label_counts(community: int) -> None:
    comment_id = say(community)
    read_as(comment_id, "facilities")
    with database.writing() as session:
        for hour, area in ((1, "culture"), (2, "safety")):
            session.add(
                Label(
                    comment_id=comment_id,
                    account_id=1,
                    area=area,
                    sentiment="neg",
                    intent="complaint",
                    urgent=False,
                    labelled_at=NOON + timedelta(hours=hour),
                )
            )
    found = life()
    assert found is not None and found.said[0].areas == ("safety",)


def test_answers_are_shown_to_their_author_in_order_even_before_they_are_public(community: int) -> None:
    comment_id = say(community)
    with database.writing() as session:
        for day, state in ((2, "done"), (1, "doing")):
            session.add(
                AnswerToResidents(
                    community_id=community,
                    comment_id=comment_id,
                    area="facilities",
                    state=state,
                    reason="已报修",
                    owner="居委会",
                    answered_at=NOON + timedelta(days=day),
                )
            )
    found = life()
    assert found is not None and [given.state for given in found.said[0].answers] == ["doing", "done"]


def test_a_response_shows_its_round_and_the_comments_that_came_with_it(community: int) -> None:
    with database.writing() as session:
        session.add(
            Questionnaire(
                code="needs-v1", kind="needs", title="需求", definition={}, digest="0", published_at=NOON
            )
        )
        session.flush()
        session.add(Round(code="r", name="2026 年调查", community_id=1, questionnaire_id=1, opens_at=NOON))
        session.flush()
        session.add(
            Response(
                round_id=1,
                received_at=NOON,
                answers={},
                mode="screen",
                collector="self",
                notice_version="1",
                receipt_hash="r",
                idempotency_key="k",
            )
        )
    with database.writing() as session:
        session.add(
            Comment(
                community_id=1,
                response_id=1,
                channel="survey",
                original="谢谢",
                redacted="谢谢",
                said_at=NOON,
                received_at=NOON,
            )
        )
    found = life("r")
    assert found is not None and (found.kind, found.about) == ("needs", "2026 年调查")
    assert [said.text for said in found.said] == ["谢谢"]


def test_after_deletion_the_receipt_says_so_and_nothing_else(community: int) -> None:
    with database.writing() as session:
        session.add(Tombstone(subject="response", receipt_hash="gone", deleted_at=NOON))
    assert life("gone") == ReceiptLife("deleted", NOON)


def test_the_next_likely_areas_are_offered_and_never_the_one_that_is_shown(community: int) -> None:
    comment_id = say(community)
    read_as(comment_id, "facilities", "safety;elderly")
    found = life()
    assert found is not None and found.said[0].likely == ("safety", "elderly")
    with database.writing() as session:
        session.execute(update(Classification).values(second="environment"))
    found = life()
    assert found is not None and found.said[0].likely == ("environment", "safety")


def test_where_the_machine_was_not_sure_its_two_best_guesses_are_offered(community: int) -> None:
    read_as(say(community), "facilities", abstained=True)
    with database.writing() as session:
        session.execute(update(Classification).values(second="other"))
    found = life()
    # "Nothing said" is no guess to offer.
    assert found is not None and (found.said[0].areas, found.said[0].likely) == ((), ("facilities",))


def test_the_sheet_of_a_receipt_has_its_answers_and_its_words_redacted(small: Any) -> None:
    answers = small.answers(open="灯坏了，打 13800000000")
    receipt = save_response(Submission(small.round, answers, "k", mode="plain", collector="family"))
    with database.reading() as session:
        sheet = sheet_of(session, receipt_hash(receipt.code))
        nothing = sheet_of(session, "other")
    assert sheet is not None and nothing is None
    assert sheet.texts == ("灯坏了，打 〔已隐去〕",)
    assert (sheet.mode, sheet.collector, sheet.answers["need_elder"]) == ("plain", "family", ["E1", "E5"])
