"""The edges panel: every row of the matte."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from u2live.gui.controller import Controller
from u2live.gui.controls import rows_widget
from u2live.gui.logic.rows import rows_of
from u2live.gui.theme import Theme


def edges_panel(controller: Controller, theme: Theme) -> QWidget:
    return rows_widget([row.key for row in rows_of("matte")], controller, theme)
