"""Several threads read the same structs for the first time."""

from __future__ import annotations

import subprocess
import textwrap

from nodes import environment, python

MANY_THREADS = textwrap.dedent(
    """
    import sys, threading, types
    import msgspec
    import tansiq.node.server
    from tansiq.node.structs import learn_structs

    MANY = 100
    fields = "".join(f"    f{n}: Annotated[int, msgspec.Meta(ge=0)] | None = None\\n" for n in range(30))
    source = "from __future__ import annotations\\nfrom typing import Annotated\\nimport msgspec\\n"
    source += "".join(f"class S{n}(msgspec.Struct):\\n{fields}" for n in range(MANY))
    sys.modules["many"] = types.ModuleType("many")
    exec(source, sys.modules["many"].__dict__)
    if sys.argv[1] == "learned":
        assert learn_structs() > MANY
    sys.setswitchinterval(1e-6)
    for struct in [getattr(sys.modules["many"], f"S{n}") for n in range(MANY)]:
        gate = threading.Barrier(3)

        def read():
            gate.wait()
            msgspec.json.decode(b'{"f29": 1}', type=struct)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print("read all")
    """
)


def run(how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python(), "-c", MANY_THREADS, how], capture_output=True, text=True, check=False, env=environment()
    )


def test_a_node_that_has_learned_its_structs_reads_them_in_many_threads() -> None:
    done = run("learned")
    assert (done.returncode, done.stdout) == (0, "read all\n"), done.stderr[-2000:]
