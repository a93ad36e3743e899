"""Lines that a training loop prints: "epoch 3 loss: 0.5 val_loss: 0.6", "iter 100: loss 2.31, time 30ms"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plotread.logs.blocks import Block, blocks_of_records, tracks_from_blocks
from plotread.logs.names import is_bookkeeping, quantity_words
from plotread.logs.numbers import BLANK, parse_value
from plotread.logs.shapes import CHUNK_LINES, FEWEST_ALIKE, joined, shapes_of
from plotread.logs.types import Head, LogData, decode
from plotread.model import Floats

MIN_LINES = 3  # lines with a place and a value before a text is taken for a log
_NUMBER = r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|inf"
# "Epoch [3/10]", "epoch=3", "step: 1,200", "iter 100"; the count after the slash is how many there will be.
_PLACE = re.compile(
    r"(?<![\w/])(global[ _]step|epochs?|steps?|iter(?:ation)?s?|batch|updates?)\s*[:=#]?\s*[\[(]?\s*"
    r"(\d[\d,]*(?:\.\d+)?)(?:\s*/\s*(\d[\d,]*))?(?![\w%])",
    re.IGNORECASE,
)
# A name, then ":" or "=", then a number; a known quantity may stand before its number without either.
_VALUE = re.compile(
    rf"([A-Za-z][\w/@.\-]*(?: (?:loss|acc|accuracy|error|score|rate|norm|dice|iou|f1|lr))?(?:\([^()\s]*\))?)"
    rf"\s*[:=]\s*({_NUMBER})(%?)(?![\w.])",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b((?:(?:train|training|val|valid|validation|eval|test) )?(?:loss|acc|accuracy|perplexity|ppl|error))"
    rf"\s+({_NUMBER})(%?)(?![\w.:/])",
    re.IGNORECASE,
)
# "Epoch: 1 [640/60000 (1%)]", "| epoch 1 | 200/ 2983 batches |": how much of the epoch has passed.
_PART = re.compile(
    r"epoch\s*[:=]?\s*\d+\s*\[\s*(\d+)\s*/\s*(\d+)(?=\s*[(\]])|(?<!\S)(\d+)\s*/\s*(\d+) batches",
    re.IGNORECASE,
)
_PLACES = {"epochs": "epoch", "steps": "step", "global_step": "step", "updates": "update"}
_AXES = ("global_step", "step", "iteration", "update", "epoch", "batch")


_MARKS = b"0123456789.,+-"  # what tells numbers apart; the rest of a line is its shape
_RUN = re.compile(r"[0-9.,+\-]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """The numbers of one line: those that place it, and those that were measured; each with its span."""

    place: dict[str, float]
    values: dict[str, float]
    spans: dict[str, tuple[int, int]]  # only of numbers that are told as they stand


def matches(head: Head) -> bool:
    if head.text.lstrip()[:1] in ("{", "<"):
        return False
    told = [block for block in _blocks(head.text) if len(block.columns) > 1]
    places = {
        tuple((k, v[i]) for k, v in block.columns.items() if k in _AXES)
        for block in told
        for i in range(len(block.rows))
    }
    return sum(len(block.rows) for block in told) >= MIN_LINES and len(places) >= MIN_LINES


def parse(data: bytes) -> LogData:
    return tracks_from_blocks(_blocks(decode(data)), ("step", "iteration", "update", "epoch"))


def _blocks(text: str) -> list[Block]:
    """One record per line with a value; the epoch of a heading ("Epoch 1/10") holds for the lines below."""
    # A progress bar rewrites its line; the last state counts.
    lines = [raw.rstrip("\r").rpartition("\r")[2] for raw in text.split("\n")]
    parts: dict[tuple[str, ...], list[Block]] = {}
    rest: list[int] = []
    for first in range(0, len(lines), CHUNK_LINES):
        chunk = lines[first : first + CHUNK_LINES]
        for _, places in shapes_of(chunk, _MARKS):
            if len(places) < FEWEST_ALIKE:
                rest += [first + i for i in places]
                continue
            block, others = _alike([chunk[i] for i in places], np.array(places) + first)
            if block is not None:
                parts.setdefault(tuple(block.columns), []).append(block)
            rest += others
    blocks = [joined(pieces) for pieces in parts.values()]
    blocks += _one_by_one(lines, sorted(rest))
    blocks = _under_headings(sorted(blocks, key=lambda block: int(block.rows[0])))
    if any("step" in block.columns for block in blocks):
        # "step 250: val loss", "iter 260: loss" of one loop
        one = {"iteration": "step"}
        return [Block(b.rows, {one.get(k, k): v for k, v in b.columns.items()}) for b in blocks]
    return blocks


def _one_by_one(lines: Sequence[str], rows: Sequence[int]) -> list[Block]:
    read = [(i, line) for i in rows if (line := _read(lines[i])).place or line.values]
    return blocks_of_records([{**line.place, **line.values} for _, line in read], [i for i, _ in read])


def _under_headings(blocks: Sequence[Block]) -> list[Block]:
    """Lines with values, each under the epoch that was named last; values without any place are left out."""
    named = [(b.rows, b.columns["epoch"]) for b in blocks if "epoch" in b.columns]
    rows = np.concatenate([rows for rows, _ in named]) if named else np.empty(0, dtype=np.intp)
    order = np.argsort(rows)
    rows, epochs = rows[order], np.concatenate([e for _, e in named])[order] if named else np.empty(0)
    found = []
    for block in blocks:
        if not set(block.columns) - set(_AXES):
            continue
        if "epoch" not in block.columns:
            at = np.searchsorted(rows, block.rows)
            under = np.append(BLANK, epochs)[at]
            kept = np.ones(len(at), dtype=bool) if set(block.columns) & set(_AXES) else at > 0
            columns = {"epoch": under, **block.columns} if (at > 0).any() else block.columns
            found.append(Block(block.rows[kept], {key: values[kept] for key, values in columns.items()}))
        else:
            found.append(block)
    told = np.sort(np.concatenate([block.rows for block in found])) if found else np.empty(0)
    return [Block(np.searchsorted(told, b.rows), b.columns) for b in found if len(b.rows)]


def _alike(lines: Sequence[str], rows: np.ndarray) -> tuple[Block | None, list[int]]:
    """The block of lines of one shape, and the rows of those that have to be read one by one."""
    first = _read(lines[0])
    keys = [*first.place, *first.values]
    if not keys:
        return None, []
    if set(keys) != set(first.spans) or len(set(keys)) < len(keys):
        return None, rows.tolist()
    pattern, order = _pattern(lines[0], first.spans)
    cells = pattern.findall("\n".join(lines))
    kept = np.ones(len(lines), dtype=bool)
    if len(cells) != len(lines):
        found = [pattern.fullmatch(line) for line in lines]
        kept = np.array([match is not None for match in found])
        cells = [match.groups() for match in found if match is not None]
    elif len(order) == 1:  # findall gives the group itself where there is only one
        cells = [(cell,) for cell in cells]
    columns: dict[str, Floats] = {}
    for key, column in zip(order, zip(*cells, strict=True), strict=True):
        columns[key] = _floats(column)
    return Block(rows[kept], {key: columns[key] for key in keys}), rows[~kept].tolist()


def _floats(cells: Sequence[str]) -> Floats:
    try:
        values = np.array(cells, dtype=object).astype(np.float64)
    except ValueError:  # thousands
        values = np.array([float(cell.replace(",", "")) for cell in cells])
    values[np.isnan(values)] = np.inf
    return values


def _pattern(line: str, spans: dict[str, tuple[int, int]]) -> tuple[re.Pattern[str], list[str]]:
    """What lines like this one match, with a group for each number that is told; the keys of the groups."""
    pieces, at, order = [], 0, []
    for key, (start, end) in sorted(spans.items(), key=lambda item: item[1]):
        pieces += [_loose(line[at:start]), f"({_NUMBER})"]
        order.append(key)
        at = end
    whole = "".join([*pieces, _loose(line[at:])])
    return re.compile(f"^{whole}$", re.IGNORECASE | re.MULTILINE), order


def _loose(text: str) -> str:
    """A text whose numbers may be others."""
    words = _RUN.split(text)
    return r"[0-9.,+\-]*".join(map(re.escape, words))


def _read(line: str) -> _Line:
    place, placed = _places(line)
    values: dict[str, float] = {}
    spans = dict(placed)
    for pattern in (_VALUE, _BARE):
        for match in pattern.finditer(line):
            name = match.group(1).strip()
            key = name.lower() if pattern is _BARE else name
            value = parse_value(match.group(2).replace(",", ""))
            if value is None or key in values or _PLACE.fullmatch(f"{key} 1") or is_bookkeeping(key):
                continue
            values[key] = value
            spans[key] = match.span(2)
    return _Line(place, values, spans) if any(map(quantity_words, values)) else _Line(place, {}, placed)


def _places(line: str) -> tuple[dict[str, float], dict[str, tuple[int, int]]]:
    found: dict[str, float] = {}
    totals: dict[str, float] = {}
    spans: dict[str, tuple[int, int]] = {}
    for match in _PLACE.finditer(line):
        key = match.group(1).lower().replace(" ", "_")
        key = "iteration" if key.startswith("iter") else _PLACES.get(key, key)
        if key not in found:
            found[key] = float(match.group(2).replace(",", ""))
            spans[key] = match.span(2)
            if match.group(3):
                totals[key] = float(match.group(3).replace(",", ""))
    epoch = found.get("epoch")
    part = _PART.search(line)
    if epoch is not None and part:
        done, whole = (float(group) for group in part.groups() if group is not None)
        found["epoch"] = epoch + (done / whole if whole else 0.0)
        spans.pop("epoch")
    for key in ("step", "iteration", "batch"):
        # "Epoch [2/10], Step [100/600]" counts steps from the start of each epoch.
        if epoch is not None and key in totals and "epoch" in totals:
            found["step"] = (epoch - 1) * totals[key] + found.pop(key)
            spans.pop(key)
    return found, spans
