"""Sixteen cells at once: the few steps of the kernels that a compiler does not make vector code of by itself.

Each is written as vector instructions of LLVM, so it runs with whatever width the processor has, and every lane does
the plain IEEE operation (no contraction, no reassociation): two machines give the same bits. Indexes are not checked;
callers keep to the room that they laid out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_code: Any = cgutils  # numba's code generation carries no types

LANES: Final = 16
"""Cells that one step takes."""

_FLOATS: Final = ir.VectorType(ir.FloatType(), LANES)
_INTS: Final = ir.VectorType(ir.IntType(32), LANES)
_HALF: Final = ir.IntType(16)
_FULL: Final = ir.IntType(64)
_CELLS: Final = 64


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """The address of an element of a contiguous array."""
    return builder.gep(context.make_array(kind)(context, builder, array).data, [index])


def _load(builder: Any, place: Any, kind: Any) -> Any:
    found = builder.load(builder.bitcast(place, kind.as_pointer()))
    found.align = 4
    return found


def _fetch(builder: Any, place: Any) -> None:
    """Ask for what will be read soon; an address outside of memory that is ours does no harm."""
    byte = ir.IntType(8).as_pointer()
    number = ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    fetch = _code.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    read, keep, data = (ir.Constant(number, value) for value in (0, 3, 1))
    builder.call(fetch, [builder.bitcast(place, byte), read, keep, data])


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    """The same value in every lane."""
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    order = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), order)


def _advance(toward: int) -> Callable[..., Any]:
    """The horizon of sixteen cells carried one row outward.

    The neighbour toward the observer's column is at +1 (`toward` 1, left of the column), at -1 (right of it), or, in
    the lanes that the column runs through (0), at +1 up to lane `middle` and at -1 beyond.
    """

    def advance(
        _: Any, ground: Any, at: Any, horizon: Any, place: Any, aside: Any, drop: Any, offset: Any,
        middle: Any, inverse: Any, base: Any, target: Any, ahead: Any,
    ) -> Any:  # fmt: skip
        """Moves `horizon[place:]` on and returns uint16: bit i is whether the target at lane i is seen."""

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            ground_kind, _, horizon_kind, _, aside_kind, drop_kind = signature.args[:6]
            ground, at, horizon, place, aside, drop, offset, middle, inverse, base, target, ahead = values
            word = offset.type
            here = _place(context, builder, horizon_kind, horizon, place)
            own = _load(builder, here, _FLOATS)

            def beside(step: int) -> Any:
                there = builder.add(place, ir.Constant(word, step))
                return _load(builder, _place(context, builder, horizon_kind, horizon, there), _FLOATS)

            if toward:
                neighbour = beside(toward)
            else:
                lanes = ir.Constant(_INTS, list(range(LANES)))
                last = _spread(builder, builder.trunc(middle, ir.IntType(32)), _INTS)
                neighbour = builder.select(builder.icmp_signed("<=", lanes, last), beside(1), beside(-1))
            height = _load(builder, _place(context, builder, ground_kind, ground, at), _FLOATS)
            soon = _place(context, builder, ground_kind, ground, builder.add(at, ahead))
            _fetch(builder, soon)
            sideways = _load(builder, _place(context, builder, aside_kind, aside, offset), _FLOATS)
            lowered = _load(builder, _place(context, builder, drop_kind, drop, offset), _FLOATS)
            inverse = _spread(builder, inverse, _FLOATS)
            part = builder.fmul(sideways, inverse)
            line = builder.fadd(own, builder.fmul(builder.fsub(neighbour, own), part))
            rise = builder.fsub(builder.fsub(height, _spread(builder, base, _FLOATS)), lowered)
            slope = builder.fmul(rise, inverse)
            raised = builder.fmul(builder.fadd(rise, _spread(builder, target, _FLOATS)), inverse)
            stored = builder.select(builder.fcmp_ordered(">", slope, line), slope, line)
            builder.store(stored, builder.bitcast(here, _FLOATS.as_pointer())).align = 4
            return builder.bitcast(builder.fcmp_ordered(">=", raised, line), _HALF)

        kinds = (ground, at, horizon, place, aside, drop, offset, middle, inverse, base, target, ahead)
        return types.uint16(*kinds), generate

    return advance


_WORDS: Final = 8
_OCTET: Final = ir.VectorType(_FULL, _WORDS)
_COUNTS: Final = ir.VectorType(_HALF, 32)


def _load_words(builder: Any, place: Any, count: Any) -> Any:
    """Eight words, those from `count` on 0 and not read."""
    lanes = ir.Constant(ir.VectorType(count.type, _WORDS), list(range(_WORDS)))
    wanted = builder.icmp_signed("<", lanes, _spread(builder, count, lanes.type))
    source = builder.bitcast(place, _OCTET.as_pointer())
    number = ir.IntType(32)
    kind = ir.FunctionType(_OCTET, [source.type, number, wanted.type, _OCTET])
    load = _code.get_or_insert_function(builder.module, kind, "llvm.masked.load.v8i64.p0")
    return builder.call(load, [source, ir.Constant(number, 8), wanted, ir.Constant(_OCTET, None)])


def _unite(_: Any, out: Any, at: Any, bits: Any, start: Any, count: Any) -> Any:
    """Sets in `out[at : at + 8]` the bits of `bits[start : start + count]` (at most 8 words)."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        out_kind, bits_kind = signature.args[0], signature.args[2]
        out, at, bits, start, count = values
        place = builder.bitcast(_place(context, builder, out_kind, out, at), _OCTET.as_pointer())
        held = builder.load(place)
        held.align = 8
        more = _load_words(builder, _place(context, builder, bits_kind, bits, start), count)
        builder.store(builder.or_(held, more), place).align = 8
        return context.get_dummy_value()

    return types.void(out, at, bits, start, count), generate


