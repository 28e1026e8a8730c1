"""An SSH server on loopback for tests, with keys of its own: `python -m tests.ssh_server FOLDER`.

FOLDER gets `ssh`, a program that calls OpenSSH's client with a configuration that has only this server, as
the host `box`. It runs commands in a shell, as `sshd` does. The process ends with its input.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

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
    shell = subprocess.Popen(
        ["/bin/sh", "-c", process.command or ""],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    await process.redirect(stdin=shell.stdin, stdout=shell.stdout, stderr=shell.stderr)
    with contextlib.suppress(OSError, asyncssh.Error):  # the client may have gone
        await process.stdout.drain()
        await process.stderr.drain()
    code = await asyncio.get_running_loop().run_in_executor(None, shell.wait)
    await asyncio.sleep(0.1)  # what it said last is still on its way
    with contextlib.suppress(OSError, asyncssh.Error):
        process.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
