"""How words stand on the screen."""

from __future__ import annotations


def capitalized(text: str) -> str:
    """With a capital at the beginning and the rest as it is: what rooms tell is written to stand after a colon."""
    return text[:1].upper() + text[1:]
