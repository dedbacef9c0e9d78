"""What a training learns from: shipped comments, label files under var/labelled, reviewed comments of ours.

All of it is gathered in a folder of its own under var/, which goes when the training ends; the residents'
words in it are the redacted ones. What is held back to compare versions is in no training, ever.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from core.actions.imports import Reject, read_table
from core.errors import ImportFailed
from core.settings import settings
from core.text.labelled import COLUMNS, faults, missing_columns, usable
from core.text.store import REFERENCE
from core.words import say
from models.comment import Comment, Label
from models.place import Community

# One reviewed comment in so many percent, chosen by its id, is never learned from.
HELD_PERCENT = 30
COMMUNITY_FILE = "community.csv"


class FileReject(NamedTuple):
    """A row of a label file that was not taken; line 0: the whole file."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Labels:
    """Reviewed comments: COLUMNS each, `urgent` as bool; `learn` is empty while there are too few."""

    learn: pd.DataFrame
    held: pd.DataFrame


@dataclass
class Folder:
    """A folder ready to train on, how many rows are from where, and what was not taken."""

    path: Path
    n_shipped: int = 0
    n_community: int = 0
    rejects: list[FileReject] = field(default_factory=list)


def reviewed_labels(session: Session) -> Labels:
    """The newest label of every reviewed comment of our own communities, parted by the comment's id.

    Left out are texts from elsewhere, and synthetic communities unless the settings take them in.
    """
    newest = select(func.max(col(Label.id))).group_by(col(Label.comment_id))
    query = (
        select(
            col(Comment.id), col(Comment.redacted), col(Label.area), col(Label.areas), col(Label.sentiment),
            col(Label.intent), col(Label.urgent),
        )
        .join(Label, and_(col(Label.comment_id) == col(Comment.id), col(Label.id).in_(newest)))
        .join(Community, col(Community.id) == col(Comment.community_id))
        .where(col(Community.source) == "")
        .order_by(col(Comment.id))
    )  # fmt: skip
    if not settings().learn_from_synthetic:
        query = query.where(col(Community.synthetic).is_(False))
    rows = pd.DataFrame(session.execute(query).all(), columns=list(COLUMNS))
    return _parted(rows[rows["text"].str.strip() != ""].astype({"urgent": bool}))


def _parted(rows: pd.DataFrame) -> Labels:
    held = rows["id"].map(is_held).astype(bool)
    # Words that are held back must not be learned from another comment that says the same.
    learn = rows[~held & ~rows["text"].isin(set(rows.loc[held, "text"]))]
    if len(rows) < settings().learn_least:
        learn = learn.iloc[:0]
    return Labels(learn.reset_index(drop=True), rows[held].reset_index(drop=True))


def is_held(comment_id: int) -> bool:
    """Whether a comment is held back: the same for ever, on every machine."""
    digest = hashlib.sha256(f"held:{comment_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < HELD_PERCENT


@contextmanager
def training_folder(shipped: Path, labels: Labels) -> Iterator[Folder]:
    """Everything there is to learn from in one folder, readable by us alone, gone afterwards."""
    settings().var.mkdir(parents=True, exist_ok=True)
    # Only one retraining runs at a time: what lies there is a killed one's.
    for left in settings().var.glob("training-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="training-", dir=settings().var) as made:
        found = Folder(Path(made), n_community=len(labels.learn))
        for path in sorted(shipped.glob("*.csv")):
            found.n_shipped += max(0, path.read_bytes().count(b"\n") - 1)
            shutil.copyfile(path, found.path / path.name)
        for path in shipped.glob(REFERENCE):
            shutil.copyfile(path, found.path / path.name)
        for path in sorted(settings().own_labels.glob("*.csv")):
            _take(path, found, held=set(labels.held["text"]))
        if len(labels.learn):
            _write(labels.learn.assign(id=[f"c{id_}" for id_ in labels.learn["id"]]), found, COMMUNITY_FILE)
        yield found


def _take(path: Path, folder: Folder, *, held: Collection[str]) -> None:
    """The usable rows of one label file; its other rows are named, and a file that is none is named whole."""
    try:
        rows, rejects = labelled_table(path)
    except ImportFailed as error:
        folder.rejects.append(FileReject(path.name, 0, str(error)))
        return
    folder.rejects += [FileReject(path.name, *reject) for reject in rejects]
    rows = rows[~rows["text"].isin(held)]
    folder.n_community += len(rows)
    if len(rows):
        _write(rows, folder, f"own-{path.name}")


def _write(rows: pd.DataFrame, folder: Folder, name: str) -> None:
    plain = rows.assign(urgent=rows["urgent"].astype(int))
    plain.to_csv(folder.path / name, columns=list(COLUMNS), index=False, lineterminator="\n")


def labelled_table(path: Path) -> tuple[pd.DataFrame, list[Reject]]:
    """The usable rows of a table of labelled comments, and why the others are not.

    Raises ImportFailed when it is no such table or no row is usable.
    """
    table = read_table(path)
    frame = pd.DataFrame([row.cells for row in table.rows], columns=list(table.columns), dtype=str)
    if missing := missing_columns(frame):
        told = say("reading.evaluate.columns_missing", missing="、".join(missing), columns="、".join(COLUMNS))
        raise ImportFailed(told)
    wrong = [
        Reject(table.rows[i].line, say("reading.evaluate.wrong", column=fault.column, value=fault.value))
        for i, fault in zip(faults(frame).index, faults(frame).itertuples(), strict=True)
    ]
    good = usable(frame)
    if good.empty:
        raise ImportFailed(say("reading.evaluate.no_rows", name=path.name))
    return good.reset_index(drop=True), sorted([*table.rejects, *wrong])
