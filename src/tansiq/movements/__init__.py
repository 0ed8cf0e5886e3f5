"""Which plans collide: volumes in space, time and height, their index, closest approach, and fences for live positions.

Engines take structs and arrays and return them: no store, no network, no clock, no kinds of record. Degrees are
WGS 84 × 10⁷ (E7), times Unix milliseconds (UTC), lengths metres.
"""
