"""PipeWire's side of a virtual camera: the daemon, its session manager, the portal browsers ask, its libraries."""

from __future__ import annotations

import re

from u2live.doctor.finding import Finding, Level, Step, ok
from u2live.doctor.packages import install, install_advice
from u2live.doctor.system import System

_PORTALS = ("/usr/libexec/xdg-desktop-portal", "/usr/lib/xdg-desktop-portal")
_LIBRARY = "libpipewire-0.3.so.0"
_SESSION_MANAGERS = ("wireplumber", "pipewire-media-")  # the kernel cuts a process's name after 15 letters


def check_pipewire(system: System) -> list[Finding]:
    """All of it is optional: the kernel's door needs none of it."""
    if system.platform != "linux":
        return []
    if not system.has_program("pipewire"):
        what = "PipeWire is not installed"
        why = "only the kernel's virtual camera can be used"
        return [_missing("pipewire", what, why, system, "pipewire", "wireplumber")]
    findings = [_library(system), _running(system), _portal(system), *_order(system)]
    if not system.has_library("gstreamer-1.0/libgstpipewire.so"):
        what = "GStreamer's PipeWire plug-in is missing"
        why = "programs that read cameras through GStreamer do not see PipeWire's"
        findings.append(_missing("gstreamer-plugin", what, why, system, "gst-pipewire"))
    else:
        findings.append(ok("gstreamer-plugin", "GStreamer's PipeWire plug-in is installed"))
    return findings


def _library(system: System) -> Finding:
    """What u2live itself talks to PipeWire through."""
    if system.has_library(_LIBRARY):
        return ok("pipewire-library", f"PipeWire's library is there ({_LIBRARY})")
    what = f"PipeWire's library {_LIBRARY} is missing"
    return _missing("pipewire-library", what, "u2live cannot offer the PipeWire camera", system, "libpipewire")


def _running(system: System) -> Finding:
    runtime = system.environment.get("XDG_RUNTIME_DIR") or f"/run/user/{system.uid}"
    socket = f"{runtime}/{system.environment.get('PIPEWIRE_REMOTE', 'pipewire-0')}"
    if not system.exists(socket):
        what = f"PipeWire is not running ({socket} is missing)"
        steps = (Step(("systemctl", "--user", "enable", "--now", "pipewire.socket", "wireplumber.service"), root=False),)
        return Finding("pipewire", Level.WARNING, what, "the PipeWire camera cannot be offered", steps)
    names = [name for _, name in system.processes()]
    if any(name.startswith(_SESSION_MANAGERS) for name in names):
        return ok("pipewire", "PipeWire and its session manager are running")
    what = "PipeWire runs without a session manager"
    why = "without wireplumber no program is connected to a camera"
    if system.has_program("wireplumber"):
        steps = (Step(("systemctl", "--user", "enable", "--now", "wireplumber.service"), root=False),)
        return Finding("pipewire", Level.WARNING, what, why, steps)
    return _missing("pipewire", what, why, system, "wireplumber")


def _portal(system: System) -> Finding:
    if any(system.exists(path) for path in _PORTALS):
        return ok("portal", "the desktop portal is installed")
    what = "the desktop portal is not installed"
    return _missing("portal", what, "browsers ask it for PipeWire's cameras", system, "portal")


def _order(system: System) -> list[Finding]:
    """WirePlumber gives cameras to the portal's programs only when the portal was there before it (portal issue 2143)."""
    portal, manager = _started(system, "xdg-desktop-portal"), _started(system, "wireplumber")
    if portal is None or manager is None:
        return []
    if manager > portal:
        return [ok("portal-order", "WirePlumber started after the desktop portal")]
    what = "WirePlumber started before the desktop portal"
    why = "browsers and sandboxed programs may then be shown no PipeWire camera, until WirePlumber is started again"
    steps = (Step(("systemctl", "--user", "restart", "wireplumber"), root=False),)
    return [Finding("portal-order", Level.WARNING, what, why, steps)]


def _started(system: System, program: str) -> int | None:
    """When this user's process of that program started, in the kernel's ticks; None without one."""
    for number, name in system.processes():
        # Its name is cut after 15 letters, and the portal's helpers begin alike.
        if not program.startswith(name) or not name:
            continue
        path = system.read(f"/proc/{number}/cmdline").split("\0")[0]
        owner = re.search(r"^Uid:\s+(\d+)", system.read(f"/proc/{number}/status"), re.MULTILINE)
        fields = system.read(f"/proc/{number}/stat").rpartition(")")[2].split()
        if path.rpartition("/")[2] == program and owner and int(owner[1]) == system.uid and len(fields) > 19:
            return int(fields[19])
    return None


def _missing(name: str, what: str, why: str, system: System, *needs: str) -> Finding:
    return Finding(name, Level.WARNING, what, why, install(system, *needs), install_advice(system, *needs))
