"""Findings about everything but the kernel's virtual camera, each on a machine that has exactly that fault."""

from __future__ import annotations

import dataclasses

import pytest

from tests.unit.doctor.machine import LIBRARIES, Machine
from u2live.doctor.examine import CHECKS, examine, healthy
from u2live.doctor.finding import Level
from u2live.doctor.gpu import check_gpu, check_openvino
from u2live.doctor.machine import check_cameras, check_disk, check_weights
from u2live.doctor.pipewire import check_pipewire
from u2live.doctor.probes import OUTPUT, TorchFacts, WeightsFacts
from u2live.doctor.window import check_window

NVIDIA, INTEL = "0x10de", "0x8086"
LIB = "/usr/lib/x86_64-linux-gnu"


def test_a_healthy_machine_has_nothing_to_do(machine: Machine) -> None:
    findings = examine(machine.system())
    assert [finding for finding in findings if finding.level is not Level.OK or finding.command] == []
    assert healthy(findings)
    assert len(findings) > len(CHECKS)


def test_findings_cannot_be_changed_and_warnings_are_no_problem(machine: Machine) -> None:
    machine.openvino = None
    findings = examine(machine.system())
    assert healthy(findings)
    with pytest.raises(dataclasses.FrozenInstanceError):
        findings[0].what = "something else"  # type: ignore[misc]
    machine.weights = WeightsFacts(problem="there are none")
    assert not healthy(examine(machine.system()))


def test_weights(machine: Machine) -> None:
    assert "u2netp-person" in machine.find(check_weights, "weights").what
    machine.weights = WeightsFacts(problem="there are no weights on this machine")
    finding = machine.find(check_weights, "weights")
    assert (finding.level, finding.command) == (Level.PROBLEM, "python main.py weights fetch u2netp")


class TestCamera:
    def test_there(self, machine: Machine) -> None:
        finding = machine.find(check_cameras, "camera")
        assert (finding.level, finding.what) == (Level.OK, "/dev/video0 HD Webcam")

    def test_none(self, machine: Machine) -> None:
        machine.remove("/dev/video0")
        assert machine.find(check_cameras, "camera").level is Level.WARNING

    def test_a_node_that_takes_no_pictures_is_no_camera(self, machine: Machine) -> None:
        machine.capabilities["video0"] = OUTPUT
        assert machine.find(check_cameras, "camera").what == "there is no camera"

    def test_not_permitted(self, machine: Machine) -> None:
        machine.closed = {"video0"}
        finding = machine.find(check_cameras, "camera")
        assert (finding.level, finding.command) == (Level.PROBLEM, "sudo usermod -aG video ada")

    def test_in_use(self, machine: Machine) -> None:
        machine.process(99, "zoom", opened="/dev/video0")
        finding = machine.find(check_cameras, "camera")
        assert finding.level is Level.WARNING
        assert "zoom (process 99)" in finding.what

    def test_elsewhere_nobody_can_look(self, machine: Machine) -> None:
        machine.platform = "darwin"
        assert check_cameras(machine.system()) == []


@pytest.mark.parametrize(("free", "level"), [(3e9, Level.OK), (1e9, Level.WARNING), (5e7, Level.PROBLEM)])
def test_disk(machine: Machine, free: float, level: Level) -> None:
    machine.free = int(free)
    findings = check_disk(machine.system())
    assert {finding.level for finding in findings} == {level}
    assert len(findings) == 2
    assert f"{free / 1e9:.1f} GB" in findings[0].what


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


