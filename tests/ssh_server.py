"""An SSH server on loopback for tests, with keys of its own: `python -m tests.ssh_server FOLDER`.

FOLDER gets `ssh`, a program that calls OpenSSH's client with a configuration that has only this server, as
the host `box`. It runs commands in a shell, as `sshd` does. The process ends with its input.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import asyncssh

CONFIG = """
Host box
    HostName 127.0.0.1
    Port {port}
    User {user}
    IdentityFile {folder}/key
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    StrictHostKeyChecking yes
Host nobody
    HostName 127.0.0.1
    Port {port}
    User nobody
    IdentityFile {folder}/other_key
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
Host closed
    HostName 127.0.0.1
    Port 1
"""


class Server(asyncssh.SSHServer):
    """Lets the one key in."""


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    for name in ("key", "other_key"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(folder / name))
        (folder / name).chmod(0o600)
        key.write_public_key(str(folder / f"{name}.pub"))
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=Server,
        server_host_keys=[host_key],
        authorized_client_keys=str(folder / "key.pub"),
        process_factory=run,
        encoding=None,
    )
    port = server.sockets[0].getsockname()[1]
    public = host_key.export_public_key().decode().strip()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n")
    settings = CONFIG.format(port=port, folder=folder, user=os.environ.get("USER", "root"))
    (folder / "config").write_text(settings)
    client = folder / "ssh"
    client.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder}/config "$@"\n')
    client.chmod(0o755)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # whatever is still connected


async def run(process: asyncssh.SSHServerProcess) -> None:
    """Run a command in a shell, whose pipes are the connection's."""
    shell = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", process.command or ""),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    feeding = asyncio.create_task(_copied(process.stdin, shell.stdin))
    feeding.add_done_callback(lambda _: shell.stdin.close() if shell.stdin else None)
    await asyncio.gather(_copied(shell.stdout, process.stdout), _copied(shell.stderr, process.stderr))
    code = await shell.wait()
    feeding.cancel()
    with contextlib.suppress(OSError, asyncssh.Error):
        process.exit(code if code >= 0 else 128 - code)


async def _copied(source: Any, target: Any) -> None:
    """Copy until the source ends, or who reads the target is gone."""
    with contextlib.suppress(OSError, asyncssh.Error):
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
