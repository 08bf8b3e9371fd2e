"""All checks in the order in which a person would ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from u2live.doctor.finding import Finding, Level
from u2live.doctor.gpu import check_gpu, check_openvino
from u2live.doctor.kernel_module import check_kernel_module
from u2live.doctor.loopback_device import check_loopback_devices
from u2live.doctor.machine import check_cameras, check_disk, check_weights
from u2live.doctor.other_systems import check_other_virtual_cameras
from u2live.doctor.pipewire import check_pipewire
from u2live.doctor.system import System
from u2live.doctor.window import check_window

CHECKS: tuple[Callable[[System], list[Finding]], ...] = (
    check_weights,
    check_cameras,
    check_gpu,
    check_openvino,
    check_window,
    check_kernel_module,
    check_loopback_devices,
    check_other_virtual_cameras,
    check_pipewire,
    check_disk,
)


def findings_of(system: System) -> Iterator[Finding]:
    """The findings one by one, as each check is done: some take a second (torch, OpenVINO)."""
    for check in CHECKS:
        yield from check(system)


def examine(system: System | None = None) -> tuple[Finding, ...]:
    """Everything about this machine, or about `system`."""
    return tuple(findings_of(system or System()))


def healthy(findings: tuple[Finding, ...]) -> bool:
    """No finding is a problem; warnings may be among them."""
    return all(finding.level is not Level.PROBLEM for finding in findings)
