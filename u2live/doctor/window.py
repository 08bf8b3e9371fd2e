"""What the window stands on: PyQt6, the shared libraries of the system that Qt loads, a display."""

from __future__ import annotations

from u2live.doctor.finding import Finding, Level, Step, ok
from u2live.doctor.packages import install, install_advice, package_names
from u2live.doctor.system import System

# Package (Debian's name) → the library that Qt loads from it. Without the first group PyQt6 does not even import; the
# second is what its platform plug-in for X11 needs.
_BASE = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
}
_X11 = {
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xinerama0": "libxcb-xinerama.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}


def check_window(system: System) -> list[Finding]:
    findings = []
    if system.installed("PyQt6"):
        findings.append(ok("pyqt6", "PyQt6 is installed"))
    else:
        why = "the window cannot open; every other command works"
        steps = (Step(("python", "-m", "pip", "install", "PyQt6>=6.7,<7"), root=False),)
        level = Level.PROBLEM if system.platform != "linux" or _display_name(system) else Level.WARNING
        findings.append(Finding("pyqt6", level, "PyQt6 is not installed", why, steps))
    if system.platform == "linux":
        findings += [_libraries(system), _display(system)]
    return findings


def _libraries(system: System) -> Finding:
    base = [package for package, library in _BASE.items() if not system.has_library(library)]
    x11 = [package for package, library in _X11.items() if not system.has_library(library)]
    missing = [*base, *x11]
    if not missing:
        return ok("qt-libraries", "all shared libraries that Qt needs are there")
    what = f"shared libraries that Qt needs are missing: {', '.join(package_names(system, *missing))}"
    needed = system.environment.get("DISPLAY") or (base and system.environment.get("WAYLAND_DISPLAY"))
    level = Level.PROBLEM if needed else Level.WARNING
    why = "the window cannot open" if needed else "the window could not open on a display of this machine"
    return Finding("qt-libraries", level, what, why, install(system, *missing), install_advice(system, *missing))


def _display(system: System) -> Finding:
    name = _display_name(system)
    if name:
        return ok("display", f"there is a display: {name}")
    why = "the window cannot open here; `main.py run` and `main.py process` need none"
    return Finding(
        "display", Level.WARNING, "there is no display", why, advice="log in to a desktop, or use run and process"
    )


def _display_name(system: System) -> str:
    return system.environment.get("WAYLAND_DISPLAY") or system.environment.get("DISPLAY") or ""
