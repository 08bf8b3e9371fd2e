"""What has to hold on real devices, act by act."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from tests.vm.inside.pictures import HEIGHT, PATCHES, WIDTH, Judge, background, decoded, letterboxed, patch
from tests.vm.inside.program import CAMERA, RATE, VIRTUAL, Program
from tests.vm.inside.reading import FORMAT, Reader, Seen, labels, longest_gap_s
from tests.vm.inside.stage import Stage
from u2live.compose.placeholder import placeholder
from u2live.types import Size

VIVID = Path("/sys/bus/platform/drivers/vivid")
SIZE = ("--size", f"{WIDTH}x{HEIGHT}")
SHOWN = ("placeholder", "background")
"""What a program that has just started shows; how long the first of the two, depends on the camera."""
LETTERBOXED = ("letterboxed", "letterboxed background")
PERMITTED = {*SHOWN, *LETTERBOXED, "black"}


def a_call(stage: Stage) -> None:
    """A reader that is there before the program, colours, rate, ten reopenings, unplugging, sleep."""
    early = stage.reader()
    program = stage.start("call", *SIZE, "--set", "virtual_camera.sleep_after=4")
    began_s = time.monotonic()
    shown_s = early.first(SHOWN, began_s, stage.starting_s)
    stage.check("a reader that came before the program sees pictures", shown_s is not None, since(began_s, shown_s))
    matted_s = early.first("background", began_s, stage.starting_s)
    stage.check("the camera's composite arrives", matted_s is not None, since(began_s, matted_s))
    if matted_s is None:
        return
    stage.check("the right size and format", early.formats == {f"YU12:{WIDTH}x{HEIGHT}"}, early.formats)
    _colors(stage)
    _second_program_is_refused(stage)
    _reopenings(stage)
    _unplugging(stage, early)
    _nothing_raw(stage, "while starting, running and unplugged", early.stop())
    _sleep(stage, program)
    code = program.end(stage.limit_s(15))
    stage.check("Ctrl-C ends it with exit code 0", code == 0, f"{code} {program.errors[-300:]}")


def _colors(stage: Stage) -> None:
    capture = cv2.VideoCapture(VIRTUAL, cv2.CAP_V4L2)
    capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    taken, raw = capture.read()
    picture = decoded(raw.tobytes(), WIDTH, HEIGHT) if taken else np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    off = {cell: float(np.abs(picture[patch(*cell)].astype(float) - color).max()) for cell, color in PATCHES.items()}
    stage.check("colours within 4 of 255", taken and max(off.values()) <= 4, off)
    _rate(stage, capture)
    capture.release()


def _rate(stage: Stage, capture: cv2.VideoCapture) -> None:
    """From the times at which the module took the pictures: how this reader is slowed down does not show in them."""
    stamps = [capture.get(cv2.CAP_PROP_POS_MSEC) for _ in range(8 * RATE) if capture.grab()]
    gaps = np.diff(stamps)
    rate = 1e3 * len(gaps) / (stamps[-1] - stamps[0])
    detail = f"{rate:.2f} pictures a second, gaps {gaps.min():.0f} to {gaps.max():.0f} ms, median {np.median(gaps):.0f}"
    stage.check("a steady rate", 0.6 * RATE <= rate <= 1.05 * RATE, detail)
    bursts = int((gaps < 0.4 * 1e3 / RATE).sum())
    stage.check(
        "no bursts of repeated pictures", bursts <= len(gaps) // 20, f"{bursts} of {len(gaps)} come too soon; {detail}"
    )


def _second_program_is_refused(stage: Stage) -> None:
    command = [sys.executable, "main.py", "run", "--source", "demo", "--virtual-camera", VIRTUAL]
    done = subprocess.run(command, capture_output=True, text=True, timeout=stage.starting_s, check=False)
    lines = done.stderr.strip().splitlines()
    refused = done.returncode == 1 and len(lines) == 1 and "another program feeds" in lines[0]
    stage.check("a device that a program feeds is not taken", refused, f"{done.returncode} {lines}")


def _reopenings(stage: Stage) -> None:
    got = []
    for _ in range(10):
        capture = cv2.VideoCapture(VIRTUAL, cv2.CAP_V4L2)
        taken, picture = capture.read()
        got.append(taken and picture.shape == (HEIGHT, WIDTH, 3))
        capture.release()
    stage.check("a reader opens it ten times", all(got), got)


def _unplugging(stage: Stage, reader: Reader) -> None:
    device = next(path.name for path in VIVID.glob("vivid.*"))
    before = len(reader.seen)
    pulled_s = time.monotonic()
    (VIVID / "unbind").write_text(device)
    gone_s = reader.first("placeholder", pulled_s, stage.limit_s(10))
    took = _took(pulled_s, gone_s)
    stage.check(
        "unplugged: the placeholder within a second", gone_s is not None and took <= stage.limit_s(1), f"{took:.2f} s"
    )
    time.sleep(stage.limit_s(1))
    stage.check("unplugged: the node is gone, the program goes on", not Path(CAMERA).exists() and _runs(stage), "")
    plugged_s = time.monotonic()
    (VIVID / "bind").write_text(device)
    back_s = reader.first("background", plugged_s, stage.limit_s(20))
    took = _took(plugged_s, back_s)
    stage.check("plugged in again: the picture within three seconds", took <= stage.limit_s(3), f"{took:.2f} s")
    gap_s = longest_gap_s(reader.seen[before:])
    stage.check("the virtual camera never stops meanwhile", gap_s <= stage.limit_s(0.5), f"longest gap {gap_s:.2f} s")


def _sleep(stage: Stage, program: Program) -> None:
    took_s = program.wait_until(False, CAMERA, 4 + stage.limit_s(6))
    stage.check("nobody looks: the camera is released", took_s is not None, f"after {took_s} s (4 s are set)")
    stage.check("asleep: another program can have the camera", _streams(CAMERA), "")
    for _ in range(10):
        os.close(os.open(VIRTUAL, os.O_RDWR))
        time.sleep(0.1)
    stage.check("asleep: programs that only list cameras do not wake it", not program.holds(CAMERA), "ten short looks")
    reader = stage.reader()
    woke_s = program.wait_until(True, CAMERA, stage.limit_s(10))
    within = woke_s is not None and woke_s <= stage.limit_s(0.5)
    stage.check("somebody looks: the camera is on within half a second", within, f"{woke_s} s")
    back_s = reader.first("background", reader.opened_s, stage.limit_s(30))
    stage.check("awake: the composite is back", back_s is not None, since(reader.opened_s, back_s))
    seen = reader.stop()
    stage.check(
        "waking shows the placeholder first", bool(seen) and seen[0].label == "placeholder", [s.label for s in seen[:3]]
    )
    _nothing_raw(stage, "while waking", seen)


def restarts_under_a_reader(stage: Stage) -> None:
    """A program that comes back, with another size, to a reader that stayed; SIGKILL; a device that was left dead."""
    first = stage.start("first", *SIZE)
    _wait_for_format(stage)
    reader = stage.reader()
    stage.check("before the restart", reader.first(SHOWN, 0, stage.starting_s) is not None, "")
    stage.check("the first program ends", first.end(stage.limit_s(20) + stage.starting_s) is not None, first.errors[-200:])
    boxed = letterboxed(placeholder(Size(640, 480)), WIDTH, HEIGHT)
    # A background that covers 4:3 loses its sides, and in the middle of 16:9 lies where it lay.
    sides = (WIDTH - HEIGHT * 4 // 3) // 2
    cut = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    cut[:, sides:-sides] = background()[:, sides:-sides]
    reader.judge = Judge(("letterboxed", boxed), ("letterboxed background", cut))
    restarted_s = time.monotonic()
    second = stage.start("second", "--size", "640x480")
    boxed_s = reader.first(LETTERBOXED, restarted_s, stage.starting_s)
    held = FORMAT.read_text().strip()
    detail = f"{since(restarted_s, boxed_s)}, format {held}"
    stage.check("restarted with another size under a reader: letterboxed into what it holds", boxed_s is not None, detail)
    second.kill()
    killed_s = time.monotonic()
    stage.start("third", *SIZE)
    again_s = reader.first(SHOWN, killed_s, stage.starting_s)
    stage.check("killed under a reader, started again: it sees pictures", again_s is not None, since(killed_s, again_s))
    _nothing_raw(stage, "while programs came and went", reader.stop())


def after_a_kill(stage: Stage) -> None:
    """SIGKILL with nobody there; then a device that another program left neither input nor output."""
    program = stage.start("victim", *SIZE)
    _wait_for_format(stage)
    program.kill()
    stage.check("killed: the device offers output again", _offers(VIRTUAL) & 2 == 2, _offers(VIRTUAL))
    _leave_it_dead()
    stage.check("(another program has left the device dead)", _offers(VIRTUAL) == 0, _offers(VIRTUAL))
    began_s = time.monotonic()
    stage.start("heir", *SIZE)
    reader = stage.reader()
    shown_s = reader.first(SHOWN, began_s, stage.starting_s)
    stage.check("a dead device is brought back and used", shown_s is not None, since(began_s, shown_s))


def no_effect(stage: Stage) -> None:
    """The one case in which the room may be seen, and the proof that the judge would have noticed it elsewhere."""
    reader = stage.reader()
    stage.start("plain", *SIZE, background="original")
    raw_s = reader.first("other", 0, stage.starting_s)
    stage.check(
        "with no effect chosen, and only then, the camera's own picture is seen", raw_s is not None, labels(reader.stop())
    )


def the_doctor(stage: Stage) -> None:
    command = [sys.executable, "main.py", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=stage.network_s, check=False)
    stage.log(done.stdout[-6000:] + done.stderr[-2000:])
    report = json.loads(done.stdout)
    stage.check("doctor answers with findings", bool(report), done.stderr[-300:])
    text = json.dumps(report, ensure_ascii=False)
    stage.check("doctor finds the virtual camera, made with exclusive_caps", "made with exclusive_caps" in text, "")
    stage.check("doctor finds the virtual camera free", f"{VIRTUAL} is free" in text, "")


def the_network(stage: Stage) -> None:
    """main.py as it is, its network and all: the composite reaches a reader."""
    reader = stage.reader()
    began_s = time.monotonic()
    program = stage.start_with_network("network", *SIZE)
    matted_s = reader.first("background", began_s, stage.network_s)
    stage.check("with the network, on torch: the composite arrives", matted_s is not None, since(began_s, matted_s))
    time.sleep(stage.limit_s(2))
    _nothing_raw(stage, "with the network", reader.stop())
    code = program.end(stage.limit_s(30))
    stage.check("with the network: Ctrl-C ends it with exit code 0", code == 0, f"{code} {program.output_file.read_text()}")


ALL = (a_call, restarts_under_a_reader, after_a_kill, no_effect, the_doctor, the_network)


def since(start_s: float, at_s: float | None) -> str:
    return "never" if at_s is None else f"after {at_s - start_s:.2f} s"


def _took(start_s: float, at_s: float | None) -> float:
    return float("inf") if at_s is None else at_s - start_s


def _nothing_raw(stage: Stage, when: str, seen: list[Seen]) -> None:
    found = labels(seen)
    stage.check(
        f"not one picture of the room {when}", len(seen) > 0 and set(found) <= PERMITTED, f"{len(seen)} pictures: {found}"
    )


def _runs(stage: Stage) -> bool:
    return stage.program is not None and stage.program.process.poll() is None


def _wait_for_format(stage: Stage) -> None:
    until_s = time.monotonic() + stage.starting_s
    while not FORMAT.read_text().strip() and time.monotonic() < until_s:
        time.sleep(0.05)


def _streams(device: str) -> bool:
    command = ["v4l2-ctl", "-d", device, "--stream-mmap", "--stream-count=3"]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


def _offers(device: str) -> int:
    from u2live.sinks.v4l2_output import capabilities

    return capabilities(Path(device)) & 3


def _leave_it_dead() -> None:
    """What ffmpeg and others do: set a format and write, and never start the stream."""
    import fcntl
    import struct

    handle = os.open(VIRTUAL, os.O_RDWR)
    fcntl.ioctl(handle, 0x80685600, bytearray(104), True)
    wanted = struct.unpack("<I", b"YU12")[0]
    fcntl.ioctl(handle, 0xC0D05605, bytearray(struct.pack("=I4xIIIIIIIIIIII152x", 2, 64, 48, wanted, 1, *[0] * 8)), True)
    os.write(handle, bytes(64 * 48 * 3 // 2))
    os.close(handle)
