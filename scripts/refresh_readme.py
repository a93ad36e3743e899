"""Put the tool's present output into README.md, between its sample marks.

python scripts/refresh_readme.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = re.compile(
    r"(<!-- sample: (?P<command>[^\n]*) -->\n```text\n)(?P<text>.*?)(```\n<!-- end of sample -->)", re.DOTALL
)


def refreshed(readme: str) -> str:
    """The README with every sample written anew."""

    def run(match: re.Match[str]) -> str:
        command = [sys.executable, "-m", "plotread", *match["command"].split()]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        return match[1] + done.stdout + match[4]

    return SAMPLE.sub(run, readme)


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(refreshed(path.read_text("utf-8")), encoding="utf-8")
