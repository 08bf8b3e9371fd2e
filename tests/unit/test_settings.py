"""The settings tree: bounds, the command line's assignments, and a sparse round trip."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.errors import UsageError
from u2live.settings import Settings, from_dict, section_names, setting_fields, to_dict, with_text, with_value

LEAVES = [(section, leaf) for section in section_names() for leaf in setting_fields(section).values()]


def legal_values(leaf: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
    if "choices" in leaf.metadata:
        return st.sampled_from(leaf.metadata["choices"])
    if isinstance(leaf.default, bool):
        return st.booleans()
    if isinstance(leaf.default, int):
        return st.integers(int(leaf.metadata["low"]), int(leaf.metadata["high"]))
    if isinstance(leaf.default, float):
        return st.floats(leaf.metadata["low"], leaf.metadata["high"], allow_nan=False)
    return st.text(max_size=30)


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    settings = Settings()
    for section, leaf in draw(st.lists(st.sampled_from(LEAVES), max_size=8)):
        settings = with_value(settings, f"{section}.{leaf.name}", draw(legal_values(leaf)))
    return settings


@given(any_settings())
def test_a_tree_survives_its_sparse_form(settings: Settings) -> None:
    assert from_dict(to_dict(settings)) == (settings, ())


def test_only_what_differs_is_written() -> None:
    settings = with_value(Settings(), "matte.grow", 3.0)
    assert to_dict(settings) == {"matte": {"grow": 3.0}}


@pytest.mark.parametrize(("section", "leaf"), LEAVES, ids=lambda value: value if isinstance(value, str) else value.name)
def test_every_default_is_legal(section: str, leaf: dataclasses.Field[Any]) -> None:
    assert with_value(Settings(), f"{section}.{leaf.name}", leaf.default) == Settings()


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("camera.width=640", 640),
        ("camera.mirror=on", True),
        ("camera.mirror=no", False),
        ("matte.grow=-2.5", -2.5),
        ("matte.softness=4", 4.0),
        ("background.choice=color:#a=b", "color:#a=b"),
    ],
)
def test_text_becomes_the_settings_own_type(assignment: str, expected: Any) -> None:
    settings = with_text(Settings(), assignment)
    section, name = assignment.partition("=")[0].split(".")
    value = getattr(getattr(settings, section), name)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "assignment",
    [
        "camera.width",
        "camera=3",
        "camera.widht=3",
        "kamera.width=640",
        "camera.width=wide",
        "camera.width=64.5",
        "camera.width=0",
        "camera.rotate=45",
        "camera.mirror=perhaps",
        "matte.grow=nan",
        "matte.grow=inf",
        "model.engine=abacus",
        "=",
        "",
    ],
)
def test_what_does_not_fit_is_one_clear_line(assignment: str) -> None:
    with pytest.raises(UsageError) as refused:
        with_text(Settings(), assignment)
    assert "\n" not in str(refused.value)
    assert str(refused.value)


def test_what_does_not_fit_is_left_out_and_the_rest_is_kept() -> None:
    tree = {"camera": {"width": 640, "height": "tall"}, "future": {"x": 1}, "matte": 3}
    settings, problems = from_dict(tree)
    assert settings == with_value(Settings(), "camera.width", 640)
    assert len(problems) == 3
