"""The mouth from shut to open, smiling a little. Art origin: between the eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from u2live.capture.demo.light import mix, paint
from u2live.capture.demo.relief import Patch, blur, bump, coverage, curve, ramp


@dataclass(frozen=True, slots=True)
class Mouth:
    """Coverage of the `lips` (the gap included), of the `gap` and of the `teeth`, and the lips' `relief` in units."""

    lips: np.ndarray
    gap: np.ndarray
    teeth: np.ndarray
    relief: np.ndarray


def shape_mouth(area: Patch, opening: float) -> Mouth:
    """The mouth open by 0…1."""
    wide = 38 - 3.5 * opening
    corner = 77.0 + 1.5 * opening
    gap, lift, drop = 14 * opening, 1.5 * opening, 12 * opening

    def mirrored(*half: tuple[float, float]) -> list[tuple[float, float]]:
        """Left to right, the half being given from the left corner to the middle."""
        return [*half, *((-x, y) for x, y in half[-2::-1])]

    upper = mirrored((-wide, corner), (-20, 74.2 - lift), (-7.5, 72.5 - lift), (0, 74.5 - lift))
    lower = mirrored((-wide, corner), (-21, 91 + drop * 0.92), (0, 96.5 + drop))[::-1]
    inner_top = mirrored((-wide + 2.5, corner + 0.3), (-16, 81.3 - lift), (0, 83.6 - lift))
    inner_low = mirrored((-wide + 2.5, corner + 0.3), (-16, 82.4 + gap * 0.80), (0, 85.4 + gap))[::-1]
    lips = coverage(area, np.vstack([curve(upper, 8), curve(lower, 8)]))
    hole = coverage(area, np.vstack([curve(inner_top, 8), curve(inner_low, 8)]))
    row = 0.006 * area.x**2  # the teeth follow the jaw's arc
    teeth = hole * (1 - ramp(area.y + row, 89.5 - lift, 91.5 - lift)) * (1 - ramp(np.abs(area.x), 20, 29))
    relief = 4.2 * blur(lips, 3.2 * area.scale) * (1 - 0.9 * blur(hole, 1.6 * area.scale))
    return Mouth(lips, hole, teeth, relief)


def fill_mouth(area: Patch, picture: np.ndarray, mouth: Mouth, opening: float) -> np.ndarray:
    """What lies between the lips, over the lit face."""
    dark = np.clip(blur(mouth.gap, 0.5 * area.scale), 0, 1)
    picture = mix(picture, (34, 11, 11), dark * (0.72 if opening < 0.05 else 0.97))
    if opening < 0.05:
        return picture
    gaps = 0.90 + 0.10 * np.clip(np.abs(np.sin((area.x + 3.6) * np.pi / 7.2)) * 4, 0, 1)
    rounded = (gaps * np.clip(0.92 - 0.45 * (area.x / 26) ** 2, 0, 1) * (0.75 + 0.25 * ramp(area.y, 79, 85)))[..., None]
    picture = mix(
        picture, paint(area.shape, (226, 218, 206)) * rounded.astype(np.float32), mouth.teeth * min(1.0, opening * 2.5)
    )
    tongue = bump(area, 0, 86 + 14 * opening, 14, 4.5) * mouth.gap * opening
    return mix(picture, (158, 72, 68), np.clip(tongue, 0, 0.85))
