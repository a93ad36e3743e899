"""From a panel's pixels to traced curves.

`trace_panel` tells the story; one file per step.
"""

from __future__ import annotations

from plotread.vision.ink.panel import trace_panel

__all__ = ["trace_panel"]
