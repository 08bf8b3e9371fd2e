"""What can run the network: NVIDIA's GPU with a driver and a torch that fit, Apple's, OpenVINO's devices."""

from __future__ import annotations

import re

from u2live.doctor.finding import Finding, Level, Step, ok
from u2live.doctor.packages import family, install
from u2live.doctor.probes import TorchFacts
from u2live.doctor.system import System

_PCI = "/sys/bus/pci/devices"
_NVIDIA, _INTEL = "0x10de", "0x8086"
# CUDA's major version → the first driver it runs with on Linux (NVIDIA, "CUDA Compatibility").
_OLDEST_DRIVER = {11: 450, 12: 525, 13: 580}
_TORCH = "torch==2.13.0"


def check_gpu(system: System) -> list[Finding]:
    torch = system.torch()
    if torch is None:
        steps = (Step(("python", "-m", "pip", "install", _TORCH), root=False),)
        return [Finding("torch", Level.PROBLEM, "torch cannot be imported", "no network can run without it", steps)]
    if torch.available:
        return [_fit(torch)]
    if torch.mps:
        return [ok("gpu", f"torch {torch.version} runs on Apple's GPU")]
    if not _has_card(system, _NVIDIA):
        return [ok("gpu", f"no NVIDIA GPU: the network runs on the processor (torch {torch.version})")]
    return [_unusable(system, torch)]


def _fit(torch: TorchFacts) -> Finding:
    what = f"{torch.device} (compute capability {torch.capability}) with torch {torch.version} for CUDA {torch.cuda}"
    built = sorted(int(name) for name in re.findall(r"sm_(\d+)", " ".join(torch.architectures)))
    own = int(torch.capability.replace(".", "") or 0)
    if built and own < built[0]:
        why = f"this torch was built for GPUs from compute capability {built[0] / 10:.1f} on"
        advice = "install a torch build for an older CUDA (pytorch.org, Get Started), or keep using the processor"
        return Finding("gpu", Level.WARNING, f"{what} do not fit", why, advice=advice)
    return ok("gpu", what)


def _unusable(system: System, torch: TorchFacts) -> Finding:
    driver = _driver_version(system)
    if not driver:
        used = "nouveau, which has no CUDA" if system.exists("/sys/module/nouveau") else "none"
        what = f"there is an NVIDIA GPU, but NVIDIA's driver is not loaded (loaded: {used})"
        advice = {
            "debian": "sudo apt-get install nvidia-driver (Ubuntu: sudo ubuntu-drivers install), then restart",
            "fedora": "enable RPM Fusion, sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda, then restart",
            "arch": "sudo pacman -S --needed nvidia-dkms, then restart",
        }.get(family(system), "install NVIDIA's driver for your system, then restart")
        return Finding("gpu", Level.WARNING, what, "the network runs on the processor, several times slower", advice=advice)
    if not torch.cuda:
        what = f"there is an NVIDIA GPU with driver {driver}, but torch {torch.version} was built without CUDA"
        why = "the network runs on the processor, several times slower"
        if system.platform == "linux":
            steps = (Step(("python", "-m", "pip", "install", "--force-reinstall", _TORCH), root=False),)
            return Finding("gpu", Level.WARNING, what, why, steps)
        return Finding(
            "gpu", Level.WARNING, what, why, advice=f"install {_TORCH} for CUDA as pytorch.org, Get Started, says"
        )
    oldest = _OLDEST_DRIVER.get(int(torch.cuda.split(".")[0]), 0)
    if int(driver.split(".")[0]) < oldest:
        what = f"NVIDIA's driver {driver} is too old for torch {torch.version} (CUDA {torch.cuda})"
        why = f"CUDA {torch.cuda} needs driver {oldest} or newer: the network runs on the processor until then"
        return Finding("gpu", Level.WARNING, what, why, advice=f"update NVIDIA's driver to {oldest} or newer, then restart")
    what = f"NVIDIA's driver {driver} and torch {torch.version} (CUDA {torch.cuda}) fit, but no GPU answers"
    advice = "restart after a driver update; in a container pass the GPU through; `nvidia-smi` shows more"
    return Finding("gpu", Level.WARNING, what, "the network runs on the processor, several times slower", advice=advice)


def check_openvino(system: System) -> list[Finding]:
    devices = system.openvino()
    if devices is None:
        why = "without it the network runs two to three times slower on a processor"
        steps = (Step(("python", "-m", "pip", "install", "openvino>=2026.0,<2027"), root=False),)
        return [Finding("openvino", Level.WARNING, "OpenVINO cannot be imported", why, steps)]
    findings = [ok("openvino", f"OpenVINO runs on {', '.join(devices) or 'nothing'}")]
    if system.platform == "linux" and _has_card(system, _INTEL) and not any(name.startswith("GPU") for name in devices):
        findings.append(_intel_gpu(system))
    return findings


def _intel_gpu(system: System) -> Finding:
    what = "there is an Intel GPU that OpenVINO does not see"
    nodes = [name for name in system.entries("/dev/dri") if name.startswith("renderD")]
    if nodes and not any(system.may_open(system.path(f"/dev/dri/{name}")) for name in nodes):
        user = system.environment.get("USER", "") or str(system.uid)
        steps = (Step(("usermod", "-aG", "render", user)),)
        why = f"this user may not open /dev/dri/{nodes[0]}; log out and in again after the change"
        return Finding("intel-gpu", Level.WARNING, what, why, steps)
    why = "with Intel's compute runtime the network could run there and leave the processor free"
    advice = "" if family(system) else "install Intel's OpenCL compute runtime"
    return Finding("intel-gpu", Level.WARNING, what, why, install(system, "intel-gpu"), advice)


def _has_card(system: System, vendor: str) -> bool:
    """A display controller (PCI class 03) of this maker."""
    return any(
        system.read(f"{_PCI}/{name}/vendor") == vendor and system.read(f"{_PCI}/{name}/class").startswith("0x03")
        for name in system.entries(_PCI)
    )


def _driver_version(system: System) -> str:
    """As in "580.65.06"; empty when NVIDIA's driver is not loaded."""
    return system.read("/sys/module/nvidia/version")
