"""Placeholder."""


def main() -> int:
    raise NotImplementedError
