"""All tables at once, for whoever needs the whole record (migrations, backup, checks)."""

from __future__ import annotations

from models import account, comment, place, programme, questionnaire, response, tally
from models.base import Base

metadata = Base.metadata

__all__ = ["account", "comment", "metadata", "place", "programme", "questionnaire", "response", "tally"]
