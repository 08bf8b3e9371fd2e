"""For everybody: names for screen readers, the keyboard, both themes, large text, right to left."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QSlider, QWidget

from u2live.gui.painting import View

from .conftest import Desk

CONTROLS = (QAbstractButton, QSlider, QComboBox, QLineEdit)


def unfold(desk: Desk) -> None:
    for panel in desk.window.side.panels.values():
        panel.set_folded(False)
    QApplication.processEvents()


def controls(desk: Desk) -> list[QWidget]:
    found = [x for x in desk.window.findChildren(QWidget) if isinstance(x, CONTROLS) and x.isVisibleTo(desk.window)]
    return [x for x in found if not x.objectName().startswith("qt_")]


def test_every_control_has_a_name(desk: Desk) -> None:
    unfold(desk)
    nameless = [
        f"{type(x).__name__} in {type(x.parentWidget()).__name__}"
        for x in controls(desk)
        if not (x.accessibleName() or (isinstance(x, QAbstractButton) and x.text().strip()))
    ]
    assert nameless == []


def test_every_control_is_reached_with_tab(desk: Desk) -> None:
    unfold(desk)
    window = desk.window
    reached: set[int] = set()
    widget: QWidget | None = window.live
    for _ in range(2000):
        assert widget is not None
        reached.add(id(widget))
        widget = widget.nextInFocusChain()
        if widget is window.live:
            break
    unreachable = [
        x.accessibleName()
        for x in controls(desk)
        if x.isEnabled() and (id(x) not in reached or x.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.NoFocus)
    ]
    assert unreachable == []


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_both_themes_reach_everything(desk: Desk, choice: str) -> None:
    desk.window.set_theme(choice)
    QApplication.processEvents()
    side = desk.window.side.grab().toImage()
    ground = side.pixelColor(side.width() - 40, side.height() - 6).lightness()
    assert (ground > 200) == (choice == "light")
    desk.window.set_theme("dark")


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_larger_text_cuts_nothing_off(desk: Desk, scale: float) -> None:
    window = desk.window
    try:
        window.theme.set_text_scale(scale)
        window.resize(1280, 760)
        unfold(desk)
        desk.qtbot.wait(50)
        cut = []
        for button in window.side.findChildren(QAbstractButton):
            if button.isVisible() and button.text() and type(button).__name__ == "QPushButton":
                needed = QFontMetrics(button.font()).horizontalAdvance(button.text())
                if needed > button.width():
                    cut.append((button.text(), needed, button.width()))
        assert cut == []
        assert window.side.width() < window.width() / 2
        inside, viewport = window.side.area.widget(), window.side.area.viewport()
        assert inside is not None
        assert viewport is not None
        assert inside.minimumSizeHint().width() <= viewport.width()
        assert window.bottom.sizeHint().width() <= window.width()
    finally:
        window.theme.set_text_scale(1.0)


def test_right_to_left_keeps_everything_inside(desk: Desk) -> None:
    window = desk.window
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        desk.qtbot.wait(50)
        assert window.side.geometry().left() == 0
        gallery = window.background.view
        gallery._lay_out()
        for tile in gallery.thumbnails:
            assert gallery.rect().contains(tile.geometry())
        for view in View:
            window.show_view(view)
            window.live.grab()
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_keys_are_listed_and_can_be_changed(desk: Desk) -> None:
    from PyQt6.QtGui import QKeySequence

    from u2live.gui.keys_page import KeysPage

    desk.window.commands.run("window.help")
    sheet = desk.window.pages.sheet
    assert sheet is not None
    page = sheet.body
    assert isinstance(page, KeysPage)
    assert set(page.fields) >= {"privacy.toggle", "output.record", "preset.9", "view.matte"}
    page.fields["output.snapshot"].setKeySequence(QKeySequence("R"))
    page.fields["output.snapshot"].editingFinished.emit()
    assert "Start or stop recording" in page.told.text()
    assert desk.window.commands.shortcuts.key("output.record") == ""
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert desk.window.pages.sheet is None


def test_the_guide_leads_through_and_is_not_shown_again(desk: Desk) -> None:
    from u2live.gui.guide import STEPS

    desk.window.pages.show_guide()
    guide = desk.window.pages.guide
    assert guide is not None
    titles = []
    for _ in STEPS:
        titles.append(guide.title.text())
        assert desk.window.live.rect().contains(guide.geometry())
        guide.next.click()
    assert titles == [step.title for step in STEPS]
    assert desk.window.state.guide_done
    assert desk.window.pages.guide is None


def test_the_check_up_shows_trouble_first_with_a_command_to_copy(desk: Desk) -> None:
    from PyQt6.QtGui import QGuiApplication

    from u2live.doctor.finding import Finding, Level, Step
    from u2live.gui.doctor_page import DoctorPage

    page = DoctorPage(
        desk.window.theme,
        lambda: iter(
            [
                Finding("a", Level.OK, "the camera works"),
                Finding(
                    "b",
                    Level.PROBLEM,
                    "the module is missing",
                    "no call program sees u2live",
                    (Step(("modprobe", "v4l2loopback")),),
                ),
            ]
        ),
    )
    desk.qtbot.addWidget(page)
    page.start()
    desk.until(lambda: len(page.cards) == 2 and page.again.isEnabled())
    layout = page.layout()
    assert layout is not None
    assert layout.itemAt(1).widget() is page.cards[1]  # type: ignore[union-attr]
    page.cards[1].copy.click()  # type: ignore[attr-defined]
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == "sudo modprobe v4l2loopback"


def test_closed_with_the_virtual_camera_on_it_goes_on_and_says_so_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from .conftest import Collector, Delivery

    camera = Collector("virtual camera", Delivery.LATEST)
    monkeypatch.setattr("u2live.sinks.pipewire.open_any_virtual_camera", lambda *_, **__: camera)
    desk.window.add_tray()
    tray = desk.window.tray
    assert tray is not None
    said: list[str] = []
    monkeypatch.setattr(type(tray), "available", property(lambda _: True))
    monkeypatch.setattr(tray.icon, "showMessage", lambda title, text, *_: said.append(text))
    desk.window.commands.run("output.virtual_camera")
    desk.until(lambda: len(camera.composites) > 1)
    desk.window.close()
    assert not desk.window.isVisible()
    desk.frames(5)
    assert len(said) == 1
    tray.show_action.trigger()
    assert desk.window.isVisible()
    desk.window.close()
    assert len(said) == 1
    tray.privacy.trigger()
    assert desk.controller.value("privacy.mode") != "off"
    desk.until(lambda: tray.privacy.isChecked() or not tray.follow())
    desk.window.come_back()
