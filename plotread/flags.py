"""The one registry of doubts: what each means, what it affects, and how prose hedges it.

A flag is raised by the stage that meets the doubt and travels with the axis, series or panel.
Flags only accumulate; nothing averages them away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Affects = Literal["values", "names", "shape", "all"]


@dataclass(frozen=True, slots=True)
class Flag:
    """One kind of doubt.

    Attributes
    ----------
    meaning : str
        What happened, for the warnings of a reading.
    affects : Affects
        Which statements it weakens.
    hedge : str
        The clause prose adds where the flag bears on a statement.
    """

    meaning: str
    affects: Affects
    hedge: str


FLAGS: dict[str, Flag] = {
    "axis_unread": Flag("the axis has no readable numbers, so its values are unknown",
                        "values", "its axis could not be read"),
    "frame_alone": Flag("no scale stands beside the plot area: its frame and its curves alone tell it",
                        "values", "no numbers stand beside its axes"),
    "axis_shared": Flag("the axis has no numbers of its own; those of its row or column of panels were taken",
                        "values", "its axis is read from a neighboring panel"),
    "scale_from_two_ticks": Flag("only two tick labels were read, so nothing checks the scale",
                                 "values", "the scale rests on two tick labels"),
    "scale_from_one_tick": Flag("one tick label was read, so the minor ticks alone tell the scale",
                                "values", "the axis shows a single number"),
    "date_partial": Flag("the dates of the axis name no year or no day, so they count from 1970",
                         "values", "the axis names no full date"),
    "tick_label_outlier": Flag("a tick label disagrees with the others and was left out",
                               "values", "one tick label disagrees with the rest"),
    "scale_loose": Flag("the tick labels fit the scale only loosely",
                        "values", "the tick labels fit only loosely"),
    "frame_loose": Flag("the edge of the plot area is uncertain",
                        "values", "the edge of the plot area is uncertain"),
    "blurred": Flag("the picture is blurred and has been sharpened",
                    "values", "the picture is blurred"),
    "rotated": Flag("the picture was turned slightly and has been straightened",
                    "values", "the picture is slightly turned"),
    "curve_hidden": Flag("the curve is hidden for a stretch behind another",
                         "shape", "it is partly hidden"),
    "clipped_at_frame": Flag("the curve runs out of the plot area",
                             "shape", "it runs out of the plot area"),
    "dense": Flag("several points share each pixel column; only their lowest and highest show",
                  "shape", "its points are too dense to tell apart"),
    "smoothed_only": Flag("only a smoothed curve is drawn", "shape", "only a smoothed curve is drawn"),
    "names_ambiguous": Flag("two legend entries look alike, so their order decided",
                            "names", "two legend entries look alike"),
    "unnamed": Flag("the figure names no curve of this look", "names", "the figure does not name it"),
    "ink_unexplained": Flag("part of the ink in the panel belongs to no curve that was read",
                            "all", "some of the ink is unexplained"),
    "weak_support": Flag("the picture supports the curve only in part",
                         "all", "the picture supports it only in part"),
    "first_frame": Flag("the file holds several pictures; only the first was read",
                        "all", "only the first of several pictures was read"),
    "low_resolution": Flag("a step of the drawing is larger than the detail asked of it",
                           "values", "the picture is too coarse"),
}


def meaning(flag: str) -> str:
    """What a flag means, for a warning.  Raises KeyError for a flag that is not registered."""
    return FLAGS[flag].meaning
