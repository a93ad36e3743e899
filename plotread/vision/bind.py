"""Names for the curves of one panel: least-cost assignment of legend entries to traces."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plotread.model import NO_FLAGS, RGB
from plotread.vision.pixels import color_distance
from plotread.vision.types import LegendEntry, PanelWords, Trace

Floats = NDArray[np.float64]

GATE = 75.0  # cost above which a name is not given
MIX_COST = 8.0  # a paler or darker shade of the entry's hue is nearly as good as its colour
MIX_SLOPE = 0.25  # of the plain distance that a shade still costs
OPPOSITE_DASH = 40.0  # a solid curve for a dashed entry, or the reverse
OTHER_DASH = 25.0  # dotted for dashed and the like
MARKER_COST = 15.0  # one has markers, the other none
ORDER_COST = 0.5  # per step between an entry's place and its trace's; decides between equals
REFERENCE_COST = 6.0  # a guide line takes a name only where no curve fits as well
HUE_NEAR = 20 / 360  # of the hue circle; shades of one hue
HUE_CHROMA = 0.1  # largest minus smallest channel (0 to 1) of a colour that has a hue
SHARED = 25.0  # cost under which a curve beyond the number of entries shares a name
ALIKE = 12.0  # colour distance under which two entries look alike
STYLE_ORDER = ("solid", "dashed", "dotted", "dashdot", "none")  # of R, gnuplot and the grammar of graphics
TWIN_ROLE_WORDS = (
    ("raw", re.compile(r"\b(raw|original|noisy|unsmoothed|per[- ]step|batch)\b", re.I)),
    ("smoothed", re.compile(r"\b(smooth\w*|average\w*|avg|ema|mean|rolling|moving|trend|filtered)\b", re.I)),
)  # words by which a legend tells a raw curve from its smoothed one


def bind_names(
    traces: tuple[Trace, ...], words: PanelWords
) -> tuple[tuple[str | None, frozenset[str]], ...]:
    """Give each trace the legend text that speaks for it.

    Parameters
    ----------
    traces : tuple of Trace
    words : PanelWords

    Returns
    -------
    tuple of (name, flags), one per trace in the same order
        `name` is None where no entry fits; then the flag ``unnamed`` says so if the panel has a
        legend.  ``names_ambiguous`` marks names that only the order of look-alike entries decided.

    Notes
    -----
    Least-cost assignment over colour, dash pattern, marker and order.  A raw and a smoothed trace
    of one hue take one place: both get its name, unless the legend names each of them.
    """
    entries = words.legend
    if not traces:
        return ()
    if not entries:
        return tuple((None, NO_FLAGS) for _ in traces)
    groups = _groups(traces)
    cost = _costs(traces, groups, entries)
    names: list[str | None] = [None] * len(traces)
    flags: list[frozenset[str]] = [NO_FLAGS] * len(traces)
    taken: set[int] = set()
    for g, e in _assignment(cost):
        if cost[g, e] >= GATE:
            continue
        taken.add(e)
        for t in groups[g]:
            names[t] = entries[e].name
            if _is_ambiguous(g, e, cost, entries):
                flags[t] = frozenset({"names_ambiguous"})
    _split_pairs(traces, groups, entries, taken, names)
    _share_names(traces, entries, taken, names, flags)
    for t, trace in enumerate(traces):
        name = names[t]
        if name is None and trace.kind != "reference":
            flags[t] = frozenset({"unnamed"})
        if name is not None and trace.kind == "band":
            names[t] = f"{name} (band)"  # two series of one name could not be told apart
    return tuple(zip(names, flags, strict=True))


def _groups(traces: Sequence[Trace]) -> list[list[int]]:
    """Traces that take one place in the legend: raw and smoothed of one hue, a band and its line."""
    groups: list[list[int]] = []
    of_pair: dict[int, int] = {}
    for i, trace in enumerate(traces):
        if trace.pair is not None and trace.pair in of_pair:
            groups[of_pair[trace.pair]].append(i)
            continue
        if trace.pair is not None:
            of_pair[trace.pair] = len(groups)
        groups.append([i])
    return groups


def _costs(
    traces: Sequence[Trace], groups: Sequence[Sequence[int]], entries: Sequence[LegendEntry]
) -> Floats:
    table = np.zeros((len(groups), len(entries)))
    places = _places(traces, groups)
    for g, members in enumerate(groups):
        for e, entry in enumerate(entries):
            table[g, e] = min(_cost(traces[t], entry) for t in members)
            table[g, e] += ORDER_COST * abs(places[g] - e)
    return table


def _places(traces: Sequence[Trace], groups: Sequence[Sequence[int]]) -> list[int]:
    """Each group's place; curves of one color stand in the order in which dashes are handed out."""
    first = [traces[members[0]] for members in groups]
    places = list(range(len(groups)))
    for g, trace in enumerate(first):
        same = [k for k, other in enumerate(first) if color_distance(other.color, trace.color) <= ALIKE]
        if same[0] == g and len({first[k].line for k in same}) == len(same) > 1:
            by_style = sorted(same, key=lambda k: STYLE_ORDER.index(first[k].line))
            for place, k in zip(same, by_style, strict=True):
                places[k] = place
    return places


