"""What things are called by the distributions' package managers."""

from __future__ import annotations

import shlex

from u2live.doctor.finding import Step
from u2live.doctor.system import System

# What we need → its package on Debian and Ubuntu, on Fedora, on Arch.
_NAMES: dict[str, tuple[str, str, str]] = {
    "v4l2loopback": ("v4l2loopback-dkms", "akmod-v4l2loopback", "v4l2loopback-dkms"),
    "pipewire": ("pipewire", "pipewire", "pipewire"),
    "libpipewire": ("libpipewire-0.3-0", "pipewire-libs", "libpipewire"),
    "wireplumber": ("wireplumber", "wireplumber", "wireplumber"),
    "portal": ("xdg-desktop-portal", "xdg-desktop-portal", "xdg-desktop-portal"),
    "gst-pipewire": ("gstreamer1.0-pipewire", "pipewire-gstreamer", "gst-plugin-pipewire"),
    "gst-launch": ("gstreamer1.0-tools", "gstreamer1", "gstreamer"),
    "intel-gpu": ("intel-opencl-icd", "intel-compute-runtime", "intel-compute-runtime"),
    "mokutil": ("mokutil", "mokutil", "mokutil"),
    "libegl1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libgl1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libxkbcommon0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libdbus-1-3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libxcb-cursor0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-keysyms1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-image0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-render-util0": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-shape0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-xinerama0": ("libxcb-xinerama0", "libxcb", "libxcb"),
    "libxkbcommon-x11-0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
}
_INSTALL = {"debian": ("apt-get", "install"), "fedora": ("dnf", "install"), "arch": ("pacman", "-S", "--needed")}
_FAMILIES = tuple(_INSTALL)
_KIN = {"ubuntu": "debian", "linuxmint": "debian", "pop": "debian", "rhel": "fedora", "centos": "fedora", "manjaro": "arch"}


def os_release(system: System) -> dict[str, str]:
    """The fields of /etc/os-release."""
    fields = {}
    for line in system.read("/etc/os-release").splitlines():
        name, equals, value = line.partition("=")
        if equals:
            fields[name] = " ".join(shlex.split(value))
    return fields


def family(system: System) -> str:
    """debian, fedora or arch by their package manager; empty for others."""
    fields = os_release(system)
    for name in (fields.get("ID", ""), *fields.get("ID_LIKE", "").split()):
        found = _KIN.get(name, name)
        if found in _FAMILIES:
            return found
    return ""


def package_names(system: System, *needs: str) -> tuple[str, ...]:
    """The packages that carry `needs`, each once; by Debian's names where the distribution is unknown."""
    column = _FAMILIES.index(family(system)) if family(system) else 0
    return tuple(dict.fromkeys(_NAMES[need][column] for need in needs))


def install(system: System, *needs: str) -> tuple[Step, ...]:
    """The step that installs `needs`; none where the package manager is unknown."""
    known = family(system)
    return (Step((*_INSTALL[known], *package_names(system, *needs))),) if known else ()


def install_advice(system: System, *needs: str) -> str:
    """For distributions whose package manager is unknown: what to look for. Empty otherwise."""
    if family(system):
        return ""
    return f"install with your package manager (Debian's names): {' '.join(package_names(system, *needs))}"
