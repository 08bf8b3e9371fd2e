"""Questions to the real machine that no file answers. Each gives plain values, so that a test can give others."""

from __future__ import annotations

import importlib.util
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from u2live.matting import openvino_core

CAPTURE, OUTPUT = 0x1, 0x2  # V4L2_CAP_VIDEO_CAPTURE, V4L2_CAP_VIDEO_OUTPUT
_HAS_DEVICE_CAPS = 0x80000000
_QUERYCAP = 0x80685600  # VIDIOC_QUERYCAP of <linux/videodev2.h>
_QUERYCAP_LAYOUT = struct.Struct("=16s32s32sIII12x")


@dataclass(frozen=True, slots=True)
class TorchFacts:
    """torch as it is installed: its version, the CUDA it was built for ("" for none), whether a GPU answers, the GPU's name
    and compute capability ("8.6"), the architectures it was built for ("sm_86"), and Apple's GPU."""

    version: str
    cuda: str = ""
    available: bool = False
    device: str = ""
    capability: str = ""
    architectures: tuple[str, ...] = ()
    mps: bool = False


@dataclass(frozen=True, slots=True)
class WeightsFacts:
    """Which weights `--weights auto` takes; `problem` says why there are none."""

    name: str = ""
    path: str = ""
    problem: str = ""


def module_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def torch_facts() -> TorchFacts | None:
    """None when torch cannot be imported."""
    try:
        import torch
    except (ImportError, OSError):
        return None
    available = torch.cuda.is_available()
    capability = torch.cuda.get_device_capability() if available else (0, 0)
    return TorchFacts(
        version=torch.__version__,
        cuda=torch.version.cuda or "",
        available=available,
        device=torch.cuda.get_device_name() if available else "",
        capability=f"{capability[0]}.{capability[1]}" if available else "",
        architectures=tuple(torch.cuda.get_arch_list()) if available else (),
        mps=torch.backends.mps.is_available(),
    )


def openvino_devices() -> tuple[str, ...] | None:
    """Names like "CPU: AMD EPYC"; None when OpenVINO cannot be imported."""
    try:
        core = openvino_core.core()
        return tuple(f"{device}: {core.get_property(device, 'FULL_DEVICE_NAME')}" for device in core.available_devices)
    except (ImportError, OSError, RuntimeError):
        return None


def weights_facts() -> WeightsFacts:
    from u2live.errors import U2LiveError
    from u2live.model.weights import load_weights

    try:
        weights = load_weights("auto")
    except U2LiveError as error:
        return WeightsFacts(problem=str(error))
    return WeightsFacts(weights.name, str(weights.path))


def video_capabilities(path: Path) -> int | None:
    """What a V4L2 node can do just now, as CAPTURE | OUTPUT and more; None when it cannot be asked."""
    try:
        import fcntl
    except ImportError:  # no V4L2 there
        return None
    try:
        handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    answer = bytearray(_QUERYCAP_LAYOUT.size)
    try:
        fcntl.ioctl(handle, _QUERYCAP, answer)
    except OSError:
        return None
    finally:
        os.close(handle)
    _, _, _, _, everything, here = _QUERYCAP_LAYOUT.unpack(answer)
    return int(here if everything & _HAS_DEVICE_CAPS else everything)
