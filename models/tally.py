"""The counts every chart reads, folded from responses behind a watermark; never written by a form."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.base import BIG_ID, Base, UTCDateTime

ASKED = "*"


class Tally(Base, table=True):
    """Persons by (round, question, choice) and the target person's cell (grid, age band, sex).

    `n` chose it. `asked` stands once per question and cell, on the row whose choice is `*`, so that a
    choice nobody took needs no row; there n = asked. Unknown grid and age are 0, unknown sex 9.
    """

    round_id: int = Field(foreign_key="round.id", primary_key=True)
    question: str = Field(primary_key=True, max_length=40)
    choice: str = Field(primary_key=True, max_length=40)
    grid_id: int = Field(primary_key=True)
    age_band: int = Field(primary_key=True)
    sex: int = Field(primary_key=True)
    n: int = 0
    asked: int = 0


class TallyMargin(Base, table=True):
    """The same counts by one other thing, uncrossed with the cells.

    margin `group`: level is a code of taxonomy.GROUPS · `how`: "2026-11|mode|collector|valid or flagged"
    · `building`: the building's id, only the number of responses · `q:CODE`: the choice at question CODE
    · `area`: of the rated activity · `need:AREA`: its need item ("" for none), only the number of responses.
    """

    __tablename__ = "tally_margin"

    round_id: int = Field(foreign_key="round.id", primary_key=True)
    margin: str = Field(primary_key=True, max_length=40)
    level: str = Field(primary_key=True, max_length=40)
    question: str = Field(primary_key=True, max_length=40)
    choice: str = Field(primary_key=True, max_length=40)
    n: int = 0
    asked: int = 0


class FoldState(Base, table=True):
    """The watermark: responses up to this id are in the tally, later ones are not."""

    __tablename__ = "fold_state"

    id: int = Field(default=1, primary_key=True)
    last_response_id: int = Field(default=0, sa_type=BIG_ID)
    folded_at: datetime = Field(sa_type=UTCDateTime)


class CommentTally(Base, table=True):
    """Comments that have been read, by what they were read as; moved when a reading or a label changes.

    `month` is 2026-11 in China's time; `area` is empty while nobody, person or machine, is sure.
    """

    __tablename__ = "comment_tally"

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    month: str = Field(primary_key=True, max_length=7)
    area: str = Field(primary_key=True, max_length=20)
    state: str = Field(primary_key=True, max_length=12)
    urgent: bool = Field(primary_key=True)
    n: int = 0
