"""A call from its beginning to its end: what a reader of the virtual camera sees, and what becomes of the camera."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.vm.inside.pictures import HEIGHT, PATCHES, PERMITTED, SHOWN, WIDTH, Judge, decoded, patch
from tests.vm.inside.program import CAMERA, RATE, VIRTUAL, Program
from tests.vm.inside.reading import FORMAT, Reader, Seen, labels, longest_gap_s
from tests.vm.inside.stage import BACKGROUND, Stage
from u2live.capture.v4l2 import VideoDevice

VIVID = Path("/sys/bus/platform/drivers/vivid")
SIZE = ("--size", f"{WIDTH}x{HEIGHT}")
CONTROLS = {"contrast": 77, "saturation": 60}
OTHER_CONTROLS = {"contrast": 99, "saturation": 60}
PERIOD_MS = 1e3 / RATE


def a_call(stage: Stage) -> None:
    """A reader that is there before the program, colours, rate, ten reopenings, unplugging, other settings, sleep."""
    first = controls(CONTROLS)
    stage.check("the camera begins with its own defaults", first == dict.fromkeys(CONTROLS, 128), first)
    early = stage.reader()
    began_s = time.monotonic()
    wanted = "camera.controls=" + assignments(CONTROLS)
    program = stage.start("call", *SIZE, "--set", "virtual_camera.sleep_after=4", "--set", wanted)
    took_s = early.took_s(SHOWN, began_s, stage.patience_s)
    stage.check("a reader that came before the program sees pictures", took_s < float("inf"), f"after {took_s:.2f} s")
    took_s = early.took_s("background", began_s, stage.patience_s)
    stage.check("the camera's composite arrives", took_s < float("inf"), f"after {took_s:.2f} s")
    if not took_s < float("inf"):
        return
    stage.check("the right size and format", early.formats == {f"YU12:{WIDTH}x{HEIGHT}"}, early.formats)
    stage.check("the camera's controls are as the settings want them", controls(CONTROLS) == CONTROLS, controls(CONTROLS))
    _colors(stage)
    _second_program_is_refused(stage)
    _reopenings(stage)
    _unplugging(stage, program, early)
    _other_settings(stage, program, early)
    nothing_raw(stage, "while starting, running, unplugged and changed", early.stop())
    _no_effect(stage, program)
    _sleep(stage, program)
    code = program.end(stage.patience_s)
    stage.check("Ctrl-C ends it with exit code 0", code == 0, f"{code} {program.errors[-300:]}")


def _colors(stage: Stage) -> None:
    capture = cv2.VideoCapture(VIRTUAL, cv2.CAP_V4L2)
    capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    judge, picture, label = Judge(), np.zeros((HEIGHT, WIDTH, 3), np.uint8), "none"
    for _ in range(10 * RATE):  # where the host stalls, a placeholder may be between
        taken, raw = capture.read()
        if taken:
            picture = decoded(raw.tobytes(), WIDTH, HEIGHT)
            label = judge.label(picture)
        if label == "background":
            break
    off = {cell: float(np.abs(picture[patch(*cell)].astype(float) - color).max()) for cell, color in PATCHES.items()}
    stage.check("colours within 4 of 255", max(off.values()) <= 4, f"{label}: {off}")
    _rate(stage, capture)
    capture.release()


def _rate(stage: Stage, capture: cv2.VideoCapture) -> None:
    """From the times at which the module took the pictures: how this reader is slowed down does not show in them."""
    story, steady, burst = [], False, False
    for _ in range(3):
        stamps = [capture.get(cv2.CAP_PROP_POS_MSEC) for _ in range(6 * RATE) if capture.grab()]
        gaps = np.diff(stamps)
        rate = 1e3 * len(gaps) / (stamps[-1] - stamps[0])
        middle = float(np.median(gaps))
        # A late picture is followed by one at its own time, soon after; three within one period would be catching up.
        burst = burst or bool((gaps[1:] + gaps[:-1] < 0.9 * PERIOD_MS).any())
        story.append(f"{rate:.2f} pictures a second, gaps {gaps.min():.0f} to {gaps.max():.0f} ms, median {middle:.0f}")
        slower = max(1.0, stage.measure() / 6)  # beyond, this guest cannot keep up
        steady = 0.6 * RATE / slower <= rate <= 1.05 * RATE and 0.8 * PERIOD_MS <= middle <= 1.3 * PERIOD_MS * slower
        if steady:
            break
    stage.check("a steady rate", steady, story)
    stage.check("no bursts of repeated pictures", not burst, story)


def _second_program_is_refused(stage: Stage) -> None:
    command = [sys.executable, "main.py", "run", "--source", "demo", "--virtual-camera", VIRTUAL]
    done = subprocess.run(command, capture_output=True, text=True, timeout=stage.patience_s, check=False)
    lines = done.stderr.strip().splitlines()
    refused = done.returncode == 1 and len(lines) == 1 and "feeds" in lines[0]
    stage.check("a device that a program feeds is not taken", refused, f"{done.returncode} {lines}")


def _reopenings(stage: Stage) -> None:
    got = []
    for _ in range(10):
        capture = cv2.VideoCapture(VIRTUAL, cv2.CAP_V4L2)
        taken, picture = capture.read()
        got.append(taken and picture.shape == (HEIGHT, WIDTH, 3))
        capture.release()
    stage.check("a reader opens it ten times", all(got), got)


@dataclass(frozen=True)
class _Replug:
    """One time that the camera was pulled and plugged in again: what was seen, in seconds beside their limits."""

    gone_s: tuple[float, float]
    back_s: tuple[float, float]
    gap_s: tuple[float, float]
    went_on: bool
    controls: dict[str, int]

    @property
    def fast(self) -> bool:
        return all(took <= limit for took, limit in (self.gone_s, self.back_s, self.gap_s))


def _unplugging(stage: Stage, program: Program, reader: Reader) -> None:
    done: list[_Replug] = []
    while len(done) < 3 and not (done and done[-1].fast):  # the best of three: see Stage
        done.append(_replug(stage, program, reader))
        if not done[-1].gone_s[0] < float("inf"):
            break
    for name, times in (
        ("unplugged: the placeholder within a second", [one.gone_s for one in done]),
        ("plugged in again: the picture within three seconds", [one.back_s for one in done]),
        ("the virtual camera never stops meanwhile", [one.gap_s for one in done]),
    ):
        stage.check(
            name, any(took <= limit for took, limit in times), [f"{took:.2f} s of {limit:.1f}" for took, limit in times]
        )
    stage.check("unplugged: the node is gone, the program goes on", all(one.went_on for one in done))
    restored = all(one.controls == CONTROLS for one in done)
    stage.check("plugged in again: the controls are as before", restored, [one.controls for one in done])


def _replug(stage: Stage, program: Program, reader: Reader) -> _Replug:
    device = next(path.name for path in VIVID.glob("vivid.*"))
    before = len(reader.seen)
    pulled_s = time.monotonic()
    (VIVID / "unbind").write_text(device)
    gone_s = reader.took_s("placeholder", pulled_s, stage.patience_s), stage.limit_s(1)
    time.sleep(2)
    went_on = not Path(CAMERA).exists() and program.runs()
    plugged_s = time.monotonic()
    (VIVID / "bind").write_text(device)
    back_s = reader.took_s("background", plugged_s, stage.patience_s), stage.limit_s(3)
    gap_s = longest_gap_s(reader.seen[before:]), stage.limit_s(0.5)
    return _Replug(gone_s, back_s, gap_s, went_on, controls(CONTROLS))


def _other_settings(stage: Stage, program: Program, reader: Reader) -> None:
    """The settings change under a reader, as a window's do: the camera's controls, its size, and back."""
    program.apply("camera.controls=" + assignments(OTHER_CONTROLS))
    until_s = time.monotonic() + stage.patience_s
    while controls(CONTROLS) != OTHER_CONTROLS and time.monotonic() < until_s:
        time.sleep(0.1)
    stage.check("a control changes while the program runs", controls(CONTROLS) == OTHER_CONTROLS, controls(CONTROLS))
    before = len(reader.seen)
    changed_s = time.monotonic()
    program.apply("camera.width=640", "camera.height=480")
    took_s = reader.took_s("letterboxed background", changed_s, stage.patience_s)
    held = FORMAT.read_text().strip().partition("@")[0]
    detail = f"after {took_s:.2f} s, format {held}"
    same = took_s < float("inf") and held == f"YU12:{WIDTH}x{HEIGHT}"
    stage.check("another size under a reader: letterboxed into what it holds", same, detail)
    back_s = time.monotonic()
    program.apply(f"camera.width={WIDTH}", f"camera.height={HEIGHT}")
    took_s = reader.took_s("background", back_s, stage.patience_s)
    seen = labels(reader.seen[before:])
    stage.check("the first size again under a reader", took_s < float("inf"), f"after {took_s:.2f} s, {seen}")


def _no_effect(stage: Stage, program: Program) -> None:
    """The one case in which the room may be seen, and the proof that the judge would have noticed it elsewhere."""
    reader = stage.reader()
    program.apply("background.choice=original")
    raw_s = reader.first("other", reader.opened_s, stage.patience_s)
    told = "with no effect chosen, and only then, the camera's own picture is seen"
    stage.check(told, raw_s is not None, labels(reader.seen))
    hidden_s = time.monotonic()
    program.apply(f"background.choice={BACKGROUND}")
    took_s = reader.took_s("background", hidden_s, stage.patience_s)
    later = [seen for seen in reader.stop() if seen.at_s >= hidden_s + took_s]
    hidden = took_s < float("inf") and all(seen.label in PERMITTED for seen in later)
    stage.check("an effect again: the room is gone", hidden, labels(later))


def _sleep(stage: Stage, program: Program) -> None:
    took_s = program.wait_until(False, CAMERA, 4 + stage.patience_s)
    stage.check("nobody looks: the camera is released", took_s is not None, f"after {took_s} s (4 s are set)")
    stage.check("asleep: another program can have the camera", _streams(CAMERA))
    for _ in range(10):
        os.close(os.open(VIRTUAL, os.O_RDWR))
        time.sleep(0.1)
    stage.check("asleep: programs that only list cameras do not wake it", not program.holds(CAMERA), "ten short looks")
    seen: list[Seen] = []

    def waking() -> float:
        assert program.wait_until(False, CAMERA, 4 + stage.patience_s) is not None, "it did not fall asleep"
        reader = stage.reader()
        woke_s = program.wait_until(True, CAMERA, stage.patience_s)
        back_s = reader.took_s("background", reader.opened_s, stage.patience_s)
        seen.extend(reader.stop())
        stage.log(f"the composite is back after {back_s:.2f} s: {labels(seen)}, first {seen[0].label if seen else None}")
        return float("inf") if woke_s is None else woke_s

    stage.check("somebody looks: the camera is on within half a second", *stage.within(0.5, waking))
    stage.check("awake: the composite is back", bool(seen) and seen[-1].label == "background", labels(seen))
    stage.check("waking shows the placeholder first", bool(seen) and seen[0].label == "placeholder", labels(seen[:3]))
    nothing_raw(stage, "while waking", seen)


def nothing_raw(stage: Stage, when: str, seen: list[Seen]) -> None:
    found = labels(seen)
    told = f"not one picture of the room {when}"
    stage.check(told, len(seen) > 0 and set(found) <= PERMITTED, f"{len(seen)} pictures: {found}")


def controls(wanted: Collection[str]) -> dict[str, int]:
    """The camera's present values of these controls."""
    with VideoDevice(CAMERA) as device:
        return {control.name: control.value for control in device.controls() if control.name in wanted}


def assignments(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _streams(device: str) -> bool:
    command = ["v4l2-ctl", "-d", device, "--stream-mmap", "--stream-count=3"]
    return subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0
