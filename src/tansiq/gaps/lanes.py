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
from numba.extending import intrinsic

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
        middle: Any, inverse: Any, base: Any, target: Any,
    ) -> Any:  # fmt: skip
        """Moves `horizon[place:]` on and returns uint16: bit i is whether the target at lane i is seen."""

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            ground_kind, _, horizon_kind, _, aside_kind, drop_kind = signature.args[:6]
            ground, at, horizon, place, aside, drop, offset, middle, inverse, base, target = values
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

        kinds = (ground, at, horizon, place, aside, drop, offset, middle, inverse, base, target)
        return types.uint16(*kinds), generate

    return advance


advance_left = intrinsic(_advance(1))
advance_middle = intrinsic(_advance(0))
advance_right = intrinsic(_advance(-1))
