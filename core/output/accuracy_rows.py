"""How well the classifier reads, as sentences and tables: what core.text.evaluation_file.Whole says in words.

The comments are shipped with the program and no resident wrote them: their counts are shown as they are. A
share still needs thirty of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import pandas as pd

from core.analysis.suppression import SHARE_FROM, SMALLEST_SHOWN
from core.output.numbers import decimal, number, percent, percent_span
from core.text.evaluation import SET_ASIDE
from core.text.evaluation_detail import LEAST_HANDS
from core.text.evaluation_file import Bin, Interval, Whole
from core.words import CHINA, say
from models.taxonomy import AREA_LABELS

MOST_CONFUSIONS: Final = 8
OTHER: Final = "other"
# When the last comments learned from brought as much as this, more of them are worth their labels.
STILL_RISING: Final = 0.01
# Macro-averages and shares that stand in one table, and what each share is a share of.
SCORES: Final = ("sentiment_macro_f1", "intent_macro_f1", "secondary_micro_f1")
SHARES: Final = {
    "urgent_recall": "n_urgent", "urgent_precision": "n_alarmed", "top_2": "n", "abstained": "n",
}  # fmt: skip


class Confusion(NamedTuple):
    """So many of an area's `of` comments were read as another area."""

    area: str
    read_as: str
    n: int
    of: int


class Other(NamedTuple):
    """A figure in words, what it is of, and one sentence on what it means."""

    figure: str
    what: str
    means: str


def finding(found: Whole) -> str:
    """The screen's title: of a hundred comments of hands never seen, how many have the right area."""
    if found.n < SHARE_FROM:
        return say("accuracy.finding_few", n=number(found.n))
    return say("accuracy.finding", right=round(100 * found.accuracy))


def how(found: Whole) -> str:
    """What it rests on: comments, hands, interval, when."""
    bounds = found.detail.intervals
    parts = [say("accuracy.base", n=number(found.n), hands=len(found.files))]
    if found.n >= SHARE_FROM:
        parts.append(say("accuracy.interval", between=percent_span(*bounds.accuracy)))
    if not bounds.by_hand:
        parts.append(say("accuracy.few_hands", least=LEAST_HANDS))
    parts.append(say("accuracy.when", at=f"{found.at.astimezone(CHINA):%Y-%m-%d %H:%M}"))
    return " · ".join(parts)


def _in_order(found: Whole) -> list[str]:
    """Areas that have comments, worst read first; too few to tell and `other` after them."""
    codes = [code for code, area in found.areas.items() if area.n]
    return sorted(codes, key=lambda c: (c == OTHER, found.areas[c].n < SHARE_FROM, found.areas[c].f1 or 0.0))


def areas(found: Whole) -> pd.DataFrame:
    """What is drawn: label, f1, low, high (null where too few), told (the direct label); worst first."""
    rows = []
    for code in _in_order(found):
        area, (low, high) = found.areas[code], found.detail.intervals.areas[code]["f1"]
        few = area.n < SHARE_FROM or area.f1 is None
        told = say("accuracy.too_few") if few else decimal(area.f1)
        rows.append((AREA_LABELS[code], *((None,) * 3 if few else (area.f1, low, high)), told))
    return pd.DataFrame(rows, columns=["label", "f1", "low", "high", "told"])


def areas_table(found: Whole) -> pd.DataFrame:
    """The same to read, with precision and recall, each with its interval."""
    rows = []
    for code in _in_order(found):
        area, bounds = found.areas[code], found.detail.intervals.areas[code]
        few = area.n < SHARE_FROM
        cells = [_share(getattr(area, name), bounds[name], few=few) for name in ("precision", "recall")]
        rows.append((AREA_LABELS[code], number(area.n), *cells, _score(area.f1, bounds["f1"], few=few)))
    return _frame("areas", ("area", "n", "precision", "recall", "f1"), rows)


def _share(value: float | None, bounds: Interval, *, few: bool) -> str:
    if few:
        return say("accuracy.too_few")
    return _with(percent(value), percent_span(*bounds))


def _score(value: float | None, bounds: Interval, *, few: bool) -> str:
    if few:
        return say("accuracy.too_few")
    low, high = bounds
    return _with(decimal(value), "–".join(map(decimal, bounds)) if None not in (low, high) else "")


def _with(figure: str, between: str) -> str:
    none = say("show.none")
    return (
        figure
        if figure == none or between in ("", none)
        else say("accuracy.with", figure=figure, between=between)
    )


def weakest(found: Whole) -> str:
    """The areas that are read best and worst, in a sentence; empty where fewer than two can be told."""
    told = [c for c in _in_order(found) if c != OTHER and found.areas[c].n >= SHARE_FROM]
    if len(told) < 2:
        return ""
    worst, best = told[0], told[-1]
    figures = {"worst_f1": decimal(found.areas[worst].f1), "best_f1": decimal(found.areas[best].f1)}
    return say("accuracy.areas.finding", worst=AREA_LABELS[worst], best=AREA_LABELS[best], **figures)


def confusions(found: Whole) -> list[Confusion]:
    """The pairs of areas that are taken for each other most often, most often first; not one to four."""
    codes, table = found.detail.codes, found.detail.confusion
    pairs = [
        Confusion(a, b, n, sum(row))
        for a, row in zip(codes, table, strict=True)
        for b, n in zip(codes, row, strict=True)
        if a != b and n >= SMALLEST_SHOWN
    ]
    return sorted(pairs, key=lambda pair: -pair.n)[:MOST_CONFUSIONS]