def _cost(trace: Trace, entry: LegendEntry) -> float:
    plain = color_distance(trace.color, entry.color)
    cost = min(plain, MIX_COST + MIX_SLOPE * plain) if _same_hue(trace.color, entry.color) else plain
    if entry.direct:
        return cost + _direct_cost(trace, entry)
    if "none" not in (trace.line, entry.line) and trace.line != entry.line:
        cost += OPPOSITE_DASH if "solid" in (trace.line, entry.line) else OTHER_DASH
    if (trace.marker is None) != (entry.marker is None):
        cost += MARKER_COST
    if trace.kind == "reference":
        cost += REFERENCE_COST
    return cost


def _direct_cost(trace: Trace, entry: LegendEntry) -> float:
    """How far a label at a curve's end is from it, in heights of the label."""
    if len(trace.points_px) == 0:
        return GATE
    dx, dy = trace.points_px[-1] - np.array([entry.box.x0, entry.box.center[1]])
    height = max(entry.box.height, 1)
    return float(min(GATE, 5.0 * abs(dy) / height + 1.0 * abs(dx) / height))


def _is_grey(color: RGB) -> bool:
    return max(color) - min(color) < 255 * HUE_CHROMA


def _same_hue(a: RGB, b: RGB) -> bool:
    """Whether one colour is a tint or shade of the other (hue of HLS, which mixing with white keeps)."""
    hues = []
    for color in (a, b):
        if _is_grey(color):  # there is no hue to share
            return False
        r, g, blue = (channel / 255 for channel in color)
        hues.append(colorsys.rgb_to_hls(r, g, blue)[0])
    gap = abs(hues[0] - hues[1]) % 1.0
    return min(gap, 1 - gap) <= HUE_NEAR


def _assignment(cost: Floats) -> list[tuple[int, int]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.minimum(cost, GATE))
    return [(int(g), int(e)) for g, e in zip(rows, columns, strict=True)]


def _is_ambiguous(g: int, e: int, cost: Floats, entries: Sequence[LegendEntry]) -> bool:
    """Whether a look-alike entry would have done as well for a trace that competes for both."""
    for other, entry in enumerate(entries):
        if other == e or entry.name == entries[e].name or cost[g, other] - cost[g, e] > ALIKE:
            continue
        alike = color_distance(entry.color, entries[e].color) <= ALIKE and entry.line == entries[e].line
        if alike and (entry.marker is None) == (entries[e].marker is None):
            return True
    return False


def _split_pairs(
    traces: Sequence[Trace], groups: Sequence[Sequence[int]], entries: Sequence[LegendEntry],
    taken: set[int], names: list[str | None],
) -> None:  # fmt: skip
    """Where the legend names raw and smoothed apart, give each its own name."""
    for members in groups:
        if len(members) < 2 or names[members[0]] is None:
            continue
        own = next(e for e in taken if entries[e].name == names[members[0]])
        free = [
            e for e in range(len(entries))
            if e not in taken and any(
                _cost(traces[t], entries[e]) < GATE / 2
                or (_is_grey(traces[t].color) and _is_grey(entries[e].color))
                for t in members
            )
        ]  # fmt: skip
        if not free:
            continue
        other = min(free, key=lambda e: (min(_cost(traces[t], entries[e]) for t in members), e))
        first, second = members[0], members[1]
        straight = _pair_cost(traces[first], entries[own]) + _pair_cost(traces[second], entries[other])
        crossed = _pair_cost(traces[first], entries[other]) + _pair_cost(traces[second], entries[own])
        names[first], names[second] = (
            (entries[own].name, entries[other].name) if straight <= crossed
            else (entries[other].name, entries[own].name)
        )  # fmt: skip
        taken.add(other)


def _share_names(
    traces: Sequence[Trace], entries: Sequence[LegendEntry], taken: set[int],
    names: list[str | None], flags: list[frozenset[str]],
) -> None:  # fmt: skip
    """A curve left over that looks like a named entry is told of it too: its raw or smoothed twin."""
    for t, trace in enumerate(traces):
        if names[t] is not None or trace.kind == "reference" or not taken:
            continue
        best = min(sorted(taken), key=lambda e: _cost(trace, entries[e]))
        if _cost(trace, entries[best]) <= SHARED and not entries[best].direct:
            names[t] = entries[best].name
            flags[t] = frozenset({"names_ambiguous"})


def _pair_cost(trace: Trace, entry: LegendEntry) -> float:
    """Cost within a raw-and-smoothed pair: colours, and the words of the name."""
    # Both have one ink; the raw curve is the paler one, so the entry less like that ink is its own.
    cost = color_distance(trace.color, entry.color) * (-1 if trace.role == "raw" else 1)
    for role, pattern in TWIN_ROLE_WORDS:
        if pattern.search(entry.name):
            cost += -GATE if trace.role == role else GATE
    return cost
