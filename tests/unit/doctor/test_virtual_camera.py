"""Findings about v4l2loopback and its devices, each on a machine that has exactly that fault."""

from __future__ import annotations

import pytest

from tests.unit.doctor.machine import KERNEL, MODULE, SECURE_BOOT, Machine
from u2live.doctor.finding import Level
from u2live.doctor.kernel_module import check_kernel_module
from u2live.doctor.loopback_device import check_loopback_devices
from u2live.doctor.loopback_options import LOAD_FILE, OPTIONS_FILE
from u2live.doctor.other_systems import check_other_virtual_cameras
from u2live.doctor.system import Answer

ON, OFF = b"\x06\0\0\0\x01", b"\x06\0\0\0\x00"
LOAD = "modprobe v4l2loopback devices=1 video_nr=10 card_label=u2live exclusive_caps=1"


class TestModule:
    def test_loaded(self, machine: Machine) -> None:
        finding = machine.find(check_kernel_module, "v4l2loopback-loaded")
        assert (finding.level, finding.what) == (Level.OK, "v4l2loopback 0.15.4 is loaded")
        assert finding.command == ""

    @pytest.mark.parametrize(
        ("distribution", "command"),
        [
            ("debian", "sudo apt-get install v4l2loopback-dkms"),
            ("ubuntu", "sudo apt-get install v4l2loopback-dkms"),
            ("arch", "sudo pacman -S --needed v4l2loopback-dkms"),
            ("fedora", "enable the RPM Fusion repository, then: sudo dnf install akmod-v4l2loopback"),
            ("plan9", "install with your package manager (Debian's names): v4l2loopback-dkms"),
        ],
    )
    def test_not_installed(self, machine: Machine, distribution: str, command: str) -> None:
        machine.distribution(distribution)
        machine.unload_module()
        machine.remove(MODULE)
        finding = machine.find(check_kernel_module, "v4l2loopback-present")
        assert (finding.level, finding.command) == (Level.WARNING, command)

    def test_a_derivative_is_known_by_what_it_is_like(self, machine: Machine) -> None:
        machine.distribution("neon", like="ubuntu debian")
        machine.unload_module()
        machine.remove(MODULE)
        assert "apt-get" in machine.find(check_kernel_module, "v4l2loopback-present").command

    def test_not_built_for_the_running_kernel(self, machine: Machine) -> None:
        machine.unload_module()
        machine.remove(MODULE)
        machine.write("/lib/modules/5.10.0-1-amd64/updates/dkms/v4l2loopback.ko")
        machine.write("/usr/src/v4l2loopback-0.12.7/dkms.conf")
        finding = machine.find(check_kernel_module, "v4l2loopback-built")
        assert finding.level is Level.PROBLEM
        assert KERNEL in finding.what
        assert finding.command == f"sudo apt-get install linux-headers-{KERNEL} && sudo dkms autoinstall"

    def test_installed_but_not_loaded(self, machine: Machine) -> None:
        machine.unload_module()
        finding = machine.find(check_kernel_module, "v4l2loopback-loaded")
        assert finding.level is Level.PROBLEM
        assert [step.argv for step in finding.fix] == [tuple(LOAD.split()), ("tee", OPTIONS_FILE), ("tee", LOAD_FILE)]
        assert "options v4l2loopback devices=1 video_nr=10 card_label=u2live exclusive_caps=1\n" in finding.fix[1].text
        assert finding.command.startswith(f"sudo {LOAD} && ")
        assert f"| sudo tee {OPTIONS_FILE}" in finding.command

    def test_where_nothing_reads_a_list_of_modules_none_is_written(self, machine: Machine) -> None:
        machine.unload_module()
        machine.remove("/etc/modules-load.d")
        finding = machine.find(check_kernel_module, "v4l2loopback-loaded")
        assert [step.argv for step in finding.fix] == [tuple(LOAD.split()), ("tee", OPTIONS_FILE)]

    @pytest.mark.parametrize("ending", [".ko.xz", ".ko.zst", ".ko.gz"])
    def test_a_compressed_module_is_found(self, machine: Machine, ending: str) -> None:
        machine.unload_module()
        machine.remove(MODULE)
        machine.write(f"/lib/modules/{KERNEL}/extra/v4l2loopback{ending}")
        assert machine.find(check_kernel_module, "v4l2loopback-present").level is Level.OK

    def test_the_number_avoids_cameras_that_are_there(self, machine: Machine) -> None:
        machine.unload_module()
        machine.write("/dev/video10")
        assert "video_nr=11" in machine.find(check_kernel_module, "v4l2loopback-loaded").fix[0].argv


