"""evaluate: how well the classifier reads a labelled file, or hands it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core.actions.classifier_versions import LABELLED, LEXICON
from core.actions.imports import Reject
from core.actions.reevaluate import SHIPPED_FILE, kept_file
from core.actions.retrain import TROUBLE
from core.cli import classifier, out
from core.cli.app import app
from core.errors import NotSetUp
from core.text.evaluation import evaluate
from core.text.evaluation_detail import detail, told
from core.text.evaluation_file import write
from core.text.evaluation_whole import Plan, whole
from core.words import say
from models.taxonomy import AREA_LABELS


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
    keep: Annotated[bool, typer.Option("--keep", help=say("reading.evaluate.keep"))] = False,
    ship: Annotated[bool, typer.Option("--ship", help=say("reading.evaluate.ship"))] = False,
    as_json: out.Json = False,
) -> None:
    """Print the figures; exit code 1 when the file holds rows that cannot be used."""
    if (file is None) != leave_out or ((parts or curve or keep or ship) and not leave_out) or parts == 1:
        raise out.usage(say("reading.evaluate.which"))
    rejects: list[Reject] = []
    if file is None:
        # A screen shows all of it.
        figures = _left_out(Plan(parts, detailed=detailed or keep or ship, curve=curve))
    else:
        figures, rejects = _of_file(file, detailed=detailed)
    classifier.tell_rejects(rejects)
    _show(figures | {"rejected": len(rejects)}, as_json=as_json)
    for path in [kept_file()] * keep + [SHIPPED_FILE] * ship:
        _store(figures, path)
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


def _left_out(plan: Plan) -> dict[str, Any]:
    try:
        with out.progress(say("reading.evaluate.leaving_out"), plan.steps(LABELLED)) as advance:
            return whole(LABELLED, LEXICON, plan=plan, advance=advance)
    except TROUBLE as error:
        raise NotSetUp(say("reading.train.failed", reason=type(error).__name__)) from error


def _store(figures: Mapping[str, Any], path: Path) -> None:
    """Where the portal's screen looks for it. Raises NotSetUp where nothing can be written."""
    try:
        write(path, figures)
    except OSError as error:
        raise NotSetUp(say("reading.evaluate.not_kept", path=path, reason=type(error).__name__)) from error
    out.tell(say("reading.evaluate.kept", path=path))


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
