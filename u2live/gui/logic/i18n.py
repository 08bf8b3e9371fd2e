"""All text that people read goes through `tr`, so that catalogues can follow. Knows no Qt: the application installs it."""

from __future__ import annotations

from collections.abc import Callable

_translate: Callable[[str], str] = str


def install(translate: Callable[[str], str]) -> None:
    """Use `translate` from now on."""
    global _translate
    _translate = translate


def tr(text: str, **values: object) -> str:
    """`text` in the user's language, with `{name}` filled from `values` after translation."""
    translated = _translate(text)
    return translated.format(**values) if values else translated


def noop(text: str) -> str:
    """Marks a text in a table for the catalogues; it is translated where it is shown."""
    return text