def confusion_lines(found: Whole) -> list[str]:
    """`confusions` in words."""
    lines = []
    for pair in confusions(found):
        names = {"area": AREA_LABELS[pair.area], "read_as": AREA_LABELS[pair.read_as], "n": number(pair.n)}
        enough = pair.of >= SHARE_FROM
        share = say("accuracy.confusion.share", share=percent(pair.n / pair.of)) if enough else ""
        lines.append(say("accuracy.confusion.line", **names) + share)
    return lines


def confusion_table(found: Whole) -> pd.DataFrame:
    """How often comments of each area (row) were read as each area (column)."""
    names = [AREA_LABELS[code] for code in found.detail.codes]
    rows = [[name, *map(number, row)] for name, row in zip(names, found.detail.confusion, strict=True)]
    return pd.DataFrame(rows, columns=[say("accuracy.confusion.first"), *names])


def _told_bins(found: Whole) -> list[Bin]:
    return [each for each in found.detail.calibration if each.n >= SHARE_FROM]


def calibration(found: Whole) -> str:
    """What the classifier's own certainty is worth: of its surest comments, said and found right."""
    told = _told_bins(found)
    if not told or found.ece is None:
        return say("accuracy.calibration.few")
    surest = told[-1]
    said = {"said": percent(surest.probability), "right": percent(surest.right), "n": number(surest.n)}
    return say("accuracy.calibration.finding", gap=decimal(100 * found.ece, 1), **said)


def calibration_table(found: Whole) -> pd.DataFrame:
    """Bins of certainty: comments, mean certainty, share right."""
    rows = []
    for each in found.detail.calibration:
        few = each.n < SHARE_FROM
        shares = [say("accuracy.too_few")] * 2 if few else [percent(each.probability), percent(each.right)]
        rows.append((percent_span(each.low, each.high), number(each.n), *shares))
    return _frame("calibration", ("between", "n", "said", "right"), rows)


def coverage(found: Whole) -> str:
    """How right the rest is when people read the least sure."""
    right = {round(each.coverage, 4): each.accuracy for each in found.detail.risk_coverage}
    kept = right.get(round(1 - SET_ASIDE, 4))
    if kept is None or found.n * (1 - SET_ASIDE) < SHARE_FROM:
        return say("accuracy.coverage.few")
    return say("accuracy.coverage.finding", aside=percent(SET_ASIDE), right=percent(kept))


def coverage_table(found: Whole) -> pd.DataFrame:
    """Left to people, kept by the machine (comments), share right of what it keeps."""
    rows = []
    for each in found.detail.risk_coverage:
        n = round(each.coverage * found.n)
        right = percent(each.accuracy) if n >= SHARE_FROM else say("accuracy.too_few")
        rows.append((percent(1 - each.coverage), number(n), right))
    return _frame("coverage", ("aside", "n", "right"), rows)


def files_table(found: Whole) -> pd.DataFrame:
    """Each hand: comments, share right, macro-F1; the worst read first."""
    files = sorted(found.files.items(), key=lambda item: (item[1].accuracy or 0.0, item[0]))
    rows = []
    for name, each in files:
        few = each.n < SHARE_FROM
        told = [say("accuracy.too_few")] * 2 if few else [percent(each.accuracy), decimal(each.macro_f1)]
        rows.append((name, number(each.n), *told))
    return _frame("files", ("file", "n", "right", "macro_f1"), rows)


def others(found: Whole) -> Iterator[Other]:
    """Urgency, sentiment, intent, other areas: the figure and what it means for whoever works with it."""
    bases: Mapping[str, int] = {"n": found.n, "n_urgent": found.n_urgent, "n_alarmed": found.n_alarmed}
    for name, base in (*SHARES.items(), *((name, "n") for name in SCORES)):
        value, n = getattr(found, name), bases[base]
        figure = decimal(value) if name in SCORES else percent(value)
        told = say("accuracy.too_few") if n < SHARE_FROM else figure
        what = say("accuracy.others.of", what=say(f"accuracy.others.{name}"), n=number(n))
        yield Other(told, what, say(f"accuracy.means.{name}"))


def curve(found: Whole) -> pd.DataFrame:
    """The learning curve as drawn: learned (comments, in words), right (share), told."""
    rows = [(number(each.n), each.accuracy, percent(each.accuracy)) for each in found.learning_curve]
    return pd.DataFrame(rows, columns=["learned", "right", "told"])


def curve_finding(found: Whole) -> str:
    """What the last comments learned from have brought; empty where there are fewer than two points."""
    if len(found.learning_curve) < 2:
        return ""
    before, last = found.learning_curve[-2:]
    figures = {"before": number(before.n), "last": number(last.n), "was": percent(before.accuracy)}
    state = "rising" if last.accuracy - before.accuracy >= STILL_RISING else "flat"
    return say(f"accuracy.curve.{state}", right=percent(last.accuracy), **figures)


def curve_table(found: Whole) -> pd.DataFrame:
    """The learning curve to read."""
    rows = [(number(e.n), percent(e.accuracy), decimal(e.macro_f1)) for e in found.learning_curve]
    return _frame("curve", ("n", "right", "macro_f1"), rows)


def _frame(table: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[say(f"accuracy.{table}.column.{name}") for name in columns])
