"""Programs that end, are killed and come back, to a reader that stayed or to a device that was left behind."""

from __future__ import annotations

import fcntl
import os
import struct
import time
from pathlib import Path

from tests.vm.inside.call import SIZE, nothing_raw
from tests.vm.inside.pictures import LETTERBOXED, SHOWN
from tests.vm.inside.program import VIRTUAL
from tests.vm.inside.reading import FORMAT
from tests.vm.inside.stage import Stage
from u2live.doctor.finding import Finding, Level
from u2live.doctor.loopback_device import check_loopback_devices
from u2live.doctor.repair import repair
from u2live.doctor.system import System
from u2live.sinks.v4l2_output import OUTPUT, capabilities


def restarts_under_a_reader(stage: Stage) -> None:
    """A program that comes back with another size to a reader that stayed, and one that is killed under it."""
    first = stage.start("first", *SIZE)
    _wait_for_format(stage)
    reader = stage.reader()
    stage.check("before the restart", reader.first(SHOWN, 0, stage.patience_s) is not None)
    code = first.end(stage.patience_s)
    stage.check("the first program ends", code == 0, f"{code} {first.errors[-200:]}")
    restarted_s = time.monotonic()
    second = stage.start("second", "--size", "640x480")
    took_s = reader.took_s(LETTERBOXED, restarted_s, stage.patience_s)
    detail = f"after {took_s:.2f} s, format {FORMAT.read_text().strip()}"
    told = "restarted with another size under a reader: letterboxed into what it holds"
    stage.check(told, took_s < float("inf"), detail)
    second.kill()
    time.sleep(0.5)  # what was on its way when it was killed
    killed_s = time.monotonic()
    stage.start("third", *SIZE)
    took_s = reader.took_s(SHOWN - LETTERBOXED, killed_s, stage.patience_s)
    stage.check("killed under a reader, started again: it sees pictures", took_s < float("inf"), f"after {took_s:.2f} s")
    nothing_raw(stage, "while programs came and went", reader.stop())


def a_device_left_behind(stage: Stage) -> None:
    """SIGKILL with nobody there; then a device that another program left neither input nor output."""
    # The act before ended with a SIGKILL.
    offered = _offered()
    stage.check("killed: the device offers output again", offered & OUTPUT == OUTPUT, offered)
    _leave_it_dead()
    stage.check("(another program has left the device dead)", _offered() == 0, _offered())
    found = [finding for finding in _looked_at() if finding.level is Level.PROBLEM]
    stage.check("doctor sees the dead device", [finding.id for finding in found] == ["reopening-fault"], found)
    repair(_looked_at, System(), ask=lambda _question: True, say=stage.log)
    stage.check("doctor's step frees it", _offered() & OUTPUT == OUTPUT, _offered())
    _leave_it_dead()
    began_s = time.monotonic()
    heir = stage.start("heir", *SIZE)
    reader = stage.reader()
    took_s = reader.took_s(SHOWN, began_s, stage.patience_s)
    stage.check("a dead device is brought back and used", took_s < float("inf"), f"after {took_s:.2f} s")
    told = [finding.what for finding in _looked_at() if finding.id == "virtual-camera-free"]
    named = len(told) == 1 and f"(process {heir.process.pid})" in told[0]
    stage.check("doctor names the program that feeds the device", named, told)


def _looked_at() -> tuple[Finding, ...]:
    return tuple(check_loopback_devices(System()))


def _wait_for_format(stage: Stage) -> None:
    until_s = time.monotonic() + stage.patience_s
    while not FORMAT.read_text().strip() and time.monotonic() < until_s:
        time.sleep(0.05)


def _offered() -> int:
    """What the device offers: input, output."""
    return capabilities(Path(VIRTUAL)) & 3


def _leave_it_dead() -> None:
    """What ffmpeg and others do: set a format and write, and never start the stream."""
    handle = os.open(VIRTUAL, os.O_RDWR)
    fcntl.ioctl(handle, 0x80685600, bytearray(104), True)
    wanted = struct.unpack("<I", b"YU12")[0]
    fcntl.ioctl(handle, 0xC0D05605, bytearray(struct.pack("=I4xIIIIIIIIIIII152x", 2, 64, 48, wanted, 1, *[0] * 8)), True)
    os.write(handle, bytes(64 * 48 * 3 // 2))
    os.close(handle)
