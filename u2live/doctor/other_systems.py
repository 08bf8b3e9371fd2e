"""macOS and Windows, where virtual cameras come with other programs."""

from __future__ import annotations

from u2live.doctor.finding import Finding, Level, ok
from u2live.doctor.system import System

_OBS_FOR_MAC = "/Applications/OBS.app"
_OBS_FOR_WINDOWS = ("/Program Files/obs-studio", "/Program Files (x86)/obs-studio")


def check_other_virtual_cameras(system: System) -> list[Finding]:
    """OBS brings the virtual camera that u2live writes to there. Unity Capture on Windows is not looked for."""
    if system.platform == "darwin":
        there = system.exists(_OBS_FOR_MAC)
        advice = "install OBS 30 or newer, start its virtual camera once, allow it in System Settings, then close OBS"
    elif system.platform == "win32":
        there = any(system.exists(folder) for folder in _OBS_FOR_WINDOWS)
        advice = "install OBS (obsproject.com): its virtual camera is installed with it"
    else:
        return []
    if there:
        return [ok("virtual-camera", "OBS is installed: its virtual camera can be used")]
    why = "the window and recordings work; to be a camera in call programs u2live needs OBS's virtual camera"
    return [Finding("virtual-camera", Level.WARNING, "OBS is not installed", why, advice=advice)]
