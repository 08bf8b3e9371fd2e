"""What the guest gets from the host for the act with the network: a picture, the truth about it, and a converted network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vm.inside.network import INPUT_SIZE, PICTURE, TRUTH, WEIGHTS
from tests.vm.inside.pictures import HEIGHT, WIDTH
from u2live.capture.demo import DemoSource
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.model.stored import StoredWeights
from u2live.types import Size

_FRAME, _SEED = 150, 1


def prepare(out: Path) -> None:
    pixels, alpha = DemoSource(Size(WIDTH, HEIGHT), seed=_SEED).render(_FRAME)
    cv2.imwrite(str(out / PICTURE), pixels)
    cv2.imwrite(str(out / TRUTH), np.rint(alpha * 255).astype(np.uint8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("U2LIVE_CACHE_DIR", str(out / "cache"))
        OpenVinoEngine(StoredWeights(WEIGHTS), INPUT_SIZE, device="CPU", precision="fp32").close()
