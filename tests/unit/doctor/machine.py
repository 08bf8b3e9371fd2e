"""A machine made of files in a temporary folder: whole and healthy, until a test takes something away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from u2live.doctor.finding import Finding
from u2live.doctor.probes import CAPTURE, OUTPUT, TorchFacts, WeightsFacts
from u2live.doctor.system import Answer, System

KERNEL = "6.1.0-30-amd64"
MODULE = f"/lib/modules/{KERNEL}/updates/dkms/v4l2loopback.ko"
SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
LIB = "/usr/lib/x86_64-linux-gnu"
LIBRARIES = (
    *("libEGL.so.1", "libGL.so.1", "libxkbcommon.so.0", "libdbus-1.so.3", "libfontconfig.so.1", "libxcb-cursor.so.0"),
    *("libxcb-icccm.so.4", "libxcb-keysyms.so.1", "libxcb-image.so.0", "libxcb-render-util.so.0", "libxcb-shape.so.0"),
    *("libxcb-xinerama.so.0", "libxkbcommon-x11.so.0", "gstreamer-1.0/libgstpipewire.so"),
    "libpipewire-0.3.so.0",
)
DESKTOP = {"DISPLAY": ":0", "USER": "ada", "XDG_RUNTIME_DIR": "/run/user/1000"}
CPU_TORCH = TorchFacts("2.13.0+cpu")
PERSON = WeightsFacts("u2netp-person", "/opt/u2netp-person.safetensors")


@dataclass
class Machine:
    """Debian with a camera, v4l2loopback, PipeWire and no GPU. `system()` is what the checks see."""

    root: Path
    platform: str = "linux"
    environment: dict[str, str] = field(default_factory=lambda: dict(DESKTOP))
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    capabilities: dict[str, int] = field(default_factory=lambda: {"video0": CAPTURE, "video10": OUTPUT})
    free: int = 50_000_000_000
    missing_modules: set[str] = field(default_factory=set)
    torch: TorchFacts | None = CPU_TORCH
    openvino: tuple[str, ...] | None = ("CPU: AMD EPYC",)
    weights: WeightsFacts = PERSON

    def __post_init__(self) -> None:
        self.distribution("debian")
        self.write("/proc/sys/kernel/osrelease", KERNEL)
        for library in LIBRARIES:
            self.write(f"{LIB}/{library}")
        self.write("/dev/video0")
        self.write("/sys/class/video4linux/video0/name", "HD Webcam")
        self.write(MODULE, "code~Module signature appended~\n")
        self.load_module()
        for program in ("pipewire", "wireplumber"):
            self.write(f"/usr/bin/{program}")
        self.write("/etc/modules-load.d/modules.conf", "# nothing\n")
        self.write("/usr/libexec/xdg-desktop-portal")
        self.write("/run/user/1000/pipewire-0")
        self.process(690, "xdg-desktop-portal-gtk", started=1000)
        self.process(695, "xdg-desktop-portal", started=1100)
        self.process(700, "wireplumber", started=1200)

    def distribution(self, name: str, like: str = "") -> None:
        self.write("/etc/os-release", f'NAME="Some Linux"\nID={name}\nID_LIKE="{like}"\n')

    def load_module(
        self, *, version: str = "0.15.4", exclusive_caps: str = "Y,N,N,N,N,N,N,N", device: str = "video10"
    ) -> None:
        self.write("/sys/module/v4l2loopback/version", version)
        self.write("/sys/module/v4l2loopback/parameters/exclusive_caps", exclusive_caps)
        self.write(f"/dev/{device}")
        self.write(f"/sys/class/video4linux/{device}/name", "u2live")
        self.write(f"/sys/class/video4linux/{device}/max_openers", "10")

    def unload_module(self) -> None:
        self.remove("/sys/module/v4l2loopback", "/dev/video10", "/sys/class/video4linux/video10")

    def gpu(self, vendor: str, kind: str = "0x030000") -> None:
        self.write("/sys/bus/pci/devices/0000:01:00.0/vendor", vendor)
        self.write("/sys/bus/pci/devices/0000:01:00.0/class", kind)

    def process(self, number: int, name: str, opened: str = "", *, started: int = 5000, uid: int = 1000) -> None:
        self.write(f"/proc/{number}/comm", f"{name[:15]}\n")
        self.write(f"/proc/{number}/cmdline", f"/usr/libexec/{name}\0--verbose\0")
        self.write(f"/proc/{number}/status", f"Name:\t{name[:15]}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n")
        self.write(f"/proc/{number}/stat", f"{number} ({name[:15]}) S {' 0' * 18} {started} 0 0\n")
        if opened:
            link = self.at(f"/proc/{number}/fd/7")
            link.parent.mkdir(parents=True)
            link.symlink_to(opened)

    def at(self, absolute: str) -> Path:
        return self.root / absolute.lstrip("/")

    def write(self, absolute: str, content: str | bytes = "") -> None:
        path = self.at(absolute)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def remove(self, *absolutes: str) -> None:
        for absolute in absolutes:
            path = self.at(absolute)
            if path.is_dir():
                for inside in sorted(path.rglob("*"), reverse=True):
                    inside.rmdir() if inside.is_dir() and not inside.is_symlink() else inside.unlink()
                path.rmdir()
            else:
                path.unlink()

    def system(self) -> System:
        def run(argv: Sequence[str]) -> Answer:
            return self.answers.get(tuple(argv), Answer(127))

        return System(
            root=self.root,
            platform=self.platform,
            machine="x86_64",
            uid=1000,
            environment=self.environment,
            run=run,
            may_open=lambda path: path.name not in self.closed,
            capabilities=lambda path: self.capabilities.get(path.name),
            free_bytes=lambda _: self.free,
            installed=lambda name: name not in self.missing_modules,
            torch=lambda: self.torch,
            openvino=lambda: self.openvino,
            weights=lambda: self.weights,
        )

    def find(self, check: Callable[[System], Iterable[Finding]], name: str) -> Finding:
        """The one finding of `check` with this id."""
        found = [finding for finding in check(self.system()) if finding.id == name]
        assert len(found) == 1, f"{len(found)} findings {name}"
        return found[0]
