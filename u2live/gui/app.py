"""Starts the window."""

from __future__ import annotations

import argparse
import functools
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QByteArray, QCoreApplication, QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from u2live import settings_file
from u2live.gui.assembly import Window, assemble
from u2live.gui.controller import Controller, build_pipeline
from u2live.gui.icons import app_icon
from u2live.gui.logic import i18n, window_state
from u2live.gui.theme import Theme
from u2live.gui.timers import repeating
from u2live.paths import user_config_dir
from u2live.pipeline.leaving import leave_if_a_thread_still_works
from u2live.types import Level, Notice

log = logging.getLogger("u2live")

if TYPE_CHECKING:
    from u2live.pipeline.pipeline import Pipeline
    from u2live.settings import Settings


def run_app(args: argparse.Namespace, laid_over: Callable[[Settings], Settings]) -> int:
    """The window with the options of `run`; returns the exit code.

    `laid_over` gives settings with those of the options over them, for this run only: they are not saved. What it raises
    for options that mean nothing is raised before a window opens.
    """
    path = settings_file.default_path()
    kept, problems = settings_file.load_settings(path)
    running = laid_over(kept)
    app = make_app()
    state = window_state.load(user_config_dir() / "window.json")
    theme = Theme(app, state.theme)
    controller = Controller(kept, running, path, functools.partial(_build, duration_s=args.duration))
    window = assemble(controller, theme, state=state)
    window.add_tray()
    if not window.state.guide_done:
        window.pages.show_guide()
    for problem in problems:
        window.tell("settings", problem)
    controller.ready.connect(lambda: _attach(window, args))
    controller.ready.connect(window.look_for_unfinished)
    _end_with_signals(window)
    if args.duration is not None:
        _end_with_pipeline(window)
    if window.state.geometry:
        window.restoreGeometry(QByteArray.fromBase64(window.state.geometry.encode()))
    window.show()
    # The first picture of the window comes before anything heavy is imported.
    QTimer.singleShot(0, lambda: _begin(window))
    code = app.exec()
    if args.json:
        print(json.dumps(_report(window)))
    leave_if_a_thread_still_works(code)  # before Qt's objects go, to which it may still report
    return code


def _begin(window: Window) -> None:
    window.repaint()
    window.startup.window_is_visible()
    window.start()
    window.controller.start()


def make_app() -> QApplication:
    """The application object, with names, icon, and translation in place."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    qInstallMessageHandler(_fail_in_one_line)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(["u2live"])
    app.setApplicationName("u2live")
    app.setApplicationDisplayName("u2live")
    app.setDesktopFileName("u2live")
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(True)
    i18n.install(lambda text: QCoreApplication.translate("u2live", text))
    return app


def _build(settings: Settings, duration_s: float | None) -> Pipeline:
    if duration_s is None:
        return build_pipeline(settings)
    from u2live.pipeline.pipeline import Pipeline

    return Pipeline(settings, patient=True, duration_s=duration_s)


def _report(window: Window) -> dict[str, Any]:
    """What happened, as plain values for JSON."""
    pipeline = window.controller.pipeline
    metrics = pipeline.metrics.snapshot().as_dict() if pipeline is not None else {}
    return {"startup": window.startup.as_dict(), **metrics}


def _fail_in_one_line(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    """Qt aborts where no window can be opened, as with a display that does not answer: say it in one line instead."""
    if kind is QtMsgType.QtFatalMsg:
        first = (message or "").strip().partition("\n")[0]
        print(f"u2live: the window cannot open ({first}); `main.py run` needs none", file=sys.stderr, flush=True)
        os._exit(1)
    if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg):
        log.debug("Qt: %s", message)


def _attach(window: Window, args: argparse.Namespace) -> None:
    """The outputs that the command line asks for."""
    if args.record is not None:
        window.outputs.start_recording(args.record, overwrite=args.overwrite)
    if args.virtual_camera is not None:
        window.outputs.start_virtual_camera(args.virtual_camera)


def _end_with_signals(window: Window) -> None:
    """Ctrl-C and SIGTERM end the window as its own Quit does. Python sees them while the timers tick."""

    def end(number: int, frame: object) -> None:
        QTimer.singleShot(0, window.quit)

    try:
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread, as in tests
        return


def _end_with_pipeline(window: Window) -> None:
    """With --duration the window closes when the pipeline has ended."""

    def look() -> None:
        pipeline = window.controller.pipeline
        if pipeline is not None and pipeline.wait(0):
            timer.stop()
            window.notice_bar.add(Notice(Level.INFO, "pipeline", "ended"))
            window.quit()

    timer = repeating(window, 100, look)
    timer.start()
