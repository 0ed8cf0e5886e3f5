"""Network namespaces for tests: one for each party, joined by links that lose, delay and throttle.

Two ways to make a link bad. `netem` is the kernel's: veth pairs to a bridge in a namespace of its own, `tc netem` at
the node's end of each. `tun` is for kernels that were built without netem: tun devices whose packets line.py carries.
On both a packet passes one bad link from node to node, so a round trip takes twice the delay.

Whatever happens to the test, a guard process removes the namespaces and ends what runs in them: it sees the test's end
by the end of its standard input.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

LINE: Final = Path(__file__).parent / "line.py"
DEVICE: Final = "line"
COMMAND_S: Final = 20
Means = Literal["netem", "tun"]

GUARD: Final = """
cat >/dev/null
for name do
    ip netns pids "$name" | xargs -r kill -9
    ip netns del "$name"
done
"""


@dataclass(frozen=True)
class Line:
    """What is wrong with every link: packets lost (percent), delay one way (milliseconds), rate (bits a second)."""

    loss: int
    delay_ms: int
    rate_bit: int

    def netem(self) -> list[str]:
        """The same for `tc`."""
        return ["netem", "loss", f"{self.loss}%", "delay", f"{self.delay_ms}ms", "rate", f"{self.rate_bit}bit"]


class Spaces:
    """The namespaces of some parties. `run` is the prefix of a command that shall run in one."""

    def __init__(self, prefix: str, means: Means, addresses: dict[str, str]) -> None:
        self._prefix = prefix
        self._means = means
        self.addresses = addresses

    @property
    def hub(self) -> str:
        """The namespace of the bridge."""
        return f"{self._prefix}-hub"

    def name(self, party: str) -> str:
        """The namespace of a party."""
        return f"{self._prefix}-{party}"

    def run(self, party: str) -> list[str]:
        """What is put before a command; it ends with the process that starts it."""
        return ["ip", "netns", "exec", self.name(party), "setpriv", "--pdeathsig", "KILL"]

    def cut(self, party: str) -> None:
        """Take the party's link down."""
        self._set(party, "down")

    def mend(self, party: str) -> None:
        """Take it up again."""
        self._set(party, "up")

    def wire_bytes(self, party: str) -> tuple[int, int]:
        """What the party's link has received and sent since it was made, in bytes with the headers of its layer."""
        folder = f"/sys/class/net/{DEVICE}/statistics"
        # `ip netns exec` shows the /sys of the namespace
        answer = _call(*self.run(party), "cat", f"{folder}/rx_bytes", f"{folder}/tx_bytes")
        received, sent = answer.split()
        return int(received), int(sent)

    def _set(self, party: str, state: str) -> None:
        if self._means == "netem":
            # at the far end: the node's own end keeps its addresses and neighbours, as with a cable that is pulled
            _call("ip", "-n", self.hub, "link", "set", f"to-{party}", state)
        else:
            _call("ip", "-n", self.name(party), "link", "set", DEVICE, state)


def obstacle(means: Means) -> str | None:
    """Why namespaces with such links cannot be made here; None where they can."""
    if os.geteuid() != 0:
        return "network namespaces can only be made by root"
    for tool in ("ip", "tc", "setpriv", "xargs"):
        if shutil.which(tool) is None:
            return f"there is no `{tool}` here"
    probe = f"tsq{secrets.token_hex(3)}"
    made = _try("ip", "netns", "add", probe)
    if made is not None:
        return f"`ip netns add` is not possible here: {made}"
    try:
        if means == "tun":
            refused = _try("ip", "-n", probe, "tuntap", "add", "dev", "probe", "mode", "tun")
            return None if refused is None else f"tun devices are not possible here: {refused}"
        for command in (
            ["ip", "-n", probe, "link", "add", "probe", "type", "bridge"],
            ["ip", "-n", probe, "link", "add", DEVICE, "type", "veth", "peer", "name", "far"],
        ):
            refused = _try(*command)
            if refused is not None:
                return f"`{' '.join(command[3:])}` is not possible here: {refused}"
        refused = _try("tc", "-n", probe, "qdisc", "add", "dev", DEVICE, "root", *Line(20, 2000, 9600).netem())
        return None if refused is None else f"`tc netem` is not possible here: {refused}"
    finally:
        _try("ip", "netns", "del", probe)


@contextmanager
def spaces(means: Means, line: Line, parties: Sequence[str], seed: int) -> Iterator[Spaces]:
    """Namespaces for the parties, gone with the block and with the process."""
    addresses = {party: f"10.77.0.{number}" for number, party in enumerate(parties, 1)}
    made = Spaces(f"tsq{secrets.token_hex(3)}", means, addresses)
    names = [made.name(party) for party in parties] + ([made.hub] if means == "netem" else [])
    with ExitStack() as stack:
        stack.enter_context(_ended(["sh", "-c", GUARD, "guard", *names]))
        for name in names:
            _call("ip", "netns", "add", name)
            # nothing but what the nodes say shall be on a line that carries a packet in a second
            _call("ip", "netns", "exec", name, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")
            _call("ip", "-n", name, "link", "set", "lo", "up")
        if means == "netem":
            _join_by_bridge(made, line)
        else:
            given = [f"{made.name(party)}={address}" for party, address in addresses.items()]
            numbers = [str(line.loss), str(line.delay_ms), str(line.rate_bit), str(seed)]
            process = stack.enter_context(_ended([sys.executable, str(LINE), *numbers, *given]))
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n", "the line does not stand"
            for party, address in addresses.items():
                _call("ip", "-n", made.name(party), "addr", "add", f"{address}/24", "dev", DEVICE)
                _call("ip", "-n", made.name(party), "link", "set", DEVICE, "up")
        yield made


def _join_by_bridge(made: Spaces, line: Line) -> None:
    _call("ip", "-n", made.hub, "link", "add", "hub", "type", "bridge")
    _call("ip", "-n", made.hub, "link", "set", "hub", "up")
    hardware = {party: f"02:77:00:00:00:{number:02x}" for number, party in enumerate(made.addresses, 1)}
    for party, address in made.addresses.items():
        name = made.name(party)
        far = ["peer", "name", f"to-{party}", "netns", made.hub]
        _call("ip", "-n", name, "link", "add", DEVICE, "address", hardware[party], "type", "veth", *far)
        _call("ip", "-n", made.hub, "link", "set", f"to-{party}", "master", "hub", "up")
        _call("ip", "-n", name, "addr", "add", f"{address}/24", "dev", DEVICE)
        _call("ip", "-n", name, "link", "set", DEVICE, "up")
        for other, there in made.addresses.items():
            if other != party:
                # asking for a neighbour gives up after three seconds, which is less than a round trip here
                _call(
                    "ip",
                    "-n",
                    name,
                    "neigh",
                    "add",
                    there,
                    "lladdr",
                    hardware[other],
                    "dev",
                    DEVICE,
                    "nud",
                    "permanent",
                )
        _call("tc", "-n", name, "qdisc", "add", "dev", DEVICE, "root", *line.netem())


@contextmanager
def _ended(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when its standard input does: with the block, and when this process is killed."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # an interrupt from the keyboard must not end the guard before its work
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(COMMAND_S)


def _call(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
    return done.stdout


def _try(*command: str) -> str | None:
    """What a command complains of; None where it succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, check=False)
    return None if done.returncode == 0 else done.stderr.strip() or f"it ended with {done.returncode}"
