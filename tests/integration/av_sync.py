"""Clips with a flash and a clap at the same moment, and where both are found again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np

CLAPS_S = (0.5, 1.3, 2.4)
LENGTH_S = 3.0
_AT = "+".join(f"between(t,{clap:.3f},{clap + 0.0999:.4f})" for clap in CLAPS_S)
PICTURE = f"color=black:s=160x120:r=30:d={LENGTH_S},drawbox=t=fill:c=white:enable='{_AT}'"
SOUND = f"aevalsrc='0.5*sin(2*PI*1000*t)*({_AT})':s=44100:d={LENGTH_S}"


def make_clip(path: Path, *arguments: str, picture: str = PICTURE) -> Path:
    """A clip whose claps and flashes are at CLAPS_S; `arguments` are ffmpeg's, after its inputs (0 picture, 1 sound)."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", SOUND]
    subprocess.run([*command, *(arguments or ("-c:v", "libx264", "-c:a", "aac")), str(path)], check=True)
    return path


def flashes_s(path: Path) -> list[float]:
    """When the picture becomes white."""
    found, before = [], False
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            assert frame.time is not None
            white = bool(frame.to_ndarray(format="gray").mean() > 128)
            if white and not before:
                found.append(frame.time)
            before = white
    return found


def claps_s(path: Path, stream: int = 0) -> list[float]:
    """When the sound becomes loud."""
    times, levels = [], []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.audio[stream]):
            assert frame.pts is not None
            assert frame.time_base is not None
            samples = frame.to_ndarray().astype(np.float64)
            if not frame.format.is_planar:
                samples = samples.reshape(-1, frame.layout.nb_channels).T
            times.append(float(frame.pts * frame.time_base) + np.arange(samples.shape[1]) / frame.sample_rate)
            levels.append(np.abs(samples).max(0))
    time, level = np.concatenate(times), np.concatenate(levels)
    loud = time[level > level.max() * 0.3]
    return [float(loud[0]), *loud[1:][np.diff(loud) > 0.2].tolist()]
