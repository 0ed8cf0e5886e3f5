"""Boxes in longitude, latitude and time, found by box: R-trees that take single boxes, bulks and removals.

Long and short stays together make every node long, so boxes of one magnitude of extent share a tree (`LEVELS`), and
a query goes through all of them. Nodes are chosen and split so that a query of usual size (`USUAL`) meets as few as
possible; bulks are packed by sort-tile-recursive (Leutenegger, Lopez and Edgington 1997).

Boxes are int32[6]: least longitude, latitude (E7), time (4096 ms), then the greatest; both ends belong to them.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

FAN: Final = 16
FILL: Final = 12
"""Boxes in a node that is packed: room is left for those that come later."""
LEAST: Final = 5
"""Boxes that a node keeps at least when it is split."""

LEVELS: Final = 4
FIRST_EXTENT: Final = 16.0
"""Kilometres of the longest side that the first level takes; each further level takes four times more."""

ACROSS: Final = np.float32(9.0e-6 / 0.81)
"""Kilometres of 10⁻⁷ degrees, roughly: only costs hang on it."""
HOURS: Final = np.float32(4.096 / 3600)
"""Kilometres of a unit of time: one hour counts as one kilometre, measured best."""
USUAL: Final = np.float32(6.0)
"""Kilometres of the sides of a usual query."""

NONE: Final = -1
NEXT, FREE, ROOTS = 0, 1, 2
SIZE, PARENT, HEIGHT = 0, 1, 2

EMPTY_LOW: Final = np.int32(2**31 - 1)
EMPTY_HIGH: Final = np.int32(-(2**31))

Table = NDArray[Any]


class Tree(NamedTuple):
    """`boxes` int32[nodes, 6, 16] and `child` int32[nodes, 16] of the nodes; `about` int32[nodes, 3]: how many boxes,
    parent, height above the leaves; `leaf` int32[pieces]: the leaf that holds a piece; `head` int64: next node
    never used, first node to be used again, then the roots of the levels. Unused boxes are empty.
    """

    boxes: Table
    child: Table
    about: Table
    leaf: Table
    head: Table


def empty(pieces: int) -> Tree:
    """A tree with room for so many pieces, whatever their order: a node is split only after five more came into it."""
    nodes = pieces // (LEAST - 1) + 64
    head = np.full(ROOTS + LEVELS, NONE, np.int64)
    head[NEXT] = 0
    return Tree(
        np.empty((nodes, 6, FAN), np.int32),
        np.empty((nodes, FAN), np.int32),
        np.empty((nodes, 3), np.int32),
        np.empty(pieces, np.int32),
        head,
    )


def enlarged(tree: Tree, pieces: int) -> Tree:
    """The same tree with room for so many pieces."""
    larger = empty(pieces)
    for new, old in zip(larger[:4], tree[:4], strict=True):
        new[: len(old)] = old
    larger.head[:] = tree.head
    return larger


@njit(cache=True, nogil=True)
def level_of(box: Table) -> int:
    """The level whose tree takes a box."""
    side = max(
        (np.int64(box[3]) - box[0]) * ACROSS, (np.int64(box[4]) - box[1]) * ACROSS, (np.int64(box[5]) - box[2]) * HOURS
    )
    level = 0
    limit = FIRST_EXTENT
    while level < LEVELS - 1 and side > limit:
        level += 1
        limit *= 4.0
    return level


@njit(cache=True, nogil=True)
def _cost(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any) -> Any:
    """How often a usual query meets a box, up to a factor."""
    x = (np.float32(d) - np.float32(a)) * ACROSS + USUAL
    y = (np.float32(e) - np.float32(b)) * ACROSS + USUAL
    t = (np.float32(f) - np.float32(c)) * HOURS + USUAL
    return x * y * t


@njit(cache=True, nogil=True)
def _node(tree: Tree, height: int, parent: int) -> int:
    """A node without boxes."""
    head = tree.head
    node = int(head[FREE])
    if node == NONE:
        node = int(head[NEXT])
        head[NEXT] += 1
    else:
        head[FREE] = tree.about[node, PARENT]
    tree.about[node, SIZE], tree.about[node, PARENT], tree.about[node, HEIGHT] = 0, parent, height
    tree.boxes[node, :3], tree.boxes[node, 3:] = EMPTY_LOW, EMPTY_HIGH
    return node


@njit(cache=True, nogil=True)
def _put(tree: Tree, node: int, box: Table, item: int) -> None:
    """Add a box to a node that has room."""
    at = tree.about[node, SIZE]
    for k in range(6):
        tree.boxes[node, k, at] = box[k]
    tree.child[node, at] = item
    tree.about[node, SIZE] = at + 1
    if tree.about[node, HEIGHT]:
        tree.about[item, PARENT] = node
    else:
        tree.leaf[item] = node


@njit(cache=True, nogil=True)
def _around(tree: Tree, node: int, box: Table) -> None:
    """The box around all boxes of a node."""
    for k in range(3):
        box[k] = tree.boxes[node, k].min()
        box[3 + k] = tree.boxes[node, 3 + k].max()


@njit(cache=True, nogil=True)
def _choose(boxes: Table, count: int, box: Table) -> int:
    """The box of a node that has to grow least for another one."""
    best, least = 0, np.float32(np.inf)
    for k in range(count):
        a, b, c, d, e, f = boxes[0, k], boxes[1, k], boxes[2, k], boxes[3, k], boxes[4, k], boxes[5, k]
        before = _cost(a, b, c, d, e, f)
        after = _cost(
            min(a, box[0]), min(b, box[1]), min(c, box[2]), max(d, box[3]), max(e, box[4]), max(f, box[5])
        )  # fmt: skip
        # of boxes that need not grow, the one that is smallest
        grows = after - before + before * np.float32(1e-3)
        if grows < least:
            best, least = k, grows
    return best


@njit(cache=True, nogil=True)
def insert(tree: Tree, piece: int, box: Table) -> None:
    """Add one piece."""
    level = ROOTS + level_of(box)
    node = tree.head[level]
    if node == NONE:
        node = _node(tree, 0, NONE)
        tree.head[level] = node
    while tree.about[node, HEIGHT]:
        at = _choose(tree.boxes[node], tree.about[node, SIZE], box)
        for k in range(3):
            tree.boxes[node, k, at] = min(tree.boxes[node, k, at], box[k])
            tree.boxes[node, 3 + k, at] = max(tree.boxes[node, 3 + k, at], box[3 + k])
        node = tree.child[node, at]
    if tree.about[node, SIZE] < FAN:
        _put(tree, node, box, piece)
    else:
        _split_upward(tree, level, node, piece, box)


@njit(cache=True, nogil=True)
def _split_upward(tree: Tree, level: int, node: int, item: int, box: Table) -> None:
    """Add an item to a full node, splitting it and those above it that are full as well."""
    new_box, old_box = box.copy(), box.copy()
    while True:
        twin = _split(tree, node, item, new_box)
        parent = tree.about[node, PARENT]
        _around(tree, node, old_box)
        _around(tree, twin, new_box)
        if parent == NONE:
            root = _node(tree, tree.about[node, HEIGHT] + 1, NONE)
            _put(tree, root, old_box, node)
            _put(tree, root, new_box, twin)
            tree.head[level] = root
            return
        _shrink(tree, parent, node, old_box)
        if tree.about[parent, SIZE] < FAN:
            _put(tree, parent, new_box, twin)
            return
        node, item = parent, twin


@njit(cache=True, nogil=True)
def _shrink(tree: Tree, parent: int, node: int, box: Table) -> None:
    """Set the box that a parent holds of a node."""
    for at in range(tree.about[parent, SIZE]):
        if tree.child[parent, at] == node:
            for k in range(6):
                tree.boxes[parent, k, at] = box[k]
            return


@njit(cache=True, nogil=True)
def _split(tree: Tree, node: int, item: int, box: Table) -> int:
    """Share the boxes of a full node and one more between it and a new node, which is returned."""
    total = FAN + 1
    all_boxes = np.empty((total, 6), np.int32)
    items = np.empty(total, np.int32)
    for at in range(FAN):
        for k in range(6):
            all_boxes[at, k] = tree.boxes[node, k, at]
        items[at] = tree.child[node, at]
    all_boxes[FAN], items[FAN] = box, item
    best_order, best_at = np.arange(total), total // 2
    least = np.inf
    costs = np.empty(total)
    grown = np.empty(6, np.int32)
    for axis in range(3):
        order = np.argsort(all_boxes[:, axis].astype(np.float64) + all_boxes[:, 3 + axis])
        for back in range(2):
            for step in range(total - LEAST):
                one = all_boxes[order[total - 1 - step] if back else order[step]]
                for k in range(3):
                    grown[k] = one[k] if step == 0 else min(grown[k], one[k])
                    grown[3 + k] = one[3 + k] if step == 0 else max(grown[3 + k], one[3 + k])
                cost = _cost(grown[0], grown[1], grown[2], grown[3], grown[4], grown[5])
                if back == 0:
                    costs[step + 1] = cost
                elif step + 1 >= LEAST and costs[total - 1 - step] + cost < least:
                    least = costs[total - 1 - step] + cost
                    best_order, best_at = order, total - 1 - step
    tree.boxes[node, :3], tree.boxes[node, 3:] = EMPTY_LOW, EMPTY_HIGH
    tree.about[node, SIZE] = 0
    twin = _node(tree, tree.about[node, HEIGHT], NONE)
    for step in range(total):
        at = best_order[step]
        _put(tree, node if step < best_at else twin, all_boxes[at], items[at])
    return twin


@njit(cache=True, nogil=True)
def remove(tree: Tree, piece: int) -> None:
    """Take one piece out; the boxes above it become as small as they can be, empty nodes go."""
    item, node = piece, tree.leaf[piece]
    tree.leaf[piece] = NONE
    box = np.empty(6, np.int32)
    while True:
        last = tree.about[node, SIZE] - 1
        for at in range(last + 1):
            if tree.child[node, at] == item:
                for k in range(6):
                    tree.boxes[node, k, at] = tree.boxes[node, k, last]
                    tree.boxes[node, k, last] = EMPTY_LOW if k < 3 else EMPTY_HIGH
                tree.child[node, at] = tree.child[node, last]
                break
        tree.about[node, SIZE] = last
        parent = tree.about[node, PARENT]
        if last > 0:
            break
        for level in range(ROOTS, ROOTS + LEVELS):
            if tree.head[level] == node:
                tree.head[level] = NONE
        tree.about[node, PARENT] = tree.head[FREE]
        tree.head[FREE] = node
        if parent == NONE:
            return
        item, node = node, parent
    while parent != NONE:
        _around(tree, node, box)
        _shrink(tree, parent, node, box)
        node, parent = parent, tree.about[parent, PARENT]


@njit(cache=True, nogil=True)
def insert_all(tree: Tree, first: int, boxes: Table) -> None:
    """Add the pieces `first`, `first` + 1 … one by one."""
    for i in range(len(boxes)):
        insert(tree, first + i, boxes[i])


@njit(cache=True, nogil=True)
def pack_level(tree: Tree, boxes: Table, items: Table, height: int, around: Table) -> Table:
    """Nodes of `FILL` items each in the order given, with the boxes around them in `around`; their numbers."""
    nodes = np.empty(len(around), np.int32)
    for at in range(len(nodes)):
        node = _node(tree, height, NONE)
        for i in range(at * FILL, min(len(items), (at + 1) * FILL)):
            _put(tree, node, boxes[i], items[i])
        _around(tree, node, around[at])
        nodes[at] = node
    return nodes


@njit(cache=True, nogil=True)
def levels_of(boxes: Table) -> Table:
    """The level of every box."""
    found = np.empty(len(boxes), np.int8)
    for i in range(len(boxes)):
        found[i] = level_of(boxes[i])
    return found


def build(boxes: NDArray[np.int32]) -> Tree:
    """The tree of pieces 0, 1 … in bulk."""
    tree = empty(len(boxes))
    level = levels_of(boxes)
    for one in range(LEVELS):
        items = np.flatnonzero(level == one).astype(np.int32)
        if not len(items):
            continue
        around, height = boxes[items], 0
        while height == 0 or len(items) > 1:
            order = tiles(around)
            next_around = np.empty((-(-len(items) // FILL), 6), np.int32)
            items = pack_level(tree, around[order], items[order], height, next_around)
            around, height = next_around, height + 1
        tree.head[ROOTS + one] = items[0]
    return tree


def tiles(boxes: NDArray[np.int32]) -> NDArray[np.int64]:
    """An order in which each `FILL` boxes lie close together: slabs by longitude, rows by latitude, then time."""
    if not len(boxes):
        return np.empty(0, np.int64)
    middle = (boxes[:, :3].astype(np.float32) + boxes[:, 3:]) * np.float32(0.5)
    middle *= np.array([ACROSS, ACROSS, HOURS], np.float32)
    x, y, t = np.maximum(np.ptp(middle, axis=0).astype(float), USUAL)
    leaves = -(-len(boxes) // FILL)
    slabs = min(leaves, max(1, round(x / (x * y * t / leaves) ** (1 / 3))))
    rows = min(-(-leaves // slabs), max(1, round(y / (y * t / (leaves / slabs)) ** (1 / 2))))
    row = -(-leaves // (slabs * rows)) * FILL
    number = np.empty(len(boxes), np.int64)
    number[np.argsort(middle[:, 0], kind="stable")] = np.arange(len(boxes)) // (row * rows)
    number[np.lexsort((middle[:, 1], number))] = np.arange(len(boxes)) // row
    return np.lexsort((middle[:, 2], number))


@njit(cache=True, nogil=True)
def search(
    tree: Tree, west: int, south: int, begin: int, east: int, north: int, end: int, out: Table, count: int
) -> int:  # fmt: skip
    """Write the pieces whose boxes meet this one to `out` from `count` on; the count then, also where it ran over."""
    stack = np.empty(512, np.int32)
    met = np.empty(FAN, np.uint8)
    a, b, c = np.int32(west), np.int32(south), np.int32(begin)
    d, e, f = np.int32(east), np.int32(north), np.int32(end)
    depth = 0
    for level in range(LEVELS):
        if tree.head[ROOTS + level] != NONE:
            stack[depth] = tree.head[ROOTS + level]
            depth += 1
    while depth:
        depth -= 1
        node = stack[depth]
        boxes = tree.boxes[node]
        for k in range(FAN):
            met[k] = (
                (boxes[0, k] <= d)
                & (boxes[1, k] <= e)
                & (boxes[2, k] <= f)
                & (boxes[3, k] >= a)
                & (boxes[4, k] >= b)
                & (boxes[5, k] >= c)
            )
        leaf = tree.about[node, HEIGHT] == 0
        for k in range(tree.about[node, SIZE]):
            if met[k]:
                if leaf:
                    if count < len(out):
                        out[count] = tree.child[node, k]
                    count += 1
                else:
                    stack[depth] = tree.child[node, k]
                    depth += 1
    return count
