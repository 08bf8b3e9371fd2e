"""A student whose first stages learn to say what its teacher's say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from u2live.errors import UsageError
from u2live.model.u2net import U2NETN, U2NETP, overview_of
from u2live.model.weights import read_weights
from u2live.training.config import TrainConfig
from u2live.training.hint_loss import HINTED, Hints, hint_loss, presence_loss
from u2live.training.hints import listen, main
from u2live.training.narrow import narrow_from, settle
from u2live.training.networks import new_network, save_again, save_network
from u2live.training.shrinking import shrunk

WIDER = "--first-mid 6 --first-outer 8 --last-mid 5 --last-outer 8"


def test_features_are_compared_in_their_own_deviations() -> None:
    theirs = torch.randn(4, 3, 8, 8) * torch.tensor([0.1, 1.0, 50.0]).view(1, 3, 1, 1)
    assert float(hint_loss([theirs], [theirs])) == 0
    mean = theirs.mean((0, 2, 3), keepdim=True).expand_as(theirs)
    assert float(hint_loss([mean, theirs, mean], [theirs] * 3)) == pytest.approx(2.0, rel=0.01)


def test_overviews_differ_by_what_is_judged_of_them() -> None:
    presence = torch.nn.Linear(2, 1).requires_grad_(requires_grad=False)
    presence.weight.copy_(torch.tensor([[1.0, 0.0]]))
    theirs = torch.rand(8, 2)
    assert float(presence_loss(theirs, theirs, presence)) == 0
    assert float(presence_loss(theirs + torch.tensor([0.0, 9.0]), theirs, presence)) == 0, "is not looked at"
    little, much = (float(presence_loss(theirs + torch.tensor([far, 0.0]), theirs, presence)) for far in (-4.0, 40.0))
    assert 0 < little < 0.1 * much


def test_hints_bring_the_teachers_judgement_closer_where_they_are_asked_to(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = TrainConfig(architecture="U2NETN", epochs=1, input_size=32, mid=3, outer=6)
    x = torch.randn(4, 3, 32, 32)
    network = new_network(config)
    settle(network, x)
    save_network(tmp_path / "teacher.safetensors", network.state_dict(), config, {})
    with pytest.raises(UsageError, match="hint_presence"):
        Hints(tmp_path / "teacher.safetensors", torch.device("cpu"), "fp32", presence=1.0)
    teacher = read_weights(tmp_path / "teacher.safetensors")
    presence = teacher.network.judge_presence()
    torch.nn.init.ones_(presence.weight)
    save_again(tmp_path / "judge.safetensors", teacher, {})
    gaps = []
    for weight in (0.0, 30.0):
        student = new_network(replace(config, seed=5))
        hints = Hints(tmp_path / "judge.safetensors", torch.device("cpu"), "fp32", presence=weight)
        optimizer = torch.optim.Adam(student.parameters(), 6e-3)
        for _ in range(10):
            optimizer.zero_grad()
            hints.loss(x, student.stages(x)).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        with torch.inference_mode():
            ours, theirs = (presence(overview_of(network.stages(x))) for network in (student, teacher.network))
            gaps.append(float((ours - theirs).abs().mean()))
    assert gaps[1] < 0.8 * gaps[0]


def test_listening_brings_the_first_stages_closer_and_leaves_the_rest() -> None:
    torch.manual_seed(0)
    teacher, student = U2NETP(), U2NETN(first_mid=4, first_outer=8)
    images = torch.randint(0, 256, (4, 64, 64, 3), dtype=torch.uint8)
    narrow_from(student, teacher, images.permute(0, 3, 1, 2).float() / 128 - 1)
    deep = {name: value.clone() for name, value in student.named_parameters() if name[:6] not in ("stage1", "stage2")}

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield images, torch.zeros(0)

    config = TrainConfig(architecture="U2NETN", minutes=60, rate=5e-3, warm_up_steps=5, precision="fp32")
    losses = list(islice(listen(student, teacher, batches(), config), 30))
    assert min(losses[-3:]) < 0.8 * losses[0]
    for name, value in deep.items():
        assert torch.equal(dict(student.named_parameters())[name], value), name


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for part in ("image", "alpha"):
        (tmp_path / "people" / part).mkdir(parents=True)
        for number in range(3):
            pixels = np.random.default_rng(number).integers(0, 256, (48, 48, 3), np.uint8)
            alpha = cv2.circle(np.zeros((48, 48), np.uint8), (24, 24), 14, 255, -1)
            cv2.imwrite(str(tmp_path / "people" / part / f"{number}.png"), pixels if part == "image" else alpha)
    return tmp_path / "people"


def test_the_student_is_written_with_its_teachers_inner_stages(tmp_path: Path, data: Path) -> None:
    torch.manual_seed(0)
    teacher = tmp_path / "teacher.safetensors"
    save_network(teacher, U2NETP().eval().state_dict(), TrainConfig(epochs=1, input_size=64), {})
    output = tmp_path / "student.safetensors"
    words = f"--teacher {teacher} --data {data} --output {output} --minutes 0.02 --input-size 64 --batch 2 --workers 0"
    assert main(words.split()) == 0
    weights = read_weights(output)
    assert (weights.architecture, weights.input_size) == ("U2NETN", 64)
    assert weights.metadata["teacher"] == "teacher.safetensors"
    name = "stage4.rebnconv2.conv_s1.weight"
    assert torch.equal(weights.network.state_dict()[name], read_weights(teacher).network.state_dict()[name])


def test_a_student_goes_on_wider_between_its_teachers_inner_stages(tmp_path: Path, data: Path) -> None:
    torch.manual_seed(0)
    teacher, before, output = (tmp_path / f"{name}.safetensors" for name in ("teacher", "before", "after"))
    save_network(teacher, U2NETP().eval().state_dict(), TrainConfig(epochs=1, input_size=64), {})
    narrow = {"first_mid": 4, "first_outer": 8, "last_mid": 4, "last_outer": 8}
    config = TrainConfig(architecture="U2NETN", epochs=1, input_size=64, **narrow)
    save_network(before, U2NETN(**narrow).eval().state_dict(), config, {})
    words = f"--teacher {teacher} --data {data} --init {before} --output {output} --minutes 0.02 --input-size 64 --batch 2"
    assert main(f"{words} --workers 0 --sizes 64:3,32 --set samples.reaching=0.4 {WIDER}".split()) == 0
    config = json.loads(read_weights(output).metadata["config"])
    assert (config["sizes"], config["size_shares"], config["samples"]["reaching"]) == ([64, 32], [3, 1], 0.4)
    stored = {path: read_weights(path).network.state_dict() for path in (teacher, before, output)}
    for name in ("stage3.rebnconv1", "stage3d.rebnconv2d"):
        assert torch.equal(stored[output][f"{name}.conv_s1.weight"], stored[teacher][f"{name}.conv_s1.weight"])
    name = "stage1d.rebnconv1.conv_s1.weight"
    assert torch.equal(stored[output][name][:4], stored[before][name])
    name = "stage2.rebnconvin.conv_s1.weight"
    assert not torch.equal(stored[output][name], stored[before][name])


def test_what_is_wrong_with_the_start_is_one_line(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    teacher, wide = tmp_path / "teacher.safetensors", tmp_path / "wide.safetensors"
    save_network(teacher, U2NETP().eval().state_dict(), TrainConfig(epochs=1, input_size=64), {})
    config = TrainConfig(architecture="U2NETN", epochs=1, input_size=64, first_mid=9)
    save_network(wide, U2NETN(first_mid=9).eval().state_dict(), config, {})
    for init in (wide, teacher, tmp_path / "none.safetensors"):
        words = f"--teacher {teacher} --data {data} --init {init} --output {tmp_path / 'x.safetensors'} --workers 0"
        assert main(words.split()) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_who_keeps_listening_hears_how_far_off_it_is(tmp_path: Path) -> None:
    torch.manual_seed(0)
    teacher, x = U2NETP().eval(), torch.randn(2, 3, 64, 64)
    save_network(tmp_path / "teacher.safetensors", teacher.state_dict(), TrainConfig(epochs=1, input_size=64), {})
    hints = Hints(tmp_path / "teacher.safetensors", torch.device("cpu"), "fp32")
    student = U2NETN(first_mid=4, first_outer=8).eval()
    hints.check(student)
    stages = student.stages(x)
    assert float(hints.loss(x, teacher.stages(x)).detach()) < 1e-3
    expected = hint_loss(stages[HINTED], teacher.stages(x)[HINTED])
    torch.testing.assert_close(hints.loss(x, stages), expected, rtol=1e-2, atol=1e-3)
    with pytest.raises(UsageError, match="same channels"):
        hints.check(U2NETN(mid=3, outer=5).eval())


def test_a_teacher_that_looks_more_closely_speaks_at_its_students_size(tmp_path: Path) -> None:
    torch.manual_seed(0)
    teacher, fine = U2NETP().eval(), torch.randn(2, 3, 128, 128)
    save_network(tmp_path / "teacher.safetensors", teacher.state_dict(), TrainConfig(epochs=1, input_size=64), {})
    hints = Hints(tmp_path / "teacher.safetensors", torch.device("cpu"), "fp32")
    stages = U2NETN(first_mid=4, first_outer=8).eval().stages(shrunk(fine, 64))
    halves = [F.avg_pool2d(feature, 2) for feature in teacher.stages(fine)[HINTED]]
    torch.testing.assert_close(hints.loss(fine, stages), hint_loss(stages[HINTED], halves), rtol=1e-2, atol=1e-3)


def test_a_teacher_of_another_kind_is_one_line(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = TrainConfig(architecture="U2NETN", mid=3, outer=5, epochs=1, input_size=64)
    teacher = tmp_path / "small.safetensors"
    save_network(teacher, U2NETN(mid=3, outer=5).eval().state_dict(), config, {})
    words = f"--teacher {teacher} --data {data} --output {tmp_path / 'x.safetensors'}"
    assert main(words.split()) == 2
    assert capsys.readouterr().err.count("\n") == 1
