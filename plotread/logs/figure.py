"""Tracks to a figure: one panel per quantity and kind of x, training and validation together."""

from __future__ import annotations

from collections.abc import Sequence

from plotread.logs.names import family
from plotread.logs.types import LogData, Track
from plotread.model import Axis, Figure, Panel, Series, Source


def make_figure(log: LogData, source: Source) -> Figure:
    """Panels in the order of the log.

    A panel has no frame and its axes no scale, range or resolution: nothing was drawn.
    """
    groups: dict[tuple[str, str], list[Track]] = {}
    for track in log.tracks:
        groups.setdefault((family(track.metric or track.name), track.x_label), []).append(track)
    panels = tuple(
        _make_panel(index, tracks, alone=len(groups) == 1) for index, tracks in enumerate(groups.values())
    )
    return Figure(source, panels, tuple(log.warnings))


def _make_panel(index: int, tracks: Sequence[Track], alone: bool) -> Panel:
    metrics = {track.metric or track.name for track in tracks}
    # Several runs of one metric go by the names of the runs, as in the legend of a dashboard.
    by_run = len(metrics) == 1 and all(track.run is not None for track in tracks)
    label = next(iter(metrics)) if len(metrics) == 1 else family(tracks[0].metric or tracks[0].name) or None
    series: list[Series] = []
    for track in tracks:
        name = track.run if by_run and len(tracks) > 1 else track.name
        series.append(Series(track.x, track.y, track.y, track.y, name=name, points="recovered"))
        if track.lo is not None and track.hi is not None:
            series.append(
                Series(track.x, track.y, track.lo, track.hi, name=name, kind="band", points="recovered")
            )
    return Panel(
        index,
        Axis(label=tracks[0].x_label),
        Axis(label=label),
        title=None if alone else label,
        series=tuple(series),
    )
