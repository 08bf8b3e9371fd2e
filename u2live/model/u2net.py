"""U²-Net as the paper draws it: Qin et al., "U²-Net: Going deeper with nested U-structure for salient object
detection", Pattern Recognition 106, 2020.

The networks are tables of ReSidual U-blocks (`rsu.py`). Parameter names are those of the published checkpoints, so these
load with `strict=True`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from u2live.model.rsu import ConvBNReLU, Stage, halved, upsampled_to

MOST_DOUBT = 8.0
"""In logits: by how much an empty-looking picture may speak against a pixel that looks like somebody."""
LARGE_CLAIM = 0.07
"""The share of the picture that a person has to take to be doubted in full: who stands far away is hard to be sure of."""


def overview_of(stages: Sequence[Tensor]) -> Tensor:
    """What a `presence` judges by, [B, overview_channels]: of what `NestedUNet.stages` gave, 6 and 5d, each channel's
    maximum over the whole picture.
    """
    return torch.cat([x.amax((2, 3)) for x in stages[5:7]], dim=1)


def _doubt(presence: Tensor, fused: Tensor) -> Tensor:
    """Logits [B, 1, 1, 1] ≤ 0 for the fused map's, [B, out, H, W]: from `presence` [B, 1], less for a small claim."""
    claim = torch.sigmoid(fused).mean((1, 2, 3))[:, None] / LARGE_CLAIM
    return (presence.clamp(-MOST_DOUBT, 0) * claim.clamp(max=1) ** 1.5)[..., None, None]


