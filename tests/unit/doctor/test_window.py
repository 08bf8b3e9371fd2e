"""Findings about what the window needs, each on a machine that has exactly that fault."""

from __future__ import annotations

import pytest

from tests.unit.doctor.machine import LIB, LIBRARIES, Machine
from u2live.doctor.finding import Level
from u2live.doctor.window import check_window


def test_all_libraries_missing(machine: Machine) -> None:
    machine.remove(*(f"{LIB}/{library}" for library in LIBRARIES))
    finding = machine.find(check_window, "qt-libraries")
    packages = (
        "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 "
        "libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxkbcommon-x11-0"
    )
    assert (finding.level, finding.command) == (Level.PROBLEM, f"sudo apt-get install {packages}")


@pytest.mark.parametrize(
    ("distribution", "command"),
    [
        ("debian", "sudo apt-get install libxcb-cursor0"),
        ("fedora", "sudo dnf install xcb-util-cursor"),
        ("arch", "sudo pacman -S --needed xcb-util-cursor"),
        ("void", "install with your package manager (Debian's names): libxcb-cursor0"),
    ],
)
def test_one_library_missing(machine: Machine, distribution: str, command: str) -> None:
    machine.distribution(distribution)
    machine.remove(f"{LIB}/libxcb-cursor.so.0")
    assert machine.find(check_window, "qt-libraries").command == command


def test_other_places_for_libraries(machine: Machine) -> None:
    machine.remove(f"{LIB}/libxcb-cursor.so.0")
    machine.write("/usr/lib64/libxcb-cursor.so.0")
    assert machine.find(check_window, "qt-libraries").level is Level.OK
    machine.remove("/usr/lib64/libxcb-cursor.so.0")
    machine.write("/opt/qt/libxcb-cursor.so.0")
    machine.environment["LD_LIBRARY_PATH"] = "/opt/qt"
    assert machine.find(check_window, "qt-libraries").level is Level.OK


def test_libraries_of_x11_are_no_problem_without_x11(machine: Machine) -> None:
    machine.remove(f"{LIB}/libxcb-cursor.so.0")
    machine.environment = {"WAYLAND_DISPLAY": "wayland-0"}
    assert machine.find(check_window, "qt-libraries").level is Level.WARNING
    machine.remove(f"{LIB}/libEGL.so.1")
    assert machine.find(check_window, "qt-libraries").level is Level.PROBLEM


def test_no_display(machine: Machine) -> None:
    machine.environment = {}
    assert machine.find(check_window, "display").level is Level.WARNING


def test_no_pyqt(machine: Machine) -> None:
    machine.missing_modules = {"PyQt6"}
    finding = machine.find(check_window, "pyqt6")
    assert (finding.level, finding.command) == (Level.PROBLEM, "python -m pip install 'PyQt6>=6.7,<7'")
    machine.environment = {}  # a machine without a display is fine without it
    assert machine.find(check_window, "pyqt6").level is Level.WARNING
