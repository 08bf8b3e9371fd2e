"""The guided filter for a colour picture.

He, Sun, Tang, "Guided image filtering", PAMI 2013; coefficients found on a small picture may be applied to a large one:
He, Sun, "Fast guided filter", 2015.
"""

from __future__ import annotations

from u2live.matting.array_ops import ArrayOps, Stack

RADIUS = 5  # of the window in which matte and colours are related, in the picture's pixels
EDGE_VARIANCE = 1e-4  # colour variance below this is no edge: (2.5 of 255)²


class GuidedFilter:
    """What a picture [3, h, w] says about any matte of it: in each window, the matte as a linear function of the colours."""

    def __init__(self, ops: ArrayOps, picture: Stack) -> None:
        self._ops = ops
        self._picture = picture
        b, g, r = picture
        products = ops.mean(ops.stack([b * b, b * g, b * r, g * g, g * r, r * r]), RADIUS)
        self._mean = ops.mean(picture, RADIUS)
        mb, mg, mr = self._mean
        bb, bg, br = products[0] - mb * mb + EDGE_VARIANCE, products[1] - mb * mg, products[2] - mb * mr
        gg, gr, rr = products[3] - mg * mg + EDGE_VARIANCE, products[4] - mg * mr, products[5] - mr * mr + EDGE_VARIANCE
        # The inverse of each window's symmetric 3×3 covariance, by cofactors.
        c_bb, c_bg, c_br = gg * rr - gr * gr, gr * br - bg * rr, bg * gr - gg * br
        c_gg, c_gr, c_rr = bb * rr - br * br, bg * br - bb * gr, bb * gg - bg * bg
        scale = 1 / (bb * c_bb + bg * c_bg + br * c_br)
        self._inverse = ((c_bb, c_bg, c_br), (c_bg, c_gg, c_gr), (c_br, c_gr, c_rr))
        self._scale = scale

    def coefficients(self, matte: Stack) -> tuple[Stack, Stack]:
        """matte [1, h, w] → slopes [3, h, w] and offset [1, h, w]: filtered = Σ slope·colour + offset at every pixel."""
        ops, mean = self._ops, self._mean
        mean_matte = ops.mean(matte, RADIUS)
        b, g, r = ops.mean(self._picture * matte, RADIUS) - mean * mean_matte
        slopes = ops.stack([(row[0] * b + row[1] * g + row[2] * r) * self._scale for row in self._inverse])
        explained = slopes * mean
        offset = mean_matte - (explained[0] + explained[1] + explained[2])[None]
        return ops.mean(slopes, RADIUS), ops.mean(offset, RADIUS)
