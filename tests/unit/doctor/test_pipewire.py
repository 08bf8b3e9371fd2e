"""Findings about PipeWire, each on a machine that has exactly that fault."""

from __future__ import annotations

import pytest

from tests.unit.doctor.machine import LIB, Machine
from u2live.doctor.finding import Level
from u2live.doctor.pipewire import check_pipewire


def test_not_installed(machine: Machine) -> None:
    machine.remove("/usr/bin/pipewire")
    finding = machine.find(check_pipewire, "pipewire")
    assert (finding.level, finding.command) == (Level.WARNING, "sudo apt-get install pipewire wireplumber")


def test_not_running(machine: Machine) -> None:
    machine.remove("/run/user/1000/pipewire-0")
    finding = machine.find(check_pipewire, "pipewire")
    assert finding.level is Level.WARNING
    assert finding.command == "systemctl --user enable --now pipewire.socket wireplumber.service"


def test_without_a_session_manager(machine: Machine) -> None:
    machine.remove("/proc/700")
    assert machine.find(check_pipewire, "pipewire").command == "systemctl --user enable --now wireplumber.service"
    machine.remove("/usr/bin/wireplumber")
    assert machine.find(check_pipewire, "pipewire").command == "sudo apt-get install wireplumber"


def test_no_portal(machine: Machine) -> None:
    machine.remove("/usr/libexec/xdg-desktop-portal")
    assert machine.find(check_pipewire, "portal").command == "sudo apt-get install xdg-desktop-portal"


@pytest.mark.parametrize(
    ("distribution", "package"), [("debian", "libpipewire-0.3-0"), ("fedora", "pipewire-libs"), ("arch", "libpipewire")]
)
def test_no_library(machine: Machine, distribution: str, package: str) -> None:
    assert machine.find(check_pipewire, "pipewire-library").level is Level.OK
    machine.distribution(distribution)
    machine.remove(f"{LIB}/libpipewire-0.3.so.0")
    finding = machine.find(check_pipewire, "pipewire-library")
    assert (finding.level, finding.command.split()[-1]) == (Level.WARNING, package)
    assert "libpipewire-0.3.so.0" in finding.what


def test_wireplumber_before_the_portal(machine: Machine) -> None:
    assert machine.find(check_pipewire, "portal-order").level is Level.OK
    machine.process(700, "wireplumber", started=1050)
    finding = machine.find(check_pipewire, "portal-order")
    assert (finding.level, finding.command) == (Level.WARNING, "systemctl --user restart wireplumber")
    assert not finding.fix[0].root


def test_the_order_is_told_only_where_both_are_this_users(machine: Machine) -> None:
    machine.process(700, "wireplumber", started=1050, uid=1001)
    assert [finding for finding in check_pipewire(machine.system()) if finding.id == "portal-order"] == []
    machine.remove("/proc/695")
    machine.process(700, "wireplumber", started=900)
    assert [finding for finding in check_pipewire(machine.system()) if finding.id == "portal-order"] == []


@pytest.mark.parametrize(
    ("distribution", "package"),
    [("debian", "gstreamer1.0-pipewire"), ("fedora", "pipewire-gstreamer"), ("arch", "gst-plugin-pipewire")],
)
def test_no_plugin(machine: Machine, distribution: str, package: str) -> None:
    machine.distribution(distribution)
    machine.remove(f"{LIB}/gstreamer-1.0/libgstpipewire.so")
    finding = machine.find(check_pipewire, "gstreamer-plugin")
    assert finding.level is Level.WARNING
    assert finding.command.endswith(package)


def test_only_on_linux(machine: Machine) -> None:
    machine.platform = "win32"
    assert check_pipewire(machine.system()) == []
