"""For the tests of retraining: small data to learn from, labelled comments, a second version."""

from __future__ import annotations

import copy
import csv
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
from sqlalchemy import select
from sqlmodel import col

from core import database
from core.actions.comment_tally import moving
from core.actions.retrain import Data
from core.settings import ROOT, settings
from core.text import store
from core.text.reader import Reader
from core.text.train import train
from models.account import Account
from models.base import now
from models.comment import Classification, Comment, Label
from models.place import Community

HANDS = ("01-old-north", "05-short-1", "09-danger-1")


def small_data(folder: Path) -> Data:
    """Three hands' first 40 comments and the lexicon."""
    found = Data(folder / "labelled", folder / "lexicon")
    found.labelled.mkdir()
    for hand in HANDS:
        lines = (ROOT / "data" / "labelled" / f"{hand}.csv").read_text(encoding="utf8").splitlines()
        (found.labelled / f"{hand}.csv").write_text("\n".join(lines[:41]) + "\n", encoding="utf8")
    shutil.copytree(ROOT / "data" / "lexicon", found.lexicon)
    return found


def train_here(
    labelled: Path, lexicon: Path, cache: Path, *, advance: store.Advance = store.no_progress
) -> None:
    """Put the classifier of these data into the cache as a training in a child would, without the child."""
    cache.mkdir(parents=True, exist_ok=True)
    reader = train(labelled, lexicon, advance=advance)
    reader.save(cache / f"{reader.version}.npz")
    store.tidy(cache)


class TrainingHere(store.Training):
    """A training of small data that waits for no child: most tests ask what becomes of what was learned."""

    def __init__(self, labelled: Path, lexicon: Path, cache: Path, *, gently: bool = False) -> None:
        self._data = labelled, lexicon, cache
        self.process = SimpleNamespace(returncode=0, poll=lambda: 0)  # type: ignore[assignment]

    def wait(self, advance: store.Advance) -> None:
        """Train, telling every step."""
        train_here(*self._data, advance=advance)


def examples(n: int) -> Iterator[dict[str, str]]:
    """Labelled comments of a hand the small data lack."""
    with (ROOT / "data" / "labelled" / "27-several-areas.csv").open(encoding="utf8") as file:
        yield from islice(csv.DictReader(file), n)


def community(*, synthetic: bool = False, source: str = "", code: str = "own") -> int:
    """A community; its id."""
    with database.writing() as session:
        made = Community(code=code, name="社区", synthetic=synthetic, source=source)
        session.add(made)
        session.flush()
        return made.id or 0


def said(community_id: int, texts: Sequence[str]) -> list[int]:
    """Comments that wait to be read; their ids."""
    with database.writing() as session:
        rows = [
            Comment(
                community_id=community_id, channel="sentence", original=t, redacted=t, said_at=now(),
                received_at=now(),
            ) for t in texts
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        return [row.id or 0 for row in rows]


def reviewed(community_id: int, n: int, *, area: str = "") -> list[int]:
    """Comments with a person's label each: that of the example, or always `area`."""
    rows = list(islice(cycle(examples(n)), n))
    ids = said(community_id, [row["text"] for row in rows])
    with database.writing() as session, moving(session, ids):
        person = session.scalars(select(Account)).first()
        if person is None:
            person = Account(name="li", display="li", password_hash="-", created_at=now())
            session.add(person)
            session.flush()
        session.add_all(
            Label(
                comment_id=id_, account_id=person.id, area=area or row["area_primary"],
                areas=row["areas_secondary"] if not area else "", sentiment=row["sentiment"],
                intent=row["intent"], urgent=row["urgent"] == "1", labelled_at=now(),
            ) for id_, row in zip(ids, rows, strict=True)
        )  # fmt: skip
    return ids


def renamed(data: Data, version: str) -> Reader:
    """The data's classifier under another version's name, in the cache: a second version in no time."""
    cache = settings().classifier_cache
    reader = store.train(data.labelled, data.lexicon, cache)
    made = copy.copy(reader)
    made.settled = replace(reader.settled, version=version)
    made.save(cache / f"{version}.npz")
    return made


def readings() -> dict[int, dict[str, int]]:
    """Per comment how many readings it has by each version."""
    with database.reading() as session:
        rows = pd.DataFrame(
            session.execute(select(col(Classification.comment_id), col(Classification.classifier))).all(),
            columns=["comment", "version"],
        )
    found: dict[int, dict[str, int]] = {}
    for (comment, version), n in rows.value_counts().items():
        found.setdefault(comment, {})[version] = n
    return found


def in_force_by() -> dict[int, str]:
    """Per read comment the version whose reading counts."""
    with database.reading() as session:
        query = select(col(Comment.id), col(Classification.classifier)).join(
            Classification, col(Classification.id) == col(Comment.classification_id)
        )
        return {id_ or 0: version for id_, version in session.execute(query)}
