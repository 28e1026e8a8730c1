"""Stands in for ssh: runs the command here, behind 100 ms each way and 1 Mbit/s."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time

LATENCY_S = 0.1
BYTES_A_SECOND = 125_000
CHUNK = 4096


def carry(source: int, target: int) -> None:
    """Copy what comes, late and slowly, until the source ends or nobody reads the target."""
    on_the_way: queue.Queue[tuple[float, bytes]] = queue.Queue(maxsize=64)

    def deliver() -> None:
        while True:
            due, data = on_the_way.get()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                if not data:
                    os.close(target)
                    return
                while data:
                    data = data[os.write(target, data) :]
            except OSError:
                os._exit(0)

    delivery = threading.Thread(target=deliver, daemon=True)
    delivery.start()
    while data := os.read(source, CHUNK):
        time.sleep(len(data) / BYTES_A_SECOND)
        on_the_way.put((time.monotonic() + LATENCY_S, data))
    on_the_way.put((time.monotonic() + LATENCY_S, b""))
    delivery.join()


def main() -> None:
    """Run the last argument in a shell."""
    shell = subprocess.Popen(
        ["/bin/sh", "-c", sys.argv[-1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert shell.stdin is not None
    assert shell.stdout is not None
    to_shell = os.dup(shell.stdin.fileno())
    shell.stdin.close()
    threading.Thread(target=carry, args=(0, to_shell), daemon=True).start()
    carry(shell.stdout.fileno(), os.dup(1))
    sys.exit(shell.wait())


if __name__ == "__main__":
    main()
