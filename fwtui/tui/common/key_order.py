"""One key after another, also where a dialog is in front.

Textual puts a key into the queue of the widget that has the focus when the key is read. Of keys that arrive
faster than a dialog handles them, all would wait in its queue, also those behind the one that closes it: Esc
and q would close the dialog, and lose the q.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key, Paste

# A widget that is removed with a key in its queue never says that it has handled it.
PATIENCE_S = 1.0
# The messages that a key causes, such as `Input.Submitted`, go the way of the key behind it.
ROUNDS = 2


class KeyOrder:
    """Keeps keys back until the one before them is handled.

    Args:
        app: the app whose keys these are.
        press: handles a key.
    """

    def __init__(self, app: App[Any], press: Callable[[Key | Paste], Awaitable[None]]) -> None:
        self._app = app
        self._press = press
        self._waiting: deque[Key | Paste] = deque()
        self._afterwards: list[Callable[[], object]] = []
        self._patience: asyncio.TimerHandle | None = None

    def keeps(self, key: Key | Paste) -> bool:
        """Return whether the key, or what is pasted, has to wait; it is handled when its turn comes."""
        if self._patience is not None:
            self._waiting.append(key)
        return self._patience is not None

    def call_after(self, callback: Callable[[], object]) -> None:
        """Call `callback` behind all keys and messages that wait by now."""
        if self._patience is None:
            self._app.call_later(callback)
        else:
            self._afterwards.append(callback)

    def follow(self, target: DOMNode) -> None:
        """Keep keys from now on back until `target`, what it lies in, and the app have handled theirs."""
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(PATIENCE_S, self._impatient)
        self._hop(deque(target.ancestors_with_self * ROUNDS), self._patience)

    def _hop(self, way: deque[DOMNode], turn: asyncio.TimerHandle) -> None:
        """Go on behind the messages that the next node has; a node that is closed has none."""
        while way:
            node = way.popleft()
            if node.call_later(self._hop, way, turn) if way else node.call_later(self._next, turn):
                return

    def _impatient(self) -> None:
        if self._patience is not None:
            self._app.call_later(self._next, self._patience)

    async def _next(self, turn: asyncio.TimerHandle) -> None:
        if turn is not self._patience:
            return
        turn.cancel()
        self._patience = None
        if self._waiting:
            await self._press(self._waiting.popleft())
        if self._patience is None and self._waiting:
            self.follow(self._app)  # what the key has called comes before the next one
        elif self._patience is None:
            while self._afterwards:
                self._app.call_later(self._afterwards.pop())
