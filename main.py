"""Starts u2live."""

from u2live.cli import program

if __name__ == "__main__":
    program()