def _add(*, up: bool) -> Callable[..., Any]:
    """Eight words added to, or taken from, the counts of their 512 cells."""

    def add(_: Any, planes: Any, at: Any, stride: Any, digits: Any, bits: Any, start: Any, count: Any) -> Any:
        """Ripples `bits[start : start + count]` (at most 8 words) through the planes at `at`, `at + stride`, …

        Returns whether anything ran over the last plane.
        """

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            planes_kind, bits_kind = signature.args[0], signature.args[4]
            planes, at, stride, digits, bits, start, count = values
            carry = _code.alloca_once(builder, _OCTET)
            source = _place(context, builder, bits_kind, bits, start)
            builder.store(_load_words(builder, source, count), carry)
            with _code.for_range(builder, digits) as loop:
                index = builder.add(at, builder.mul(loop.index, stride))
                place = builder.bitcast(_place(context, builder, planes_kind, planes, index), _OCTET.as_pointer())
                held, moved = builder.load(place), builder.load(carry)
                held.align = 8
                builder.store(builder.xor(held, moved), place).align = 8
                builder.store(builder.and_(held if up else builder.not_(held), moved), carry)
            rest = builder.bitcast(builder.load(carry), ir.IntType(64 * _WORDS))
            return builder.icmp_unsigned("!=", rest, ir.Constant(rest.type, 0))

        return types.boolean(planes, at, stride, digits, bits, start, count), generate

    return add


def _read(_: Any, planes: Any, at: Any, stride: Any, digits: Any, shift: Any, out: Any, to: Any) -> Any:
    """Writes the counts of 32 cells to `out[to:]`: bits `shift` to `shift + 31` of the words at `at`, a plane each."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        planes_kind, out_kind = signature.args[0], signature.args[5]
        planes, at, stride, digits, shift, out, to = values
        total = _code.alloca_once(builder, _COUNTS)
        builder.store(ir.Constant(_COUNTS, None), total)
        with _code.for_range(builder, digits) as loop:
            index = builder.add(at, builder.mul(loop.index, stride))
            word = builder.load(_place(context, builder, planes_kind, planes, index))
            some = builder.trunc(builder.lshr(word, shift), ir.IntType(32))
            chosen = builder.bitcast(some, ir.VectorType(ir.IntType(1), 32))
            digit = builder.shl(ir.Constant(_HALF, 1), builder.trunc(loop.index, _HALF))
            value = builder.select(chosen, _spread(builder, digit, _COUNTS), ir.Constant(_COUNTS, None))
            builder.store(builder.or_(builder.load(total), value), total)
        place = builder.bitcast(_place(context, builder, out_kind, out, to), _COUNTS.as_pointer())
        builder.store(builder.load(total), place).align = 2
        return context.get_dummy_value()

    return types.void(planes, at, stride, digits, shift, out, to), generate


advance_left: Callable[..., Any] = intrinsic(_advance(1))
advance_middle: Callable[..., Any] = intrinsic(_advance(0))
advance_right: Callable[..., Any] = intrinsic(_advance(-1))
unite_words: Callable[..., Any] = intrinsic(_unite)
add_words: Callable[..., Any] = intrinsic(_add(up=True))
take_words: Callable[..., Any] = intrinsic(_add(up=False))
read_counts: Callable[..., Any] = intrinsic(_read)
