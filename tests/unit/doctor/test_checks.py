"""The whole examination, and findings about cameras, disks and weights, each on a machine that has exactly that fault."""

from __future__ import annotations

import dataclasses

import pytest

from tests.unit.doctor.machine import Machine
from u2live.doctor.examine import CHECKS, examine, healthy
from u2live.doctor.finding import Level
from u2live.doctor.machine import check_cameras, check_disk, check_weights
from u2live.doctor.probes import OUTPUT, WeightsFacts


def test_a_healthy_machine_has_nothing_to_do(machine: Machine) -> None:
    findings = examine(machine.system())
    assert [finding for finding in findings if finding.level is not Level.OK or finding.command] == []
    assert healthy(findings)
    assert len(findings) > len(CHECKS)


def test_findings_cannot_be_changed_and_warnings_are_no_problem(machine: Machine) -> None:
    machine.openvino = None
    findings = examine(machine.system())
    assert healthy(findings)
    with pytest.raises(dataclasses.FrozenInstanceError):
        findings[0].what = "something else"  # type: ignore[misc]
    machine.weights = WeightsFacts(problem="there are none")
    assert not healthy(examine(machine.system()))


def test_weights(machine: Machine) -> None:
    assert "u2netp-person" in machine.find(check_weights, "weights").what
    machine.weights = WeightsFacts(problem="there are no weights on this machine")
    finding = machine.find(check_weights, "weights")
    assert (finding.level, finding.command) == (Level.PROBLEM, "python main.py weights fetch u2netp")


class TestCamera:
    def test_there(self, machine: Machine) -> None:
        finding = machine.find(check_cameras, "camera")
        assert (finding.level, finding.what) == (Level.OK, "/dev/video0 HD Webcam")

    def test_none(self, machine: Machine) -> None:
        machine.remove("/dev/video0")
        assert machine.find(check_cameras, "camera").level is Level.WARNING

    def test_a_node_that_takes_no_pictures_is_no_camera(self, machine: Machine) -> None:
        machine.capabilities["video0"] = OUTPUT
        assert machine.find(check_cameras, "camera").what == "there is no camera"

    def test_not_permitted(self, machine: Machine) -> None:
        machine.closed = {"video0"}
        finding = machine.find(check_cameras, "camera")
        assert (finding.level, finding.command) == (Level.PROBLEM, "sudo usermod -aG video ada")

    def test_in_use(self, machine: Machine) -> None:
        machine.process(99, "zoom", opened="/dev/video0")
        finding = machine.find(check_cameras, "camera")
        assert finding.level is Level.WARNING
        assert "zoom (process 99)" in finding.what

    def test_elsewhere_nobody_can_look(self, machine: Machine) -> None:
        machine.platform = "darwin"
        assert check_cameras(machine.system()) == []


@pytest.mark.parametrize(("free", "level"), [(3e9, Level.OK), (1e9, Level.WARNING), (5e7, Level.PROBLEM)])
def test_disk(machine: Machine, free: float, level: Level) -> None:
    machine.free = int(free)
    findings = check_disk(machine.system())
    assert {finding.level for finding in findings} == {level}
    assert len(findings) == 2
    assert f"{free / 1e9:.1f} GB" in findings[0].what
