"""evaluate: how well the classifier reads a labelled file, or hands it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from core.actions.classifier_versions import LABELLED, LEXICON
from core.actions.imports import Reject
from core.cli import classifier, out
from core.cli.app import app
from core.errors import NotSetUp
from core.text.evaluation import Evaluation, evaluate
from core.text.evaluation_detail import detail, told
from core.text.labelled import read_labelled
from core.text.lexicon import Lexicon
from core.words import say
from models.taxonomy import AREA_LABELS

# Comments a learning curve learns from, besides all; and the groups its hands are held out by.
CURVE, CURVE_PARTS = (500, 1_000, 2_000, 4_000, 8_000), 7


@app.command("evaluate", help=say("reading.evaluate.help"))
def evaluate_file(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help=say("reading.evaluate.file"))
    ] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-one-file-out", help=say("reading.evaluate.leave_out"))
    ] = False,
    parts: Annotated[int, typer.Option("--parts", min=0, help=say("reading.evaluate.parts"))] = 0,
    detailed: Annotated[bool, typer.Option("--detail", help=say("reading.evaluate.detail"))] = False,
    curve: Annotated[
        bool, typer.Option("--learning-curve", help=say("reading.evaluate.learning_curve"))
    ] = False,
    as_json: out.Json = False,
) -> None:
    """Print the figures; exit code 1 when the file holds rows that cannot be used."""
    if (file is None) != leave_out or ((parts or curve) and not leave_out) or parts == 1:
        raise out.usage(say("reading.evaluate.which"))
    rejects: list[Reject] = []
    if file is None:
        figures = _left_out(parts, detailed=detailed)
        if curve:
            figures["learning_curve"] = _curve(parts or CURVE_PARTS)
    else:
        figures, rejects = _of_file(file, detailed=detailed)
    classifier.tell_rejects(rejects)
    _show(figures | {"rejected": len(rejects)}, as_json=as_json)
    raise typer.Exit(out.FINDINGS if rejects else 0)


def _of_file(file: Path, *, detailed: bool) -> tuple[dict[str, Any], list[Reject]]:
    rows, rejects = classifier.labelled_table(file)
    if file.resolve().parent == LABELLED.resolve():
        out.tell(say("reading.evaluate.seen"))
    reader, texts = classifier.ready(), list(rows["text"])
    readings = reader.read(texts)
    figures = asdict(evaluate(rows, readings, reader.likeliest(texts)))
    if detailed:
        figures["detail"] = told(detail(rows, readings))
    return {"classifier": reader.version, **figures}, rejects


def _left_out(parts: int, *, detailed: bool) -> dict[str, Any]:
    """Figures of all labelled comments together and, under `files`, of each file."""
    from core.text.leave_out import read_left_out

    try:
        rows, lexicon = read_labelled(LABELLED), Lexicon.load(LEXICON)
        total = parts or rows["file"].nunique()
        with out.progress(say("reading.evaluate.leaving_out"), total) as advance:
            found = read_left_out(rows, lexicon, parts=parts, advance=advance)
    except (OSError, ValueError) as error:
        raise NotSetUp(say("reading.train.failed", reason=type(error).__name__)) from error
    files = {
        str(name): _figures(rows, found, places) for name, places in rows.groupby("file").indices.items()
    }
    short = {name: {"n": e.n, "accuracy": e.accuracy, "macro_f1": e.macro_f1} for name, e in files.items()}
    figures = asdict(_figures(rows, found, range(len(rows)))) | {"files": short}
    return figures | ({"detail": told(detail(rows, [reading for reading, _ in found]))} if detailed else {})


def _curve(parts: int) -> list[dict[str, Any]]:
    """The learning curve as rows: comments learned from, accuracy and macro-F1 on hands held out."""
    from core.text.leave_out import learning_curve

    rows, lexicon = read_labelled(LABELLED), Lexicon.load(LEXICON)
    with out.progress(say("reading.evaluate.learning"), len(CURVE) + 1) as advance:
        found = learning_curve(rows, lexicon, CURVE, parts=parts, advance=advance)
    return [point._asdict() for point in found]


def _figures(rows: pd.DataFrame, found: list[Any], places: Any) -> Evaluation:
    chosen = [found[i] for i in places]
    return evaluate(rows.iloc[list(places)], [reading for reading, _ in chosen], [two for _, two in chosen])


def _show(figures: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        out.show(figures, as_json=True)
        return
    plain = {name: value for name, value in figures.items() if not isinstance(value, Mapping | list)}
    out.show({say(f"reading.figure.{name}"): _told(value) for name, value in plain.items()}, as_json=False)
    for kind in ("areas", "files"):
        of = figures.get(kind, {})
        first = say(f"reading.figure.{kind}")
        rows = [
            {first: AREA_LABELS.get(name, name)}
            | {say(f"reading.figure.{k}"): _told(v) for k, v in each.items()}
            for name, each in of.items()
        ]
        out.show(rows, as_json=False)
    if "detail" in figures:
        _show_detail(figures["detail"])
    if "learning_curve" in figures:
        _table("learning_curve", figures["learning_curve"])


def _show_detail(found: Mapping[str, Any]) -> None:
    """Intervals, confusions, calibration and risk against coverage as tables."""
    bounds = found["intervals"]
    out.tell(say("reading.detail.by_hand" if bounds["by_hand"] else "reading.detail.by_comment"))
    of = {"accuracy": bounds["accuracy"], "macro_f1": bounds["macro_f1"]}
    out.show({say(f"reading.figure.{name}"): _range(each) for name, each in of.items()}, as_json=False)
    first = say("reading.figure.areas")
    areas = [
        {first: AREA_LABELS.get(code, code)}
        | {say(f"reading.figure.{name}"): _range(each) for name, each in of.items()}
        for code, of in bounds["areas"].items()
    ]
    out.show(areas, as_json=False)
    out.tell(say("reading.detail.confusion"))
    rows = zip(found["codes"], found["confusion"], strict=True)
    out.show(
        [{first: code} | dict(zip(found["codes"], row, strict=True)) for code, row in rows], as_json=False
    )
    for name in ("calibration", "risk_coverage"):
        _table(name, found[name])


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    out.tell(say(f"reading.detail.{name}"))
    told = [{say(f"reading.column.{key}"): _told(value) for key, value in row.items()} for row in rows]
    out.show(told, as_json=False)


def _range(interval: Sequence[float | None]) -> str:
    low, high = interval
    return "—" if low is None or high is None else f"{low:.3f}–{high:.3f}"


def _told(value: Any) -> Any:
    return f"{value:.3f}" if isinstance(value, float) else value
