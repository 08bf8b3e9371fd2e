"""v4l2loopback as a module of the kernel: there, built for this kernel, signed, loaded."""

from __future__ import annotations

import os

from u2live.doctor.finding import Finding, Level, Step, ok
from u2live.doctor.loopback_options import configuration_steps, load_step, module_version
from u2live.doctor.packages import family, install, install_advice
from u2live.doctor.system import System

_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_SIGNATURE = b"~Module signature appended~\n"
# Where Ubuntu, Debian's dkms and Fedora's akmods keep the key that signs modules built on this machine.
_KEYS = ("/var/lib/shim-signed/mok/MOK.der", "/var/lib/dkms/mok.pub", "/etc/pki/akmods/certs/public_key.der")

_ENROLL = "mokutil asks for a password of your choice; after a restart a blue screen asks for it again (Enroll MOK)"


def check_kernel_module(system: System) -> list[Finding]:
    """Nothing on other systems than Linux: their virtual cameras come with other programs."""
    if system.platform != "linux":
        return []
    loaded = system.exists("/sys/module/v4l2loopback")
    release = system.read("/proc/sys/kernel/osrelease")
    if loaded:
        version = module_version(system)
        return [ok("v4l2loopback-loaded", f"v4l2loopback {version} is loaded".replace("  ", " "))]
    file = _module_file(system, release)
    if not file:
        return [_missing(system, release)]
    findings = [ok("v4l2loopback-present", f"v4l2loopback is installed for the kernel {release}")]
    unsigned = _signature_problem(system, file)
    if unsigned is not None:
        return [*findings, unsigned]
    steps = (load_step(system), *configuration_steps(system))  # nothing is written when it cannot be loaded
    why = "call programs cannot see u2live until the module is loaded"
    return [*findings, Finding("v4l2loopback-loaded", Level.PROBLEM, "v4l2loopback is installed but not loaded", why, steps)]


def _module_file(system: System, release: str) -> str:
    """The module's file, as an absolute path; empty when there is none for this kernel."""
    folder = f"/lib/modules/{release}"
    if not release:
        return ""
    for parent, _, names in os.walk(system.path(folder)):
        for name in names:
            if name.split(".ko")[0] == "v4l2loopback" and ".ko" in name:
                return "/" + os.path.relpath(os.path.join(parent, name), system.root)
    return ""


def _missing(system: System, release: str) -> Finding:
    sources = [name for name in system.entries("/usr/src") if name.startswith("v4l2loopback-")]
    if not sources and not system.exists("/var/lib/dkms/v4l2loopback"):
        why = "the window and recordings work; to be a camera in call programs u2live needs this module (or PipeWire)"
        what = "v4l2loopback, the kernel's virtual camera, is not installed"
        steps = install(system, "v4l2loopback")
        advice = install_advice(system, "v4l2loopback")
        if family(system) == "fedora":  # not in Fedora's own repositories
            advice = "enable the RPM Fusion repository, then: " + " && ".join(step.shown() for step in steps)
            steps = ()
        return Finding("v4l2loopback-present", Level.WARNING, what, why, steps, advice)
    what = f"v4l2loopback is installed, but not built for the running kernel {release}"
    why = "usually the headers of that kernel are missing, so that dkms could not build the module after an update"
    steps = {
        "debian": (Step(("apt-get", "install", f"linux-headers-{release}")), Step(("dkms", "autoinstall"))),
        "fedora": (Step(("dnf", "install", f"kernel-devel-{release}")), Step(("akmods", "--force"))),
        "arch": (Step(("pacman", "-S", "--needed", "linux-headers")), Step(("dkms", "autoinstall"))),
    }.get(family(system), (Step(("dkms", "autoinstall")),))
    return Finding("v4l2loopback-built", Level.PROBLEM, what, why, steps)


def secure_boot(system: System) -> bool:
    """The firmware's variable: four bytes of attributes, then 1 for on."""
    return system.read_bytes(_SECURE_BOOT)[4:5] == b"\x01"


def _signature_problem(system: System, file: str) -> Finding | None:
    if not secure_boot(system):
        return None
    key = next((path for path in _KEYS if system.exists(path)), "")
    if not _signed(system, file):
        what = "Secure Boot is on and v4l2loopback is not signed: the kernel refuses to load it"
        if key:
            steps = (Step(("mokutil", "--import", key)), Step(("dkms", "autoinstall", "--force")))
            return Finding("v4l2loopback-signed", Level.PROBLEM, what, _ENROLL, steps)
        why = "a module built on this machine must be signed with a key that you enroll"
        advice = "make and enroll a key as your distribution describes for dkms and Secure Boot, or turn Secure Boot off"
        return Finding("v4l2loopback-signed", Level.PROBLEM, what, why, advice=advice)
    if key and system.run(("mokutil", "--test-key", str(system.path(key)))).output.strip().endswith("is not enrolled"):
        what = "Secure Boot is on and the key that signed v4l2loopback is not enrolled: the kernel refuses to load it"
        return Finding("v4l2loopback-signed", Level.PROBLEM, what, _ENROLL, (Step(("mokutil", "--import", key)),))
    return None


def _signed(system: System, file: str) -> bool:
    if file.endswith(".ko"):
        return system.read_bytes(file).endswith(_SIGNATURE)
    # Compressed: modinfo can read what Python cannot everywhere (zstd).
    return bool(system.run(("modinfo", "-F", "signer", str(system.path(file)))).output.strip())
