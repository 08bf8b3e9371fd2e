"""Starts u2live."""

import sys

from u2live.cli import main

if __name__ == "__main__":
    sys.exit(main())
