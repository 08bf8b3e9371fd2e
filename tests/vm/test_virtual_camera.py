"""The real program on real devices: vivid's camera in, v4l2loopback's out, in a virtual machine.

One boot plays everything (tests/vm/inside/checks.py); each check is a test of its own here. `.ci/run` runs them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.vm.guest import Result

pytestmark = [pytest.mark.vm, pytest.mark.timeout(4500)]

CHECKS = """
the camera begins with its own defaults
a reader that came before the program sees pictures
the camera's composite arrives
the right size and format
the camera's controls are as the settings want them
colours within 4 of 255
a steady rate
no bursts of repeated pictures
a device that a program feeds is not taken
a reader opens it ten times
unplugged: the placeholder within a second
plugged in again: the picture within three seconds
the virtual camera never stops meanwhile
unplugged: the node is gone, the program goes on
plugged in again: the controls are as before
a control changes while the program runs
another size under a reader: letterboxed into what it holds
the first size again under a reader
not one picture of the room while starting, running, unplugged and changed
with no effect chosen, and only then, the camera's own picture is seen
an effect again: the room is gone
nobody looks: the camera is released
asleep: another program can have the camera
asleep: programs that only list cameras do not wake it
somebody looks: the camera is on within half a second
awake: the composite is back
waking shows the placeholder first
not one picture of the room while waking
Ctrl-C ends it with exit code 0
before the restart
the first program ends
restarted with another size under a reader: letterboxed into what it holds
killed under a reader, started again: it sees pictures
not one picture of the room while programs came and went
killed: the device offers output again
(another program has left the device dead)
doctor sees the dead device
doctor's step frees it
a dead device is brought back and used
doctor names the program that feeds the device
doctor sees that the module is not loaded
doctor's steps load it and make the device
and the same device is made when it is loaded again
with the network: the person on the background arrives
not one picture of the room with the network
with the network: Ctrl-C ends it with exit code 0
it was the network that ran, on OpenVINO
doctor answers with one JSON object, in health
doctor on v4l2loopback-loaded: as it is
doctor on exclusive-caps: as it is
doctor on virtual-camera-free: as it is
doctor on camera: as it is
doctor on pipewire: as it is
doctor on the re-opening fault: as it is
""".strip().splitlines()


@pytest.mark.parametrize("check", CHECKS)
def test_on_real_devices(results: Mapping[str, Result], check: str) -> None:
    assert check in results, "the guest did not get that far: its log is above"
    assert results[check].passed, results[check].detail


def test_nothing_else_went_wrong(results: Mapping[str, Result]) -> None:
    """An act that broke off reports it under a name of its own."""
    assert {name: result.detail for name, result in results.items() if not result.passed} == {}
    assert set(results) == set(CHECKS)
