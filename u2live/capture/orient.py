"""How a source's picture is turned, mirrored and zoomed before anything else sees it."""

from __future__ import annotations

import cv2
import numpy as np

from u2live.settings import CameraSettings

_ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def oriented(pixels: np.ndarray, camera: CameraSettings) -> np.ndarray:
    """`pixels` (H×W×3 uint8 BGR) rotated clockwise, zoomed into its middle, then mirrored and flipped.

    The very same array when there is nothing to do, else a new contiguous one. Rotating by 90° or 270° swaps width
    and height; zooming keeps them.
    """
    turned = cv2.rotate(pixels, _ROTATIONS[camera.rotate]) if camera.rotate else pixels
    if camera.zoom > 1:
        turned = _zoomed(turned, camera.zoom)
    if camera.mirror or camera.flip:
        turned = cv2.flip(turned, -1 if camera.mirror and camera.flip else int(camera.mirror))
    return turned


def _zoomed(pixels: np.ndarray, zoom: float) -> np.ndarray:
    """The middle 1/zoom of the picture at the picture's own size, sampled between pixels so that zooming glides."""
    height, width = pixels.shape[:2]
    # Pixel centres lie at half-integers: x_source = (x + ½ − W/2)/zoom + W/2 − ½.
    shift_x = (width - 1) / 2 * (1 - 1 / zoom)
    shift_y = (height - 1) / 2 * (1 - 1 / zoom)
    matrix = np.array([[1 / zoom, 0, shift_x], [0, 1 / zoom, shift_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(pixels, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
