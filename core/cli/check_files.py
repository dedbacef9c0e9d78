"""Checks of the data files in this tree: questionnaires, places, labelled comments, sentences."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from core.errors import LinshengError
from core.queries.check_data import Finding
from core.settings import ROOT
from core.words import LANGUAGE, say, sentences

CODE = ("app.py", "core", "pages")


def check_files(root: Path = ROOT) -> list[Finding]:
    """Everything wrong with the data files under `root`."""
    data = root / "data"
    return [
        *_words(data / "words" / LANGUAGE),
        *_sentences_said(root),
        *_questionnaires(data / "questionnaires"),
        *_places(data / "places"),
        *_labelled(data / "labelled"),
    ]


def _words(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.glob("*.toml")):
        try:
            tomllib.loads(path.read_text(encoding="utf8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            yield Finding(f"words/{path.name}", say("cli.check.toml_torn", reason=str(error)))


def _sentences_said(root: Path) -> Iterator[Finding]:
    """Every sentence the code says by a literal key exists, and its braces can be filled in."""
    for key, text in sentences().items():
        try:
            list(string.Formatter().parse(text))
        except ValueError:
            yield Finding("words", say("cli.check.word_torn", key=key))
    for top in CODE:
        for path in [root / top] if top.endswith(".py") else sorted((root / top).rglob("*.py")):
            if path.is_file():
                missing = [key for key in _keys(path) if key not in sentences()]
                for key in missing:
                    yield Finding(path.relative_to(root).as_posix(), say("cli.check.word_missing", key=key))


def _keys(path: Path) -> Iterator[str]:
    """The literal keys given to `say`; those given to an error's `say` are of the room `errors`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            key, called = str(node.args[0].value), node.func
            if isinstance(called, ast.Name) and called.id == "say":
                yield key
            elif isinstance(called, ast.Attribute) and called.attr == "say":
                of_words = isinstance(called.value, ast.Name) and called.value.id == "words"
                yield key if of_words else f"errors.{key}"


def _questionnaires(folder: Path) -> Iterator[Finding]:
    from core.questionnaires.check import check_definition
    from core.questionnaires.load import load

    for path in sorted(folder.glob("*.yaml")):
        try:
            for told in check_definition(load(path)):
                yield Finding(f"questionnaires/{path.name}", str(told))
        except LinshengError as error:
            yield Finding(f"questionnaires/{path.name}", str(error))


def _places(folder: Path) -> Iterator[Finding]:
    from core.actions.community import load_place

    for path in sorted(folder.glob("*.yaml")):
        try:
            load_place(path)
        except LinshengError as error:
            yield Finding(f"places/{path.name}", str(error))


def _labelled(folder: Path) -> Iterator[Finding]:
    from core.text.labelled import COLUMNS, faults, reference_hands
    from core.text.store import REFERENCE

    ids: list[pd.Series] = []
    for path in sorted(folder.glob("*.csv")):
        place = f"labelled/{path.name}"
        try:
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (ValueError, UnicodeDecodeError) as error:
            yield Finding(place, str(error))
            continue
        if missing := [column for column in COLUMNS if column not in frame.columns]:
            yield Finding(place, say("cli.check.columns_missing", columns="、".join(missing)))
            continue
        ids.append(frame["id"])
        for fault in faults(frame).itertuples():
            told = say("cli.check.label_wrong", line=fault.row, column=fault.column, value=fault.value)
            yield Finding(place, told)
    for hand in sorted(reference_hands(folder)):
        if not (folder / f"{hand}.csv").exists():
            yield Finding(f"labelled/{REFERENCE}", say("cli.check.no_hand", hand=hand))
    if not ids:
        yield Finding("labelled", say("cli.check.no_labels"))
        return
    counts = pd.concat(ids).value_counts()
    for label_id, n in counts[counts > 1].items():
        yield Finding("labelled", say("cli.check.label_twice", id=label_id, n=n))
