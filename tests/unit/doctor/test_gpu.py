"""Findings about graphics cards, torch and OpenVINO, each on a machine that has exactly that fault."""

from __future__ import annotations

import pytest

from tests.unit.doctor.machine import Machine
from u2live.doctor.finding import Level
from u2live.doctor.gpu import check_gpu, check_openvino
from u2live.doctor.probes import TorchFacts

NVIDIA, INTEL = "0x10de", "0x8086"


class TestGpu:
    def test_none(self, machine: Machine) -> None:
        finding = machine.find(check_gpu, "gpu")
        assert finding.level is Level.OK
        assert "processor" in finding.what

    def test_no_torch(self, machine: Machine) -> None:
        machine.torch = None
        finding = machine.find(check_gpu, "torch")
        assert (finding.level, finding.command) == (Level.PROBLEM, "python -m pip install torch==2.13.0")

    def test_fits(self, machine: Machine) -> None:
        machine.torch = TorchFacts("2.13.0", "13.0", True, "RTX 4070", "8.9", ("sm_75", "sm_86", "sm_120"))
        finding = machine.find(check_gpu, "gpu")
        assert finding.level is Level.OK
        assert "RTX 4070" in finding.what

    def test_too_old_for_this_build(self, machine: Machine) -> None:
        machine.torch = TorchFacts("2.13.0", "13.0", True, "GTX 1080 Ti", "6.1", ("sm_75", "sm_86", "sm_120"))
        finding = machine.find(check_gpu, "gpu")
        assert finding.level is Level.WARNING
        assert "capability 7.5 on" in finding.why

    def test_apple(self, machine: Machine) -> None:
        machine.torch = TorchFacts("2.13.0", mps=True)
        assert "Apple" in machine.find(check_gpu, "gpu").what

    @pytest.mark.parametrize(
        ("distribution", "word"),
        [("debian", "nvidia-driver"), ("fedora", "akmod-nvidia"), ("arch", "nvidia-dkms"), ("x", "NVIDIA's")],
    )
    def test_no_driver(self, machine: Machine, distribution: str, word: str) -> None:
        machine.gpu(NVIDIA)
        machine.distribution(distribution)
        machine.write("/sys/module/nouveau/version")
        finding = machine.find(check_gpu, "gpu")
        assert finding.level is Level.WARNING
        assert "nouveau" in finding.what
        assert word in finding.command

    def test_a_torch_without_cuda(self, machine: Machine) -> None:
        machine.gpu(NVIDIA, "0x030200")
        machine.write("/sys/module/nvidia/version", "580.65.06")
        finding = machine.find(check_gpu, "gpu")
        assert finding.level is Level.WARNING
        assert finding.command == "python -m pip install --force-reinstall torch==2.13.0"
        machine.platform = "win32"
        assert "pytorch.org" in machine.find(check_gpu, "gpu").command

    def test_a_driver_too_old_for_this_torch(self, machine: Machine) -> None:
        machine.gpu(NVIDIA)
        machine.write("/sys/module/nvidia/version", "550.120")
        machine.torch = TorchFacts("2.13.0", "13.0")
        finding = machine.find(check_gpu, "gpu")
        assert "550.120 is too old" in finding.what
        assert "580" in finding.command

    def test_everything_fits_and_nothing_answers(self, machine: Machine) -> None:
        machine.gpu(NVIDIA)
        machine.write("/sys/module/nvidia/version", "580.65.06")
        machine.torch = TorchFacts("2.13.0", "13.0")
        finding = machine.find(check_gpu, "gpu")
        assert (finding.level, "nvidia-smi" in finding.command) == (Level.WARNING, True)

    def test_a_network_card_of_nvidia_is_no_gpu(self, machine: Machine) -> None:
        machine.gpu(NVIDIA, "0x020000")
        assert machine.find(check_gpu, "gpu").level is Level.OK


class TestOpenVino:
    def test_devices(self, machine: Machine) -> None:
        assert "CPU: AMD EPYC" in machine.find(check_openvino, "openvino").what

    def test_missing(self, machine: Machine) -> None:
        machine.openvino = None
        finding = machine.find(check_openvino, "openvino")
        assert finding.level is Level.WARNING
        assert "pip install" in finding.command

    def test_intel_gpu_without_its_runtime(self, machine: Machine) -> None:
        machine.gpu(INTEL)
        finding = machine.find(check_openvino, "intel-gpu")
        assert (finding.level, finding.command) == (Level.WARNING, "sudo apt-get install intel-opencl-icd")

    def test_intel_gpu_without_permission(self, machine: Machine) -> None:
        machine.gpu(INTEL)
        machine.write("/dev/dri/renderD128")
        machine.closed = {"renderD128"}
        assert machine.find(check_openvino, "intel-gpu").command == "sudo usermod -aG render ada"

    def test_intel_gpu_that_is_used(self, machine: Machine) -> None:
        machine.gpu(INTEL)
        machine.openvino = ("CPU: Intel Core i5", "GPU: Intel Iris Xe")
        assert [finding.id for finding in check_openvino(machine.system())] == ["openvino"]
