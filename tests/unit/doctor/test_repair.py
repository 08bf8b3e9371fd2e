"""`--fix`: what is asked, what is run, and what is left alone."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.doctor.machine import MODULE, Machine
from u2live.commands import doctor
from u2live.doctor.examine import examine
from u2live.doctor.finding import Finding, Level, Step
from u2live.doctor.kernel_module import check_kernel_module
from u2live.doctor.loopback_device import check_loopback_devices
from u2live.doctor.loopback_options import LOAD_FILE, OPTIONS_FILE
from u2live.doctor.probes import TorchFacts, WeightsFacts, video_capabilities
from u2live.doctor.repair import execute_step, repair
from u2live.doctor.system import System
from u2live.errors import UsageError


class Person:
    """Answers questions and notes everything that was said and run on the machine."""

    def __init__(self, machine: Machine, *, says: bool = True, codes: Sequence[int] = ()) -> None:
        self.machine = machine
        self.says = says
        self.codes = list(codes)
        self.asked = 0
        self.said: list[str] = []
        self.ran: list[tuple[str, ...]] = []

    def ask(self, _question: str) -> bool:
        self.asked += 1
        return self.says

    def execute(self, argv: Sequence[str], text: str = "") -> int:
        """Does to the faked machine what the command does to a real one."""
        self.ran.append(tuple(argv))
        code = self.codes.pop(0) if self.codes else 0
        words = [word for word in argv if word != "pkexec"]
        if code == 0 and words[0] == "tee":
            self.machine.write(words[1], text)
        elif code == 0 and words[:2] == ["apt-get", "install"] and "v4l2loopback-dkms" in words:
            self.machine.write(MODULE, "code~Module signature appended~\n")
        elif code == 0 and words[:2] == ["modprobe", "v4l2loopback"]:
            self.machine.load_module()
        return code

    def repair(self, *, root: bool = False) -> tuple[Finding, ...]:
        system = replace(self.machine.system(), uid=0) if root else self.machine.system()
        return repair(
            lambda: tuple(check_kernel_module(system)), system, ask=self.ask, say=self.said.append, execute=self.execute
        )


def test_one_step_leads_to_the_next_until_the_module_is_loaded(machine: Machine) -> None:
    machine.unload_module()
    machine.remove(MODULE)
    person = Person(machine)
    findings = person.repair()
    assert [finding.level for finding in findings] == [Level.OK]
    assert person.ran == [
        ("pkexec", "apt-get", "install", "v4l2loopback-dkms"),
        ("pkexec", "modprobe", "v4l2loopback", "devices=1", "video_nr=10", "card_label=u2live", "exclusive_caps=1"),
        ("pkexec", "tee", OPTIONS_FILE),
        ("pkexec", "tee", LOAD_FILE),
    ]
    assert person.asked == 4
    for argv in person.ran:  # each was shown as it was run
        assert any(" ".join(argv) in line for line in person.said)
    assert machine.at(LOAD_FILE).read_text().splitlines()[-1] == "v4l2loopback"


def test_root_needs_no_pkexec(machine: Machine) -> None:
    machine.unload_module()
    person = Person(machine)
    person.repair(root=True)
    assert all(argv[0] != "pkexec" for argv in person.ran)


def test_a_no_runs_nothing(machine: Machine) -> None:
    machine.unload_module()
    person = Person(machine, says=False)
    findings = person.repair()
    assert (person.ran, person.asked) == ([], 1)
    assert findings[-1].level is Level.PROBLEM
    assert not machine.at(OPTIONS_FILE).exists()


def test_a_failed_step_ends_the_finding_and_is_offered_once(machine: Machine) -> None:
    machine.unload_module()
    person = Person(machine, codes=[1] * 10)
    findings = person.repair()
    assert [argv[1] for argv in person.ran] == ["modprobe"]
    assert any("exit code 1" in line for line in person.said)
    assert findings[-1].level is Level.PROBLEM
    assert not machine.at(OPTIONS_FILE).exists()


def test_what_is_left_after_a_failure_is_offered_again(machine: Machine) -> None:
    machine.load_module(exclusive_caps="N")
    person = Person(machine, codes=[0, 0, 0, 1])
    system = machine.system()
    repair(
        lambda: tuple(check_loopback_devices(system)), system, ask=person.ask, say=person.said.append, execute=person.execute
    )
    # The module came back as it should be: the file that could not be written is no fault of the machine.
    assert [argv[1:3] for argv in person.ran] == [
        ("modprobe", "-r"),
        ("modprobe", "v4l2loopback"),
        ("tee", OPTIONS_FILE),
        ("tee", LOAD_FILE),
    ]


def test_programs_of_ours_run_with_our_python(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/u2live/main.py", "doctor", "--fix"])
    machine.weights = WeightsFacts(problem="there are none")
    ran: list[tuple[str, ...]] = []

    def execute(argv: Sequence[str], text: str = "") -> int:
        ran.append(tuple(argv))
        machine.weights = WeightsFacts("u2netp", "/data/u2netp.pth")
        return 0

    system = machine.system()
    findings = repair(lambda: examine(system), system, ask=lambda _: True, say=lambda _: None, execute=execute)
    assert ran == [(sys.executable, "/opt/u2live/main.py", "weights", "fetch", "u2netp")]
    assert all(finding.level is Level.OK for finding in findings)


def test_a_real_step_writes_what_it_is_given(tmp_path: Path) -> None:
    assert execute_step(("tee", str(tmp_path / "file")), "one\ntwo\n") == 0
    assert (tmp_path / "file").read_text() == "one\ntwo\n"
    assert execute_step((sys.executable, "-c", "raise SystemExit(3)")) == 3
    assert execute_step(("no-such-program-anywhere",)) == 127


def test_the_command_that_is_shown_does_what_the_step_does(tmp_path: Path) -> None:
    step = Step(("tee", str(tmp_path / "it's here")), text="# 100 %\noptions a=1\n")
    subprocess.run(["sh", "-c", step.shown(as_root="")], check=True, capture_output=True)
    assert (tmp_path / "it's here").read_text() == step.text
    assert step.shown().split("| ")[1].startswith("sudo tee ")
    assert "\n" not in step.shown()
    assert Step(("pip", "x"), root=False).shown() == "pip x"


class TestCommand:
    @pytest.fixture(autouse=True)
    def faked(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("u2live.doctor.system.System", machine.system)

    def run(self, *words: str) -> int:
        parser = argparse.ArgumentParser()
        doctor.add_parser(parser.add_subparsers())
        return doctor.execute(parser.parse_args(["doctor", *words]))

    def test_well(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.run() == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[-1] == "everything is well"
        assert all(line.startswith("ok ") for line in lines[:-1])

    def test_problem_and_warning(self, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
        machine.closed = {"video0"}
        machine.openvino = None
        assert self.run() == 1
        out = capsys.readouterr().out
        assert "problem  this user may not open /dev/video0" in out
        assert "do:  sudo usermod -aG video ada" in out
        assert out.endswith("1 problem, 1 warning\n")

    def test_only_warnings_are_exit_code_0(self, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
        machine.openvino = None
        assert self.run() == 0
        assert capsys.readouterr().out.endswith("1 warning\n")

    def test_json(self, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
        machine.torch = None
        assert self.run("--json") == 1
        report = json.loads(capsys.readouterr().out)
        assert report["healthy"] is False
        torch = next(finding for finding in report["findings"] if finding["id"] == "torch")
        assert torch == {
            "id": "torch",
            "level": "problem",
            "what": "torch cannot be imported",
            "why": "no network can run without it",
            "command": "python -m pip install torch==2.13.0",
            "fixable": True,
        }

    def test_fix_needs_a_terminal_and_no_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UsageError, match="terminal"):
            self.run("--fix")
        with pytest.raises(UsageError, match="choose one"):
            self.run("--fix", "--json")


def test_this_machine_can_be_examined() -> None:
    """The real one, whatever it is: every check gives findings that read well, and nothing is changed."""
    findings = examine()
    assert {finding.id for finding in findings} >= {"weights", "disk"}
    for finding in findings:
        assert finding.what
        assert "\n" not in finding.what + finding.why
        assert (finding.level is Level.OK) == (finding.why == "" and finding.command == "")


def test_probes_of_the_real_machine(tmp_path: Path) -> None:
    facts = System().torch()
    assert isinstance(facts, TorchFacts)
    assert facts.version.startswith("2.")
    (tmp_path / "plain").write_text("no device")
    assert video_capabilities(tmp_path / "plain") is None
    assert video_capabilities(tmp_path / "none") is None
    assert System().run(("echo", "hello")).output == "hello\n"
    assert System().run(("no-such-program-anywhere",)).code == 127
    held = (tmp_path / "plain").open()
    reader = subprocess.Popen(["tail", "-f", str(tmp_path / "plain")], stdout=subprocess.PIPE)
    try:
        assert reader.stdout is not None
        reader.stdout.read(1)
        assert System().holders(str(tmp_path / "plain")) == [f"tail (process {reader.pid})"]
    finally:
        reader.kill()
        reader.wait()
        held.close()
