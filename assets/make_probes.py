"""Draws the pictures on which a network is tried in half precision: the demo's presenter, eight times, 320×240.

Run as `python assets/make_probes.py`; it writes assets/probes/people.jpg, four beside each other and two rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from u2live.capture.demo import DemoSource
from u2live.types import Size

COLUMNS, ROWS, EVERY = 4, 2, 100


def main() -> None:
    demo = DemoSource(Size(320, 240))
    frames = [demo.render(index * EVERY)[0] for index in range(COLUMNS * ROWS)]
    rows = [np.hstack(frames[first : first + COLUMNS]) for first in range(0, len(frames), COLUMNS)]
    target = Path(__file__).resolve().parent / "probes" / "people.jpg"
    target.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(target), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
