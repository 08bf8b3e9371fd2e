"""Starts u2live."""

import sys

try:
    from u2live.cli import program
except KeyboardInterrupt:
    sys.exit(130)

if __name__ == "__main__":
    program()
