"""A bad line in user space, for kernels without netem: one process carries packets between tun devices.

python line.py LOSS_PERCENT DELAY_MS RATE_BIT SEED NAMESPACE=ADDRESS...

Each device stands in a namespace of its own and is one link. A packet that leaves a node is lost or waits for its turn
on the link at `RATE_BIT`, then arrives `DELAY_MS` later: what `tc netem loss delay rate` does at the root of that link.
Prints a line when all devices stand; ends, and its devices with it, when its standard input does.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import ipaddress
import os
import random
import select
import struct
import sys
import time
from typing import Final

DEVICE: Final = "line"
TUNSETIFF: Final = 0x400454CA
IFF_TUN: Final = 0x0001
IFF_NO_PI: Final = 0x1000
CLONE_NEWNET: Final = 0x40000000
BIGGEST: Final = 1 << 16
QUEUE: Final = 1000
"""Packets that wait on a link before the next is dropped: the `limit` that netem has by default."""


def _enter(path: str) -> None:
    """Make a network namespace that of this thread; Python has a call for it from 3.12 on."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(handle, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns", path)
    finally:
        os.close(handle)


def _device(namespace: str) -> int:
    """A tun device in a namespace; it is gone with the handle."""
    _enter(f"/run/netns/{namespace}")
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(handle, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    return handle


def carry(loss: float, delay_s: float, rate_bit: float, dice: random.Random, links: dict[int, int]) -> None:
    """Carry packets between `links` (address to handle) until standard input ends."""
    free_at = dict.fromkeys(links.values(), 0.0)
    waiting = dict.fromkeys(links.values(), 0)
    flying: list[tuple[float, int, int, int, bytes]] = []
    count = 0
    while True:
        pause = max(0.0, flying[0][0] - time.monotonic()) if flying else None
        ready, _, _ = select.select([0, *links.values()], [], [], pause)
        if 0 in ready:
            return
        now = time.monotonic()
        for source in ready:
            packet = _read(source)
            target = links.get(int.from_bytes(packet[16:20], "big")) if len(packet) >= 20 else None
            if target is None or dice.random() < loss or waiting[source] >= QUEUE:
                continue
            free_at[source] = max(now, free_at[source]) + len(packet) * 8 / rate_bit
            waiting[source] += 1
            count += 1
            heapq.heappush(flying, (free_at[source] + delay_s, count, source, target, packet))
        while flying and flying[0][0] <= time.monotonic():
            _, _, source, target, packet = heapq.heappop(flying)
            waiting[source] -= 1
            _write(target, packet)


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, BIGGEST)
    except OSError:  # the link is down
        return b""


def _write(handle: int, packet: bytes) -> None:
    try:
        os.write(handle, packet)
    except OSError:  # the link is down: what flew to it is lost
        return


def main() -> None:
    """See above."""
    loss, delay, rate, seed, *named = sys.argv[1:]
    home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    links = {}
    for one in named:
        namespace, _, address = one.partition("=")
        links[int(ipaddress.IPv4Address(address))] = _device(namespace)
    _enter(f"/proc/self/fd/{home}")
    print("up", flush=True)
    dice = random.Random(int(seed))  # noqa: S311 - which packets are lost, not secrets
    carry(float(loss) / 100, float(delay) / 1000, float(rate), dice, links)


if __name__ == "__main__":
    main()