class TestSecureBoot:
    @pytest.fixture(autouse=True)
    def waiting(self, machine: Machine) -> None:
        machine.unload_module()
        machine.write(SECURE_BOOT, ON)

    def test_unsigned_with_a_key_to_enroll(self, machine: Machine) -> None:
        machine.write(MODULE, "code")
        machine.write("/var/lib/dkms/mok.pub")
        finding = machine.find(check_kernel_module, "v4l2loopback-signed")
        assert finding.level is Level.PROBLEM
        assert finding.command.startswith("sudo mokutil --import /var/lib/dkms/mok.pub && ")
        assert "Enroll MOK" in finding.why

    def test_unsigned_without_a_key(self, machine: Machine) -> None:
        machine.write(MODULE, "code")
        finding = machine.find(check_kernel_module, "v4l2loopback-signed")
        assert (finding.level, finding.fix) == (Level.PROBLEM, ())
        assert "turn Secure Boot off" in finding.command

    def test_a_compressed_one_is_asked_through_modinfo(self, machine: Machine) -> None:
        machine.remove(MODULE)
        machine.write(f"{MODULE}.zst")
        question = ("modinfo", "-F", "signer", str(machine.at(f"{MODULE}.zst")))
        machine.answers[question] = Answer(0, "\n")
        assert machine.find(check_kernel_module, "v4l2loopback-signed").level is Level.PROBLEM
        machine.answers[question] = Answer(0, "DKMS module signing key\n")
        assert machine.find(check_kernel_module, "v4l2loopback-loaded").level is Level.PROBLEM  # signed, only not loaded

    def test_signed_with_a_key_that_is_not_enrolled(self, machine: Machine) -> None:
        machine.write("/var/lib/shim-signed/mok/MOK.der")
        key = str(machine.at("/var/lib/shim-signed/mok/MOK.der"))
        machine.answers["mokutil", "--test-key", key] = Answer(0, f"{key} is not enrolled\n")
        finding = machine.find(check_kernel_module, "v4l2loopback-signed")
        assert (finding.level, finding.command) == (Level.PROBLEM, "sudo mokutil --import /var/lib/shim-signed/mok/MOK.der")

    def test_signed_and_enrolled_or_secure_boot_off(self, machine: Machine) -> None:
        assert not [finding for finding in check_kernel_module(machine.system()) if finding.id == "v4l2loopback-signed"]
        machine.write(SECURE_BOOT, OFF)
        machine.write(MODULE, "code")
        assert not [finding for finding in check_kernel_module(machine.system()) if finding.id == "v4l2loopback-signed"]


class TestFilesOfOthers:
    def test_options_of_somebody_else_are_neither_doubled_nor_touched(self, machine: Machine) -> None:
        machine.unload_module()
        machine.write("/etc/modprobe.d/obs.conf", "options   v4l2loopback video_nr=20 exclusive_caps=1 # OBS\n")
        machine.write("/etc/modules", "# at start\nv4l2loopback\n")
        finding = machine.find(check_kernel_module, "v4l2loopback-loaded")
        assert [step.argv for step in finding.fix] == [("modprobe", "v4l2loopback")]

    def test_our_own_files_are_replaced(self, machine: Machine) -> None:
        machine.unload_module()
        steps = machine.find(check_kernel_module, "v4l2loopback-loaded").fix
        for step in steps[1:]:
            machine.write(step.argv[1], step.text)
        machine.write("/dev/video10")  # the number has to change
        again = machine.find(check_kernel_module, "v4l2loopback-loaded").fix
        assert [step.argv[:2] for step in again] == [("modprobe", "v4l2loopback"), ("tee", OPTIONS_FILE)]
        assert "video_nr=11" in again[1].text

    def test_a_line_of_somebody_else_in_our_file_keeps_the_file(self, machine: Machine) -> None:
        machine.unload_module()
        machine.write(OPTIONS_FILE, "options v4l2loopback devices=2\n")
        machine.write(LOAD_FILE, "v4l2loopback-and-more\n")
        steps = machine.find(check_kernel_module, "v4l2loopback-loaded").fix
        assert [step.argv[0] for step in steps] == ["modprobe"]


