"""Two hundred random presses of the real controls: nothing raises, the pipeline lives, and the outputs go on."""

from __future__ import annotations

import sys
from types import TracebackType

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QWidget

from u2live.gui.logic.shortcuts import COMMANDS

from .conftest import Desk

ACTIONS = 200
# What opens a dialog of the system or ends the program is not pressed blindly.
NOT_COMMANDS = {"window.quit", "look.add", "window.process", "window.doctor", "output.folder", "output.virtual_camera"}
COMMAND_NAMES = [command.name for command in COMMANDS if command.name not in NOT_COMMANDS]
NOT_PRESSED = ("Import", "Export", "Add", "Quit", "Menu", "Remove", "Choose what privacy shows", "Folder", "~/", "Logo", "/")

action = st.one_of(
    st.tuples(st.just("command"), st.sampled_from(COMMAND_NAMES), st.integers(0, 0)),
    st.tuples(st.just("button"), st.integers(0, 10_000), st.integers(0, 0)),
    st.tuples(st.just("slider"), st.integers(0, 10_000), st.integers(0, 1000)),
    st.tuples(st.just("combo"), st.integers(0, 10_000), st.integers(0, 1000)),
    st.tuples(st.just("size"), st.integers(480, 1600), st.integers(360, 1000)),
    st.tuples(st.just("drag"), st.integers(0, 1000), st.integers(0, 1000)),
    st.tuples(st.just("plug"), st.integers(0, 1), st.integers(0, 0)),
)


def visible(desk: Desk, kind: type[QWidget]) -> list[QWidget]:
    found = [x for x in desk.window.findChildren(kind) if x.isVisible() and x.isEnabled()]
    return [x for x in found if not any(x.accessibleName().startswith(w) or _text(x).startswith(w) for w in NOT_PRESSED)]


def _text(widget: QWidget) -> str:
    return widget.text().strip() if isinstance(widget, QAbstractButton) else ""


def do(desk: Desk, what: str, first: object, second: int) -> None:
    window = desk.window
    if what == "command":
        window.commands.run(str(first))
    elif what == "size":
        window.resize(int(str(first)), second)
    elif what == "drag":
        live = window.live
        at = QPoint(round(live.width() * int(str(first)) / 1000), round(live.height() * second / 1000))
        desk.qtbot.mousePress(live, Qt.MouseButton.LeftButton, pos=live.rect().center())
        desk.qtbot.mouseMove(live, at)
        desk.qtbot.mouseRelease(live, Qt.MouseButton.LeftButton, pos=at)
    elif what == "plug":
        (desk.camera.plugged.set if first else desk.camera.plugged.clear)()
    else:
        press(desk, what, int(str(first)), second)


def press(desk: Desk, what: str, which: int, value: int) -> None:
    if what == "button":
        buttons = visible(desk, QAbstractButton)
        button = buttons[which % len(buttons)]
        assert isinstance(button, QAbstractButton)
        desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    elif what == "slider":
        sliders = [x for x in visible(desk, QAbstractSlider) if isinstance(x, QAbstractSlider)]
        if sliders:
            slider = sliders[which % len(sliders)]
            slider.setValue(slider.minimum() + (slider.maximum() - slider.minimum()) * value // 1000)
    else:
        combos = [x for x in visible(desk, QComboBox) if isinstance(x, QComboBox)]
        if combos:
            combo = combos[which % len(combos)]
            choices = [n for n in range(combo.count()) if not str(combo.itemData(n)).startswith("\0") and combo.itemText(n)]
            if choices:
                index = choices[value % len(choices)]
                combo.setCurrentIndex(index)
                combo.activated.emit(index)


@pytest.mark.timeout(600)
def test_two_hundred_random_actions_raise_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[BaseException] = []

    def keep(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        raised.append(error)

    monkeypatch.setattr(sys, "excepthook", keep)
    for panel in desk.window.side.panels.values():
        panel.set_folded(False)

    @settings(
        max_examples=ACTIONS // 20,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(action, min_size=20, max_size=20))
    def run(actions: list[tuple[str, object, int]]) -> None:
        for what, first, second in actions:
            do(desk, what, first, second)
            QApplication.processEvents()
            assert raised == [], f"after {what} {first} {second}"

    run()
    desk.camera.plugged.set()
    pipeline = desk.controller.pipeline
    assert pipeline is not None
    desk.controller.set("privacy.mode", "off")
    desk.controller.set("camera.source", "auto")
    desk.until(lambda: pipeline.state.value == "running")
    desk.settled()
    assert raised == []
    assert pipeline.error is None
