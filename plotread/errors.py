"""The faults that a caller can act on; everything a picture lacks is a flag instead."""

from __future__ import annotations


class PlotReadError(Exception):
    """Base of every error that plotread raises on purpose; its text is one clear line.

    Attributes
    ----------
    exit_status : int
        What a command ends with when it meets this error.
    """

    exit_status = 1


class UsageError(PlotReadError):
    """The caller asked for something that does not exist or does not fit together."""

    exit_status = 2


class NothingFoundError(PlotReadError):
    """The input was read, and there is no line plot (no numeric series) in it."""

    exit_status = 3


class UnreadableError(PlotReadError):
    """The file is missing, damaged, empty, too large, or of no known kind."""

    exit_status = 4