class TestDevice:
    def test_healthy(self, machine: Machine) -> None:
        findings = check_loopback_devices(machine.system())
        assert {finding.id: finding.level for finding in findings} == {
            "exclusive-caps": Level.OK,
            "virtual-camera-free": Level.OK,
        }

    def test_no_device(self, machine: Machine) -> None:
        machine.remove("/dev/video10", "/sys/class/video4linux/video10")
        finding = machine.find(check_loopback_devices, "v4l2loopback-device")
        assert finding.level is Level.PROBLEM
        assert finding.command == f"sudo modprobe -r v4l2loopback && sudo {LOAD}"

    def test_without_exclusive_caps(self, machine: Machine) -> None:
        machine.load_module(exclusive_caps="N,N,N,N,N,N,N,N")
        finding = machine.find(check_loopback_devices, "exclusive-caps")
        assert finding.level is Level.WARNING
        assert "Chrome" in finding.why
        assert [step.argv[:2] for step in finding.fix] == [
            ("modprobe", "-r"),
            ("modprobe", "v4l2loopback"),
            ("tee", OPTIONS_FILE),
            ("tee", LOAD_FILE),
        ]

    def test_without_exclusive_caps_because_somebody_said_so(self, machine: Machine) -> None:
        machine.load_module(exclusive_caps="N,N")
        machine.write("/etc/modprobe.d/mine.conf", "options v4l2loopback devices=2\n")
        finding = machine.find(check_loopback_devices, "exclusive-caps")
        assert finding.fix == ()
        assert "/etc/modprobe.d/mine.conf" in finding.command
        assert "'options v4l2loopback devices=2'" in finding.command

    def test_may_not_be_opened(self, machine: Machine) -> None:
        machine.closed = {"video10"}
        finding = machine.find(check_loopback_devices, "virtual-camera-access")
        assert (finding.level, finding.command) == (Level.PROBLEM, "sudo usermod -aG video ada")

    def test_held_by_another_program(self, machine: Machine) -> None:
        machine.process(4711, "obs", opened="/dev/video10")
        finding = machine.find(check_loopback_devices, "virtual-camera-free")
        assert finding.level is Level.WARNING
        assert "obs (process 4711)" in finding.what

    def test_stuck_after_reopening(self, machine: Machine) -> None:
        machine.capabilities["video10"] = 0x05200000
        finding = machine.find(check_loopback_devices, "reopening-fault")
        assert finding.level is Level.PROBLEM
        # What frees it is VIDIOC_STREAMON and STREAMOFF for output, which needs no rights of the administrator.
        assert "os.open('/dev/video10', os.O_RDWR)" in finding.fix[0].argv[-1]
        assert "(0x40045612, 0x40045613)" in finding.fix[0].argv[-1]
        assert not finding.fix[0].root
        machine.process(4711, "obs", opened="/dev/video10")  # in use it may well offer neither for a moment
        assert machine.find(check_loopback_devices, "virtual-camera-free").level is Level.WARNING

    def test_the_version_as_dkms_unpacked_it(self, machine: Machine) -> None:
        machine.remove("/sys/module/v4l2loopback/version")
        machine.write("/usr/src/v4l2loopback-0.12.5/dkms.conf")
        assert "0.12.5" in machine.find(check_loopback_devices, "reopening-fault").what

    @pytest.mark.parametrize(("version", "known"), [("0.12.5", True), ("0.12.7", True), ("0.15.4", False), ("", False)])
    def test_version_with_the_reopening_fault(self, machine: Machine, version: str, known: bool) -> None:
        machine.load_module(version=version)
        found = [finding for finding in check_loopback_devices(machine.system()) if finding.id == "reopening-fault"]
        assert [finding.level for finding in found] == ([Level.WARNING] if known else [])


@pytest.mark.parametrize(
    ("platform", "place"), [("darwin", "/Applications/OBS.app/Contents"), ("win32", "/Program Files/obs-studio/bin")]
)
def test_other_systems_take_obs(machine: Machine, platform: str, place: str) -> None:
    machine.platform = platform
    assert check_kernel_module(machine.system()) == []
    assert machine.find(check_other_virtual_cameras, "virtual-camera").level is Level.WARNING
    machine.write(place)
    assert machine.find(check_other_virtual_cameras, "virtual-camera").level is Level.OK
    machine.platform = "linux"
    assert check_other_virtual_cameras(machine.system()) == []
