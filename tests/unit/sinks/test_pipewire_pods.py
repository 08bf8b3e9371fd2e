"""PipeWire's pods, byte for byte as its own builder makes them."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from u2live.sinks import pipewire_pods as pods
from u2live.types import Size

# Written by spa_pod_builder of libspa 0.3.65 on a little-endian machine.
FORMAT_640_360_30 = """
b00000000f00000003000400030000000100000000000000040000000300000002000000000000000200000000000000040000000300000001000000
000000000100020000000000040000000300000004000000000000000300020000000000080000000a00000080020000680100000400020000000000
080000000b0000001e000000010000000c00020000000000040000000300000002000000000000000d00020000000000040000000300000004000000
00000000"""
BUFFERS_640_360 = """
a80000000f000000040004000500000001000000000000001c0000001300000001000000000000000400000004000000040000000200000010000000
000000000200000000000000040000000400000001000000000000000300000000000000040000000400000000080700000000000400000000000000
0400000004000000000500000000000006000000000000001400000013000000040000000000000004000000040000000400000000000000"""
HEADER = """
380000000f00000005000400060000000100000000000000040000000300000001000000000000000200000000000000040000000400000020000000
00000000"""

SIZES = st.builds(Size, st.integers(1, 8192), st.integers(1, 8192))
RATES = st.fractions(Fraction(1, 10), 240, max_denominator=1001)
PODS = st.one_of(
    st.integers(0, 2**32 - 1).map(lambda value: (pods.enumerated(value), (3, value))),
    st.integers(-(2**31), 2**31 - 1).map(lambda value: (pods.integer(value), (4, value))),
    SIZES.map(lambda size: (pods.rectangle(size), (10, (size.width, size.height)))),
    RATES.map(lambda rate: (pods.fraction(rate), (11, (rate.numerator, rate.denominator)))),
    st.lists(st.integers(0, 30), min_size=1).map(
        lambda bits: (pods.integer_flags(*bits), (19, (4, [sum(1 << bit for bit in set(bits))])))
    ),
    st.tuples(st.integers(0, 64), st.integers(0, 64), st.integers(0, 64)).map(
        lambda three: (pods.integer_range(*three), (19, (1, list(three))))
    ),
)


def read(data: bytes) -> tuple[Any, bytes]:
    """One pod, (type, value), and what follows it: written from the format's description, not from ours."""
    length, type_ = struct.unpack_from("=II", data)
    body, rest = data[8 : 8 + length], data[8 + length + (-length % 8) :]
    assert len(body) == length
    if type_ == 3:
        return (type_, struct.unpack("=I", body)[0]), rest
    if type_ == 4:
        return (type_, struct.unpack("=i", body)[0]), rest
    if type_ in (10, 11):
        return (type_, struct.unpack("=II", body)), rest
    if type_ == 19:
        kind, _flags, each, of = struct.unpack_from("=IIII", body)
        assert (each, of) == (4, 4)
        return (type_, (kind, list(struct.unpack(f"={(length - 16) // 4}i", body[16:])))), rest
    assert type_ == 15
    object_type, about = struct.unpack_from("=II", body)
    properties, left = {}, body[8:]
    while left:
        key, flags = struct.unpack_from("=II", left)
        assert flags == 0
        properties[key], left = read(left[8:])
    return (type_, (object_type, about, properties)), rest


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (pods.yuy2_format(Size(640, 360), Fraction(30)), FORMAT_640_360_30),
        (pods.yuy2_buffers(Size(640, 360)), BUFFERS_640_360),
        (pods.header_meta(), HEADER),
    ],
)
def test_pods_are_what_pipewires_own_builder_writes(made: bytes, expected: str) -> None:
    if struct.pack("=H", 1) != b"\x01\x00":
        pytest.skip("the expected bytes are a little-endian machine's")
    assert made.hex() == expected.replace("\n", "")


@given(PODS)
def test_a_value_is_read_back(case: tuple[bytes, Any]) -> None:
    made, expected = case
    assert len(made) % 8 == 0
    assert read(made) == (expected, b"")


@given(st.dictionaries(st.integers(0, 2**32 - 1), PODS, max_size=8), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_an_object_is_read_back(properties: dict[int, tuple[bytes, Any]], type_: int, about: int) -> None:
    made = pods.object_(type_, about, {key: value for key, (value, _) in properties.items()})
    expected = {key: value for key, (_, value) in properties.items()}
    assert read(made) == ((15, (type_, about, expected)), b"")


@given(SIZES, RATES)
def test_one_format_is_offered_and_buffers_hold_it(size: Size, rate: Fraction) -> None:
    (_, (_, _, offered)), _ = read(pods.yuy2_format(size, rate))
    (_, (_, _, buffers)), _ = read(pods.yuy2_buffers(size))
    assert (10, (size.width, size.height)) in offered.values()
    assert (11, (rate.numerator, rate.denominator)) in offered.values()
    assert (4, size.width * size.height * 2) in buffers.values()
