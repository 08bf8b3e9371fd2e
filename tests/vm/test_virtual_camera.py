"""The real program on real devices: vivid's camera in, v4l2loopback's out, in a virtual machine.

One boot plays everything (tests/vm/inside/acts.py); each check is a test of its own here. `.ci/run` runs them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.vm.guest import Result

pytestmark = [pytest.mark.vm, pytest.mark.timeout(4500)]

CHECKS = """
a reader that came before the program sees pictures
the camera's composite arrives
the right size and format
colours within 4 of 255
a steady rate
no bursts of repeated pictures
a device that a program feeds is not taken
a reader opens it ten times
unplugged: the placeholder within a second
unplugged: the node is gone, the program goes on
plugged in again: the picture within three seconds
the virtual camera never stops meanwhile
not one picture of the room while starting, running and unplugged
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
a dead device is brought back and used
with no effect chosen, and only then, the camera's own picture is seen
doctor answers with findings
doctor finds the virtual camera, made with exclusive_caps
doctor finds the virtual camera free
with the network, on torch: the composite arrives
not one picture of the room with the network
with the network: Ctrl-C ends it with exit code 0
""".strip().splitlines()


@pytest.mark.parametrize("check", CHECKS)
def test_on_real_devices(results: Mapping[str, Result], check: str) -> None:
    assert check in results, "the guest did not get that far: its log is above"
    assert results[check].passed, results[check].detail


def test_nothing_else_went_wrong(results: Mapping[str, Result]) -> None:
    """An act that broke off reports it under a name of its own."""
    assert {name: result.detail for name, result in results.items() if not result.passed} == {}
    assert set(results) == set(CHECKS)
