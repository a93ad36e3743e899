"""Tables of a report: the summary of each curve, and its values."""

from __future__ import annotations

import math
from bisect import bisect_left

from plotread.model import Estimate, Finding, Panel, Series, Statement
from plotread.prose.facts import Facts, percent, step_text
from plotread.prose.lexicon import capital
from plotread.prose.phrases.level import extreme
from plotread.prose.plan import curves_of

ALL_ROWS = 100  # logged points up to which a table holds every one
CHOSEN_ROWS = 14  # rows where it does not
READ_DOWN = 12  # rows from which one curve is told in several pairs of columns
PAIRS = 4  # pairs of columns
MAX_COLUMNS = 8  # curves of one table
OPPOSITE = {"lowest": "highest", "highest": "lowest"}


def summary_table(facts: Facts, panel: Panel) -> tuple[Statement, ...]:
    """Start, end and best of each curve."""
    rows: list[Statement] = []
    for curve in curves_of(facts, panel)[:MAX_COLUMNS]:
        change = curve.change
        best = facts.one("best_point", panel=panel.index, series=curve.index)
        if change is None:
            continue
        a, b = facts.value(change, "start"), facts.value(change, "end")
        share = percent(change, "change_percent", "percent", "relative_percent") or _decades(facts, change)
        top = bottom = ""
        if best is not None and facts.value(best, "value", "best"):
            top = f"{facts.value(best, 'value', 'best')} at {facts.step(best.panel, best.x)}"
        if best is not None and facts.value(best, "worst"):
            bottom = f"{facts.value(best, 'worst')} at {facts.step_of(best, 'worst_x')}"
        name = facts.names[panel.index, curve.index].text.removeprefix("the ")
        ids = tuple(f.id for f in (change, best) if f is not None)
        rows.append(Statement(f"| {name} | {a or ''} | {b or ''} | {share} | {top} | {bottom} |", ids))
    if not rows:
        return ()
    words = {
        extreme(f)
        for c in curves_of(facts, panel)
        if (f := facts.one("best_point", panel=panel.index, series=c.index))
    }
    best_words = " / ".join(sorted(words)) or "best"
    other = " / ".join(sorted({OPPOSITE.get(word, "worst") for word in words})) or "worst"
    return (Statement(f"| curve | start | end | change | {best_words} | {other} |"), *rows)


def _decades(facts: Facts, change: Finding) -> str:
    """A change that is too large for percent, in orders of magnitude."""
    decades = facts.estimate(change, "decades")
    return "" if decades is None else f"{facts.other_number(decades)} decades"


def data_table(facts: Facts, panel: Panel) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The values: all of them where they are few and logged points, else chosen rows; and a note."""
    curves = [c for c in curves_of(facts, panel) if len(panel.series[c.index].x)][:MAX_COLUMNS]
    if not curves:
        return (), ()
    logged = [c for c in curves if panel.series[c.index].points == "recovered"]
    # Rows at logged points where some curve has them: samples of the others lie beside them.
    steps = sorted({float(x) for c in logged or curves for x in panel.series[c.index].x})
    complete = len(steps) <= ALL_ROWS and len(logged) == len(curves)
    marked = _spike_steps(facts, panel, [c.index for c in curves])
    chosen = steps if complete else _chosen(steps, facts, panel)
    unit = facts.unit(panel.index).one or "x"
    names = [facts.names[panel.index, c.index].text.removeprefix("the ") for c in curves]
    cells = [
        [step_text(panel, x), *(_cell(facts, panel, c.index, x, marked) for c in curves)] for x in chosen
    ]
    cells = _merged(cells)
    ids = tuple(c.change.id for c in curves if c.change is not None)
    rows = _read_down(cells, [unit, *names]) if len(curves) == 1 else [[unit, *names], *cells]
    table = tuple(Statement(f"| {' | '.join(row)} |", ids if i else ()) for i, row in enumerate(rows))
    parts = ["All values" if complete else "Chosen rows"]
    parts += ["read down"] if len(curves) == 1 and len(cells) > READ_DOWN else []
    note = ", ".join(parts) + (
        "; spikes in bold." if any("**" in cell for row in cells for cell in row) else "."
    )
    spikes = tuple(f.id for f in facts.all("spike", panel=panel.index))
    return table, (Statement(capital(note), spikes),)


def _merged(cells: list[list[str]]) -> list[list[str]]:
    """Rows of which no two print the same step: of such rows the fuller one stands."""
    found: list[list[str]] = []
    for row in cells:
        if found and found[-1][0] == row[0]:
            found[-1] = max(found[-1], row, key=lambda r: sum(map(bool, r)))
        else:
            found.append(row)
    return found


def _read_down(cells: list[list[str]], head: list[str]) -> list[list[str]]:
    """One long list as several pairs of columns, read down."""
    if len(cells) <= READ_DOWN:
        return [head, *cells]
    height = math.ceil(len(cells) / PAIRS)
    columns = [cells[k : k + height] for k in range(0, len(cells), height)]
    rows = [
        [cell for column in columns for cell in (column[i] if i < len(column) else ["", ""])]
        for i in range(height)
    ]
    return [head * len(columns), *rows]


def _chosen(steps: list[float], facts: Facts, panel: Panel) -> list[float]:
    """Even rows from first to last, and the steps that findings point at."""
    n = len(steps)
    picked = (
        {steps[round(k * (n - 1) / (CHOSEN_ROWS - 1))] for k in range(CHOSEN_ROWS)}
        if n > CHOSEN_ROWS
        else set(steps)
    )
    for found in (*facts.all("best_point", panel=panel.index), *facts.all("overfitting", panel=panel.index)):
        if found.x in set(steps):
            picked.add(float(found.x or 0.0))
    return sorted(picked)


def _spike_steps(facts: Facts, panel: Panel, indices: list[int]) -> set[tuple[int, float]]:
    return {
        (j, f.x)
        for j in indices
        for f in facts.all("spike", panel=panel.index, series=j)
        if f.x is not None and f.grade != "possible"
    }


def _cell(facts: Facts, panel: Panel, index: int, x: float, marked: set[tuple[int, float]]) -> str:
    series = panel.series[index]
    at = _position(series, x, panel.x.resolution or 0.0)
    if at is None:
        return ""
    value = Estimate(float(series.y[at]), float(series.y_lo[at]), float(series.y_hi[at]))
    text = facts.number(panel.index, value, series.axis, cell=True)
    return f"**{text}**" if (index, x) in marked else text


def _position(series: Series, x: float, pixel: float) -> int | None:
    """Index of the value at this step, or of a sample in the same column; None where the curve has none."""
    at = bisect_left(series.x, x)
    if series.points == "sampled" and at > 0 and (at == len(series.x) or series.x[at] != x):
        at = min((i for i in (at - 1, at) if i < len(series.x)), key=lambda i: abs(float(series.x[i]) - x))
        if abs(float(series.x[at]) - x) > pixel:
            return None
    elif at == len(series.x) or series.x[at] != x:
        return None
    return at if math.isfinite(series.y[at]) else None


__all__ = ["Finding", "data_table", "summary_table"]
