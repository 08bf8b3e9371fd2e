import math

import pytest

from u2live.errors import UsageError
from u2live.training.config import LossConfig, TrainConfig, config_from_json
from u2live.training.schedule import learning_rate, progress


def test_a_config_survives_json() -> None:
    config = TrainConfig(minutes=3, sizes=(192, 256), size_shares=(1, 2), loss=LossConfig(teacher=0.25))
    assert config_from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"minutes": 1, "epochs": 1},
        {"epochs": -1},
        {"epochs": 1, "architecture": "VGG"},
        {"epochs": 1, "sizes": (100,)},
        {"epochs": 1, "sizes": (96, 128)},
        {"epochs": 1, "batch": 0},
        {"epochs": 1, "validate_every": 0},
        {"epochs": 1, "mid": 0},
        {"epochs": 1, "rate": 0.0},
        {"epochs": 1, "last_rate": 0.0},
        {"epochs": 1, "ema": 1.0},
        {"epochs": 1, "sharpness": 0.0},
        {"epochs": 1, "sizes": (96, 128), "size_shares": (1.0, 0.0)},
        {"epochs": 1, "precision": "int8"},
        {"epochs": 1, "batch_norm": "both"},
    ],
)
def test_nonsense_is_refused_in_a_line(wrong: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(UsageError):
        TrainConfig(**wrong)


@pytest.mark.parametrize(
    "text", ["{}", "no json", '{"samples": {"unknown": 1}, "loss": {}, "sizes": [], "size_shares": []}']
)
def test_another_versions_config_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--resume"):
        config_from_json(text)


def test_the_rate_warms_up_and_follows_a_cosine() -> None:
    config = TrainConfig(epochs=10, rate=1e-3, final_rate=0.1, warm_up_steps=10)
    assert learning_rate(config, 0, 0.0) == pytest.approx(1e-4)
    assert learning_rate(config, 10, 0.0) == pytest.approx(1e-3)
    assert learning_rate(config, 500, 0.5) == pytest.approx(1e-3 * (0.1 + 0.9 * (1 + math.cos(math.pi / 2)) / 2))
    assert learning_rate(config, 1000, 1.0) == pytest.approx(1e-4)


def test_the_end_is_by_clock_or_by_pictures() -> None:
    assert progress(TrainConfig(minutes=2), 99, 60.0, 10) == pytest.approx(0.5)
    assert progress(TrainConfig(epochs=4), 10, 1e9, 10) == pytest.approx(0.25)
    assert progress(TrainConfig(minutes=1), 0, 1e9, 1) == 1.0
