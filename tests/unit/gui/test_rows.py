"""The table of settings rows against the settings' own schema."""

from __future__ import annotations

import pytest

from u2live.gui.logic.rows import ROWS, Control, Row, choices_of, control_of, default_of, number_text, row_of, scale_of
from u2live.settings import Settings, setting_fields, with_value

NUMBERS = [row for row in ROWS if control_of(row) in (Control.SLIDER, Control.NUMBER)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_row_is_a_setting_with_a_control(row: Row) -> None:
    assert row.name in setting_fields(row.section)
    assert row.label
    assert control_of(row) in Control
    assert with_value(Settings(), row.key, default_of(row.key)) == Settings()


def test_no_setting_has_two_rows() -> None:
    keys = [row.key for row in ROWS]
    assert len(keys) == len(set(keys))


def test_every_leaf_of_the_matte_can_be_set() -> None:
    assert {row.name for row in ROWS if row.section == "matte"} == set(setting_fields("matte"))


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.key)
def test_every_step_of_a_slider_is_a_value_that_fits(row: Row) -> None:
    scale = scale_of(row)
    assert scale.steps >= 1
    for step in (0, 1, scale.steps // 2, scale.steps):
        value = scale.to_value(step)
        with_value(Settings(), row.key, value)
        assert scale.to_step(value) == step
    assert scale.to_value(scale.to_step(default_of(row.key))) == pytest.approx(default_of(row.key))


@pytest.mark.parametrize("row", [row for row in ROWS if control_of(row) is Control.CHOICE], ids=lambda row: row.key)
def test_every_choice_has_a_name_and_fits(row: Row) -> None:
    for choice, name in choices_of(row):
        assert name
        with_value(Settings(), row.key, choice)


def test_numbers_read_as_people_write_them() -> None:
    assert number_text(row_of("matte.detail"), 0.6) == "60 %"
    assert number_text(row_of("matte.grow"), -3.0) == "-3 ‰"
    assert number_text(row_of("camera.zoom"), 1.25) == "1.25 ×"
    assert number_text(row_of("model.input_size"), 0) == "Automatic"
    assert number_text(row_of("model.keyframe_interval"), 1) == "every frame"
    assert number_text(row_of("scene.x"), -0.25) == "-25 %"