class TestWindow:
    def test_all_libraries_missing(self, machine: Machine) -> None:
        machine.remove(*(f"{LIB}/{library}" for library in LIBRARIES))
        finding = machine.find(check_window, "qt-libraries")
        packages = (
            "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 "
            "libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxkbcommon-x11-0"
        )
        assert (finding.level, finding.command) == (Level.PROBLEM, f"sudo apt-get install {packages}")

    @pytest.mark.parametrize(
        ("distribution", "command"),
        [
            ("debian", "sudo apt-get install libxcb-cursor0"),
            ("fedora", "sudo dnf install xcb-util-cursor"),
            ("arch", "sudo pacman -S --needed xcb-util-cursor"),
            ("void", "install with your package manager (Debian's names): libxcb-cursor0"),
        ],
    )
    def test_one_library_missing(self, machine: Machine, distribution: str, command: str) -> None:
        machine.distribution(distribution)
        machine.remove(f"{LIB}/libxcb-cursor.so.0")
        assert machine.find(check_window, "qt-libraries").command == command

    def test_other_places_for_libraries(self, machine: Machine) -> None:
        machine.remove(f"{LIB}/libxcb-cursor.so.0")
        machine.write("/usr/lib64/libxcb-cursor.so.0")
        assert machine.find(check_window, "qt-libraries").level is Level.OK
        machine.remove("/usr/lib64/libxcb-cursor.so.0")
        machine.write("/opt/qt/libxcb-cursor.so.0")
        machine.environment["LD_LIBRARY_PATH"] = "/opt/qt"
        assert machine.find(check_window, "qt-libraries").level is Level.OK

    def test_libraries_of_x11_are_no_problem_without_x11(self, machine: Machine) -> None:
        machine.remove(f"{LIB}/libxcb-cursor.so.0")
        machine.environment = {"WAYLAND_DISPLAY": "wayland-0"}
        assert machine.find(check_window, "qt-libraries").level is Level.WARNING
        machine.remove(f"{LIB}/libEGL.so.1")
        assert machine.find(check_window, "qt-libraries").level is Level.PROBLEM

    def test_no_display(self, machine: Machine) -> None:
        machine.environment = {}
        assert machine.find(check_window, "display").level is Level.WARNING

    def test_no_pyqt(self, machine: Machine) -> None:
        machine.missing_modules = {"PyQt6"}
        finding = machine.find(check_window, "pyqt6")
        assert (finding.level, finding.command) == (Level.PROBLEM, "python -m pip install 'PyQt6>=6.7,<7'")
        machine.environment = {}  # a machine without a display is fine without it
        assert machine.find(check_window, "pyqt6").level is Level.WARNING


class TestPipeWire:
    def test_not_installed(self, machine: Machine) -> None:
        machine.remove("/usr/bin/pipewire")
        finding = machine.find(check_pipewire, "pipewire")
        assert (finding.level, finding.command) == (Level.WARNING, "sudo apt-get install pipewire wireplumber")

    def test_not_running(self, machine: Machine) -> None:
        machine.remove("/run/user/1000/pipewire-0")
        finding = machine.find(check_pipewire, "pipewire")
        assert finding.level is Level.WARNING
        assert finding.command == "systemctl --user enable --now pipewire.socket wireplumber.service"

    def test_without_a_session_manager(self, machine: Machine) -> None:
        machine.remove("/proc/700")
        assert machine.find(check_pipewire, "pipewire").command == "systemctl --user enable --now wireplumber.service"
        machine.remove("/usr/bin/wireplumber")
        assert machine.find(check_pipewire, "pipewire").command == "sudo apt-get install wireplumber"

    def test_no_portal(self, machine: Machine) -> None:
        machine.remove("/usr/libexec/xdg-desktop-portal")
        assert machine.find(check_pipewire, "portal").command == "sudo apt-get install xdg-desktop-portal"

    @pytest.mark.parametrize(
        ("distribution", "package"), [("debian", "libpipewire-0.3-0"), ("fedora", "pipewire-libs"), ("arch", "libpipewire")]
    )
    def test_no_library(self, machine: Machine, distribution: str, package: str) -> None:
        assert machine.find(check_pipewire, "pipewire-library").level is Level.OK
        machine.distribution(distribution)
        machine.remove(f"{LIB}/libpipewire-0.3.so.0")
        finding = machine.find(check_pipewire, "pipewire-library")
        assert (finding.level, finding.command.split()[-1]) == (Level.WARNING, package)
        assert "libpipewire-0.3.so.0" in finding.what

    def test_wireplumber_before_the_portal(self, machine: Machine) -> None:
        assert machine.find(check_pipewire, "portal-order").level is Level.OK
        machine.process(700, "wireplumber", started=1050)
        finding = machine.find(check_pipewire, "portal-order")
        assert (finding.level, finding.command) == (Level.WARNING, "systemctl --user restart wireplumber")
        assert not finding.fix[0].root

    def test_the_order_is_told_only_where_both_are_this_users(self, machine: Machine) -> None:
        machine.process(700, "wireplumber", started=1050, uid=1001)
        assert [finding for finding in check_pipewire(machine.system()) if finding.id == "portal-order"] == []
        machine.remove("/proc/695")
        machine.process(700, "wireplumber", started=900)
        assert [finding for finding in check_pipewire(machine.system()) if finding.id == "portal-order"] == []

    @pytest.mark.parametrize(
        ("distribution", "package"),
        [("debian", "gstreamer1.0-pipewire"), ("fedora", "pipewire-gstreamer"), ("arch", "gst-plugin-pipewire")],
    )
    def test_no_plugin(self, machine: Machine, distribution: str, package: str) -> None:
        machine.distribution(distribution)
        machine.remove(f"{LIB}/gstreamer-1.0/libgstpipewire.so")
        finding = machine.find(check_pipewire, "gstreamer-plugin")
        assert finding.level is Level.WARNING
        assert finding.command.endswith(package)

    def test_only_on_linux(self, machine: Machine) -> None:
        machine.platform = "win32"
        assert check_pipewire(machine.system()) == []
