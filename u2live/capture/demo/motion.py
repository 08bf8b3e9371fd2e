"""What the presenter and the light do at a time: pure functions of seconds and seed, so any frame can be drawn alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

Spans = tuple[tuple[float, float], ...]

WAVE_PERIOD_S = 12.0
_WAVE_START_S, _WAVE_END_S = 0.8, 6.2
_WALK_S = 1.4
_SWITCH_S = 0.08


@dataclass(frozen=True, slots=True)
class Script:
    """What happens when, in spans of seconds (start, end) of the demo's own time.

    `away`: the presenter has left the room (the way out and back takes 1.4 s before and after). `dark`: the lights are
    off. `waving`: the hand is up; None leaves it to the demo, which waves every 12 s.
    """

    away: Spans = ()
    dark: Spans = ()
    waving: Spans | None = None


EMPTY_ROOM = Script(away=((-math.inf, math.inf),))


@dataclass(frozen=True, slots=True)
class Arm:
    """The waving arm at one moment: `raised` from 0 below the picture to 1, the turns of forearm and hand in degrees."""

    raised: float
    swing: float
    flick: float


@dataclass(frozen=True, slots=True)
class Pose:
    """One moment. Lengths in art units, angles in degrees, the rest from 0 to 1 unless said otherwise."""

    aside: float  # how far the presenter has walked out, 0 at home
    lean: float  # the torso's turn
    sway: tuple[float, float]  # the torso's shift
    breath: float  # −1…1
    nod: tuple[float, float]  # the head's shift on the neck
    tilt: float
    yaw: float  # −1…1, turn of the head to the right
    lids: float  # 0 open, 1 shut
    mouth: float
    arm: Arm
    hair: tuple[float, float, float]  # swing of its layers, −1…1 or so
    daylight: float  # 0 dull, 1 bright
    lamps: float  # 1 on, 0 dark


def _chance(seed: int, number: int, salt: int) -> float:
    """A fixed number in [0, 1) for each event."""
    value = (seed * 0x9E3779B1 + number * 0x85EBCA77 + salt * 0xC2B2AE3D + 0x27D4EB2F) & 0xFFFFFFFF
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39)):
        value = ((value ^ (value >> shift)) * factor) & 0xFFFFFFFF
    return (value ^ (value >> 15)) / 2**32


def _smooth(value: float, low: float, high: float) -> float:
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)


def _within(time_s: float, spans: Spans, ramp_s: float) -> float:
    """1 inside the spans, 0 outside, with ramps of this length around them."""
    inside = 0.0
    for start, end in spans:
        if start - ramp_s < time_s < end + ramp_s:
            inside = max(inside, min(_smooth(time_s, start - ramp_s, start), 1 - _smooth(time_s, end, end + ramp_s)))
    return inside


def _drift(time_s: float, seed: int, salt: int, *periods: float) -> float:
    """Slow wandering in −1…1."""
    phases = (2 * math.pi * (_chance(seed, k, salt) + time_s / period) for k, period in enumerate(periods))
    return sum(math.sin(phase) for phase in phases) / len(periods)


def _lids(time_s: float, seed: int) -> float:
    every = 3.1
    slot = math.floor(time_s / every)
    shut = 0.0
    for number in (slot - 1, slot):
        start = every * number + 2.2 * _chance(seed, number, 1) + 0.4
        for again in (0.0, 0.34) if _chance(seed, number, 2) < 0.15 else (0.0,):
            since = time_s - start - again
            shut = max(shut, min(_smooth(since, 0, 0.09), 1 - _smooth(since, 0.13, 0.27)))
    return shut


def _mouth(time_s: float, seed: int) -> float:
    phrase = _smooth(math.sin(2 * math.pi * (time_s / 6.3 + _chance(seed, 0, 3))) + 0.35, 0, 0.3)
    beat = 0.5 + 0.5 * math.sin(2 * math.pi * time_s * 3.7 + 1.3 * math.sin(2 * math.pi * time_s * 0.83))
    stress = 0.55 + 0.45 * math.sin(2 * math.pi * time_s * 1.31 + 0.8)
    return phrase * beat * stress


def _raised(time_s: float, script: Script) -> float:
    if script.waving is not None:
        return _within(time_s, script.waving, 0.7)
    phase = time_s % WAVE_PERIOD_S
    return min(_smooth(phase, _WAVE_START_S, _WAVE_START_S + 0.8), 1 - _smooth(phase, _WAVE_END_S, _WAVE_END_S + 0.9))


def arm_at(time_s: float, script: Script) -> Arm:
    """The arm at this time: cheap, for motion blur asks it several times a frame."""
    raised = _raised(time_s, script)
    eager, turn = _smooth(raised, 0.6, 1.0), 2 * math.pi * 1.55 * time_s
    return Arm(raised, 5.5 * eager * math.sin(turn) - 5.5, 10 * eager * math.sin(turn - 0.9))


def pose_at(time_s: float, seed: int, script: Script) -> Pose:
    """The pose at this time."""
    away = 0.0
    for start, end in script.away:
        if start - _WALK_S < time_s < end + _WALK_S:
            away = max(away, min((time_s - start) / _WALK_S + 1, (end - time_s) / _WALK_S + 1, 1.0))
    arm = arm_at(time_s, script)
    eager = _smooth(arm.raised, 0.6, 1.0)
    step = abs(math.sin(2 * math.pi * time_s * 1.6)) if away > 0 else 0.0
    yaw = 0.75 * _drift(time_s, seed, 5, 5.3, 8.9) + 0.25 * eager * math.sin(2 * math.pi * time_s / 2.9)
    sway = (11 * _drift(time_s, seed, 6, 7.7, 12.1), 3 * _drift(time_s, seed, 7, 5.9, 9.7) - 9 * step)
    swing_of_hair = tuple(
        _drift(time_s - 0.12 * k, seed, 8 + k, 2.6 + 0.4 * k, 4.3 + 0.5 * k) * 0.7
        + 0.6 * _drift(time_s - 0.25, seed, 5, 5.3, 8.9)
        for k in range(3)
    )
    return Pose(
        aside=900 * away * away * (1.6 - 0.6 * away),
        lean=1.3 * _drift(time_s, seed, 12, 6.1, 10.3),
        sway=sway,
        breath=math.sin(2 * math.pi * time_s / 4.1),
        nod=(
            5 * _drift(time_s, seed, 13, 3.9, 6.7),
            4 * _drift(time_s, seed, 14, 2.3, 5.1) + 2.5 * _mouth(time_s - 0.05, seed),
        ),
        tilt=3.4 * _drift(time_s, seed, 15, 4.7, 7.9),
        yaw=yaw,
        lids=_lids(time_s, seed),
        mouth=_mouth(time_s, seed),
        arm=arm,
        hair=(swing_of_hair[0], swing_of_hair[1], swing_of_hair[2]),
        daylight=0.55 + 0.45 * _drift(time_s, seed, 16, 17.0, 29.0),
        lamps=1 - _within(time_s, script.dark, _SWITCH_S),
    )