class NestedUNet(nn.Module):
    """Six encoder and five decoder stages, six side outputs and their fusion.

    `encoder` lists stages 1 to 6, `decoder` stages 5d to 1d. Any input size from 32×32 on.

    `presence` is this project's, and None in the paper's networks: a logit of "somebody is in the picture", from what the
    deepest stages see of all of it. Where it is below 0 it speaks against every pixel of the fused map.
    """

    def __init__(self, encoder: tuple[Stage, ...], decoder: tuple[Stage, ...], out_channels: int) -> None:
        super().__init__()
        if len(encoder) != 6 or len(decoder) != 5:
            raise ValueError(f"six encoder and five decoder stages, not {len(encoder)} and {len(decoder)}")
        for number, stage in enumerate(encoder, start=1):
            self.add_module(f"stage{number}", stage.build())
        for number, stage in zip(range(5, 0, -1), decoder, strict=True):
            self.add_module(f"stage{number}d", stage.build())
        side_channels = [stage.out_channels for stage in reversed(decoder)] + [encoder[-1].out_channels]
        for number, channels in enumerate(side_channels, start=1):
            self.add_module(f"side{number}", nn.Conv2d(channels, out_channels, 3, padding=1))
        self.outconv = nn.Conv2d(6 * out_channels, out_channels, 1)
        self.overview_channels = encoder[-1].out_channels + decoder[0].out_channels
        self.presence: nn.Linear | None = None

    def judge_presence(self) -> nn.Linear:
        """Give the network a `presence`, as yet untaught, and return it."""
        self.presence = nn.Linear(self.overview_channels, 1)
        return self.presence

    def overview(self, x: Tensor) -> Tensor:
        """What `presence` judges by of x [B, in, H, W] → [B, overview_channels]. Runs no more of the network than that."""
        encoded = self._encoded(x)
        return overview_of([*encoded, self._decoded(5, encoded[-1], encoded[4])])

    def _encoded(self, x: Tensor) -> list[Tensor]:
        """What stages 1 to 6 hand on."""
        encoded: list[Tensor] = []
        for number in range(1, 7):
            x = self.get_submodule(f"stage{number}")(x if number == 1 else halved(x))
            encoded.append(x)
        return encoded

    def _decoded(self, number: int, deeper: Tensor, skip: Tensor) -> Tensor:
        """Stage `number`d, of what the `deeper` stage gave and, as `skip`, the encoder's stage of the same number."""
        out: Tensor = self.get_submodule(f"stage{number}d")(torch.cat((upsampled_to(deeper, skip), skip), dim=1))
        return out

    def stages(self, x: Tensor) -> tuple[Tensor, ...]:
        """What stages 1 to 6, then 5d to 1d hand on, each [B, C, h, w] of x [B, in, H, W]."""
        features = self._encoded(x)
        for number in range(5, 0, -1):
            features.append(self._decoded(number, features[-1], features[number - 1]))
        return tuple(features)

    def maps(self, stages: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """What `logits` gives, from what the `stages` handed on."""
        full, decoded = stages[0], stages[5:]  # stage 6, then 5d … 1d
        sides = [self.get_submodule(f"side{number}")(decoded[6 - number]) for number in range(1, 7)]
        sides = [side if side.shape[2:] == full.shape[2:] else upsampled_to(side, full) for side in sides]
        fused = self.outconv(torch.cat(sides, dim=1))
        if self.presence is not None:
            fused = fused + _doubt(self.presence(overview_of(stages)), fused)
        return (fused, *sides)

    def logits(self, x: Tensor) -> tuple[Tensor, ...]:
        """The seven maps before the sigmoid: fused, then sides 1 to 6, all [B, out, H, W] at the input's size."""
        return self.maps(self.stages(x))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """x [B, in, H, W], normalised RGB → (d0, …, d6), each [B, out, H, W] in [0, 1]; d0 is the fused map."""
        return tuple(torch.sigmoid(logit) for logit in self.logits(x))


def _uniform(in_channels: int, mid: int, outer: int) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    """The table of U2NETP, where all stages have the same channels."""
    encoder = (
        Stage(7, in_channels, mid, outer),
        Stage(6, outer, mid, outer),
        Stage(5, outer, mid, outer),
        Stage(4, outer, mid, outer),
        Stage(4, outer, mid, outer, dilated=True),
        Stage(4, outer, mid, outer, dilated=True),
    )
    decoder = (
        Stage(4, 2 * outer, mid, outer, dilated=True),
        Stage(4, 2 * outer, mid, outer),
        Stage(5, 2 * outer, mid, outer),
        Stage(6, 2 * outer, mid, outer),
        Stage(7, 2 * outer, mid, outer),
    )
    return encoder, decoder


class U2NET(NestedUNet):
    """The full network, 44.0 million parameters (176 MB)."""

    def __init__(self, in_channels: int = 3, out_channels: int = 1) -> None:
        encoder = (
            Stage(7, in_channels, 32, 64),
            Stage(6, 64, 32, 128),
            Stage(5, 128, 64, 256),
            Stage(4, 256, 128, 512),
            Stage(4, 512, 256, 512, dilated=True),
            Stage(4, 512, 256, 512, dilated=True),
        )
        decoder = (
            Stage(4, 1024, 256, 512, dilated=True),
            Stage(4, 1024, 128, 256),
            Stage(5, 512, 64, 128),
            Stage(6, 256, 32, 64),
            Stage(7, 128, 16, 64),
        )
        super().__init__(encoder, decoder, out_channels)


class U2NETP(NestedUNet):
    """The small network of the paper, 1.13 million parameters (4.7 MB)."""

    def __init__(self, in_channels: int = 3, out_channels: int = 1) -> None:
        super().__init__(*_uniform(in_channels, 16, 64), out_channels)


class U2NETN(NestedUNet):
    """This project's U2NETP for laptops: narrower where the picture has its full size, which is seven tenths of the work.

    Stage 1 has `first_mid` and `first_outer` channels, stage 1d `last_mid` and `last_outer`, all others `mid` and `outer`.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 1,
        *,
        mid: int = 16,
        outer: int = 64,
        first_mid: int = 8,
        first_outer: int = 16,
        last_mid: int = 8,
        last_outer: int = 16,
    ) -> None:
        encoder, decoder = _uniform(in_channels, mid, outer)
        encoder = (
            replace(encoder[0], mid_channels=first_mid, out_channels=first_outer),
            replace(encoder[1], in_channels=first_outer),
            *encoder[2:],
        )
        decoder = (
            *decoder[:3],
            replace(decoder[3], out_channels=last_outer),
            Stage(7, last_outer + first_outer, last_mid, last_outer),
        )
        super().__init__(encoder, decoder, out_channels)


def fold_batch_norm(network: NestedUNet) -> NestedUNet:
    """The same network for inference only: each batch norm folded into the convolution before it. Changes `network`."""
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    network.eval()
    for module in network.modules():
        if isinstance(module, ConvBNReLU) and isinstance(module.bn_s1, nn.BatchNorm2d):
            module.conv_s1 = fuse_conv_bn_eval(module.conv_s1, module.bn_s1)
            module.bn_s1 = nn.Identity()  # type: ignore[assignment]
    return network
