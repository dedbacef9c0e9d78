"""Saving a response: checked first, then one transaction for response, comments and audit.

The response is the only thing a form changes: charts read the tally, which is folded later. Saving is
therefore short, and many waiting callers share one durable commit (core.actions.group_commit).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from core import database
from core.actions.group_commit import GroupCommit
from core.actions.round_cache import RoundFacts, community_of_activity, places_of, round_facts
from core.actions.settle_place import settled
from core.actions.store_response import CODE_ATTEMPTS, Receipt, StoredSheet, fallen_together, store
from core.errors import Invalid, NotFound
from core.questionnaires.answers import AnswerError, check
from core.questionnaires.logic import strata
from core.questionnaires.quality import quality_flags
from core.redaction import clean, redact
from core.security import receipt_code, receipt_hash
from core.text.danger import dangers
from models.base import now


@dataclass(frozen=True, slots=True)
class Submission:
    """A filled-in questionnaire as a door hands it over. `key` is made by the client, once per sheet.

    `account_id`: the member of staff who helped; it stands in the audit entry alone. `late`: it came after
    the round had closed and is taken all the same.
    """

    round_id: int
    answers: Mapping[str, object]
    key: str
    mode: str = "screen"
    collector: str = "self"
    short: bool = False
    seconds: int | None = None
    activity_id: int | None = None
    questionnaire: str | None = None
    received_at: datetime | None = None
    ticket: str = ""
    account_id: int | None = None
    late: bool = False


def save_response(submission: Submission) -> Receipt:
    """Store one response durably and return its receipt; the same key again returns the same receipt.

    Raises NotFound (unknown round, activity, grid, building), Closed, AnswerError (with every problem found),
    Unavailable when nothing could be stored.
    """
    for attempt in range(CODE_ATTEMPTS):
        try:
            return _commits.save((submission, attempt))
        except database.DUPLICATE:
            if attempt == CODE_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def save_responses(submissions: Sequence[Submission]) -> list[Receipt]:
    """Store many (an import, a seed) in one transaction: all of them or none.

    Raises as save_response does. Of so many codes two fall together now and then.
    """
    attempts = [0] * len(submissions)
    for attempt in range(CODE_ATTEMPTS):
        sheets = [prepare(each, attempt=of) for each, of in zip(submissions, attempts, strict=True)]
        try:
            return store(sheets)
        except database.DUPLICATE:
            fallen = fallen_together(sheets)
            if attempt == CODE_ATTEMPTS - 1 or not fallen:
                raise
            attempts = [of + (place in fallen) for place, of in enumerate(attempts)]
    raise AssertionError("unreachable")


def prepare(submission: Submission, *, attempt: int = 0) -> StoredSheet:
    """The checked sheet as it will be written, with its `attempt`-th receipt code.

    Raises as save_response does.
    """
    facts = round_facts(submission.round_id)
    if submission.questionnaire not in (None, facts.definition.code):
        raise Invalid.say("wrong_version")
    if submission.activity_id and community_of_activity(submission.activity_id) != facts.community_id:
        raise NotFound.say("unknown_activity")
    checked = check(facts.definition, submission.answers, short=submission.short)
    if checked.problems:
        raise AnswerError(checked.problems)
    given = settled(facts.definition, checked.answers, facts.community_id)
    answers, texts = _split_texts(facts, given)
    code = receipt_code(submission.key, attempt)
    response = _response_record(submission, facts, answers) | {"receipt_hash": receipt_hash(code)}
    comments = [_comment_record(facts, response, said) for said in texts]
    return StoredSheet(submission.key, code, response, comments, submission.account_id, submission.late)


def _split_texts(facts: RoundFacts, answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The closed answers, and the open ones: those live as comments only, so one deletion is enough."""
    closed = dict(answers)
    said = [clean(str(closed.pop(code))) for code in facts.text_questions if code in answers]
    return closed, [words for words in said if words]


def _response_record(submission: Submission, facts: RoundFacts, answers: Mapping[str, Any]) -> dict[str, Any]:
    person = strata(facts.definition, answers)
    _check_place(facts.community_id, person.grid, person.building)
    flags = quality_flags(facts.definition, answers, seconds=submission.seconds, short=submission.short)
    return {
        "round_id": submission.round_id,
        "activity_id": submission.activity_id,
        "received_at": submission.received_at or now(),
        "answers": orjson.dumps(answers).decode(),
        "short": submission.short,
        "who": person.who,
        "grid_id": person.grid or None,
        "building_id": person.building or None,
        "age_band": person.age_band,
        "sex": person.sex,
        "groups": ";".join(person.groups),
        "mode": submission.mode,
        "collector": submission.collector,
        "seconds": submission.seconds,
        "flags": ";".join(flags),
        "notice_version": facts.definition.notice_version,
        "idempotency_key": submission.key,
        "ticket": submission.ticket or None,
    }


def _check_place(community_id: int, grid: int | None, building: int | None) -> None:
    grids, buildings = places_of(community_id)
    if grid and grid not in grids:
        raise NotFound.say("unknown_grid")
    if building and buildings.get(building) != grid:
        raise NotFound.say("unknown_building")


def _comment_record(facts: RoundFacts, response: Mapping[str, Any], said: str) -> dict[str, Any]:
    shown = redact(said)
    return {
        "community_id": facts.community_id,
        "round_id": response["round_id"],
        "activity_id": response["activity_id"],
        "grid_id": response["grid_id"],
        "building_id": response["building_id"],
        "channel": "feedback" if facts.kind == "feedback" else "survey",
        "original": said,
        "redacted": shown,
        "said_at": response["received_at"],
        "received_at": response["received_at"],
        "state": "waiting",
        "attempts": 0,
        "danger": ";".join(dangers(said))[:80],
        "classification_id": None,
        "receipt_hash": None,
        "idempotency_key": None,
        "import_key": None,
        "contact": None,
    }


def _prepare(brought: tuple[Submission, int]) -> StoredSheet:
    submission, attempt = brought
    return prepare(submission, attempt=attempt)


_commits: GroupCommit[tuple[Submission, int], StoredSheet, Receipt] = GroupCommit(_prepare, store)
