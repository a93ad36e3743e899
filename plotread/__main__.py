"""``python -m plotread``."""

import sys

from plotread.cli import main

if __name__ == "__main__":
    sys.exit(main())
