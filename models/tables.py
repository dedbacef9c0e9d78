"""All tables at once, for whoever needs the whole record (migrations, backup, checks)."""

from __future__ import annotations

from models import (
    account,
    alert,
    classifier_version,
    comment,
    place,
    programme,
    questionnaire,
    response,
    tally,
    topic,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "account",
    "alert",
    "classifier_version",
    "comment",
    "metadata",
    "place",
    "programme",
    "questionnaire",
    "response",
    "tally",
    "topic",
]
