"""The guided filter for a colour picture.

He, Sun, Tang, "Guided image filtering", PAMI 2013; coefficients found on a small picture may be applied to a large one:
He, Sun, "Fast guided filter", 2015. Here that happens twice: what relates matte and colours is found at half the size of
the picture it is given, for a quarter of the work; the picture itself is averaged, not skipped.
"""

from __future__ import annotations

from u2live.matting.array_ops import ArrayOps, Stack

RADIUS = 5  # of the window in which matte and colours are related, in the picture's pixels
HALF_RADIUS = 2  # the same at half the size: 5 pixels of 2 each
EDGE_VARIANCE = 1e-4  # colour variance below this is no edge: (2.5 of 255)²
NO_VARIANCE = 1e-4  # of a matte: where it is flat there is nothing to explain
LITTLE, MUCH = 0.4, 0.8  # shares of a matte's variance that the colours explain


class GuidedFilter:
    """What a picture [3, h, w] says about any matte of it: in each window, the matte as a linear function of the colours."""

    def __init__(self, ops: ArrayOps, picture: Stack) -> None:
        self._ops = ops
        self._picture = picture
        b, g, r = picture
        products = self._mean_of(ops.stack([b * b, b * g, b * r, g * g, g * r, r * r]))
        self._mean = self._mean_of(picture)
        mb, mg, mr = self._mean
        for product, first, second in zip(products, (mb, mb, mb, mg, mg, mr), (mb, mg, mr, mg, mr, mr), strict=True):
            product -= first * second
        bb, bg, br, gg, gr, rr = products
        for variance in (bb, gg, rr):
            variance += EDGE_VARIANCE
        # The inverse of each window's symmetric 3×3 covariance, by cofactors.
        c_bb, c_bg, c_br = gg * rr - gr * gr, gr * br - bg * rr, bg * gr - gg * br
        c_gg, c_gr, c_rr = bb * rr - br * br, bg * br - bb * gr, bb * gg - bg * bg
        scale = 1 / (bb * c_bb + bg * c_bg + br * c_br)
        for cofactor in (c_bb, c_bg, c_br, c_gg, c_gr, c_rr):
            cofactor *= scale
        self._inverse = ((c_bb, c_bg, c_br), (c_bg, c_gg, c_gr), (c_br, c_gr, c_rr))

    def coefficients(self, matte: Stack) -> tuple[Stack, Stack]:
        """matte [1, h, w] → slopes [3, h, w] and offset [1, h, w]: filtered = Σ slope·colour + offset at every pixel.

        Where the colours of a window explain little of the matte (grey before grey), the matte stays as it is:
        the best linear function would be a mere blur of it there.
        """
        ops, mean = self._ops, self._mean
        mean_matte, mean_square = self._mean_of(ops.stack([matte[0], matte[0] * matte[0]]))
        b, g, r = self._mean_of(self._picture * matte) - mean * mean_matte
        slopes = ops.stack([row[0] * b + row[1] * g + row[2] * r for row in self._inverse])
        variance = mean_square - mean_matte * mean_matte
        explained = (slopes[0] * b + slopes[1] * g + slopes[2] * r) / (variance + NO_VARIANCE)
        trust = ((explained - LITTLE) * (1 / (MUCH - LITTLE))).clip(0, 1)
        slopes *= trust
        share = slopes * mean
        offset = trust * mean_matte - (share[0] + share[1] + share[2])
        height, width = matte.shape[1:]
        found = ops.resize(ops.mean(ops.stack([*slopes, offset, trust]), HALF_RADIUS), height, width)
        return found[:3], found[3:4] + (1 - found[4:]) * matte

    def _mean_of(self, stack: Stack) -> Stack:
        """The window's mean, at half the size."""
        height, width = stack.shape[1:]
        return self._ops.mean(self._ops.resize(stack, -(-height // 2), -(-width // 2)), HALF_RADIUS)
