"""Lines that a training loop prints: "epoch 3 loss: 0.5 val_loss: 0.6", "iter 100: loss 2.31, time 30ms"."""

from __future__ import annotations

import re

from plotread.logs.names import is_bookkeeping, quantity_words
from plotread.logs.numbers import parse_value
from plotread.logs.records import Record, tracks_from_records
from plotread.logs.types import Head, LogData, decode

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


def matches(head: Head) -> bool:
    if head.text.lstrip()[:1] in ("{", "<"):
        return False
    told = [record for record in _records(head.text) if len(record) > 1]
    places = {tuple(v for k, v in record.items() if k in _AXES) for record in told}
    return len(told) >= MIN_LINES and len(places) >= MIN_LINES


def parse(data: bytes) -> LogData:
    return tracks_from_records(_records(decode(data)), ("step", "iteration", "update", "epoch"))


def _records(text: str) -> list[Record]:
    """One record per line with a value; the epoch of a heading ("Epoch 1/10") holds for the lines below."""
    records: list[Record] = []
    heading: dict[str, object] = {}
    for raw in text.split("\n"):
        line = raw.rstrip("\r").rpartition("\r")[2]  # a progress bar rewrites its line; the last state counts
        place = _places(line)
        values = _values(line)
        if place:
            heading = {"epoch": place["epoch"]} if "epoch" in place else heading
        if values and (place or heading):
            records.append({**heading, **place, **values})
    if any("step" in record for record in records):  # "step 250: val loss", "iter 260: loss" of one loop
        return [{("step" if k == "iteration" else k): v for k, v in r.items()} for r in records]
    return records


def _places(line: str) -> dict[str, object]:
    found: dict[str, object] = {}
    totals: dict[str, float] = {}
    for word, number, total in _PLACE.findall(line):
        key = word.lower().replace(" ", "_")
        key = "iteration" if key.startswith("iter") else _PLACES.get(key, key)
        if key not in found:
            found[key] = float(number.replace(",", ""))
            if total:
                totals[key] = float(total.replace(",", ""))
    epoch = found.get("epoch")
    part = _PART.search(line)
    if isinstance(epoch, float) and part:
        done, whole = (float(group) for group in part.groups() if group is not None)
        found["epoch"] = epoch + (done / whole if whole else 0.0)
    for key in ("step", "iteration", "batch"):
        # "Epoch [2/10], Step [100/600]" counts steps from the start of each epoch.
        if isinstance(epoch, float) and key in totals and "epoch" in totals:
            found["step"] = (epoch - 1) * totals[key] + float(str(found.pop(key)))
    return found


def _values(line: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for pattern in (_VALUE, _BARE):
        for name, number, _ in pattern.findall(line):
            key = name.strip().lower() if pattern is _BARE else name.strip()
            value = parse_value(number.replace(",", ""))
            if value is None or key in found or _PLACE.fullmatch(f"{key} 1") or is_bookkeeping(key):
                continue
            found[key] = value
    known = any(map(quantity_words, found))
    return found if known else {}
