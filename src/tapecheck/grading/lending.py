"""One fork server for all the workers of a machine: the coordinator has and lends it.

A server with the frameworks in memory takes ten seconds and half a gigabyte, however
many kernels are forked from it. A worker asks over a socket in a folder that only its
user can enter, and is given what its own server would give, a pidfd. The lender keeps
one, too: when a worker's connection ends, so do the kernels that were forked for it.
"""

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from tapecheck.grading import warm
from tapecheck.grading.fork_server import MAX_REQUEST, reply
from tapecheck.grading.results import GradingError

PATIENCE = 300.0  # seconds: others may be served first, or a server be started


class Lender:
    """The coordinator's side: its servers, for whoever connects to the socket `path`.

    Their kernels see the course's `data` where it is here.
    """

    def __init__(self, path: str, data: str):
        self.path, self.data = path, data
        self.stopped = False
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(path)
        self.socket.listen(1024)
        in_background(self.accept)

    def accept(self) -> None:
        with contextlib.suppress(OSError):  # when it is closed
            while True:
                borrower, _ = self.socket.accept()
                in_background(self.serve, borrower)

    def serve(self, borrower: socket.socket) -> None:
        """Fork what one worker asks for, and end it when that worker is gone."""
        kernels: list[warm.Forked] = []
        try:
            while True:
                message, files, _, _ = socket.recv_fds(borrower, MAX_REQUEST, 2)
                if not message:
                    return
                kernels = [one for one in kernels if one.poll() is None]
                wanted = json.loads(message)
                try:
                    server = self.server(wanted["packages"], wanted["hidden"])
                    first = server.fork(wanted["request"], *files)
                except GradingError as error:
                    reply(borrower, {"error": str(error)})
                else:
                    kernels.append(warm.Forked(first))
                    reply(borrower, {}, [first])
                finally:
                    for file in files:
                        os.close(file)
        except OSError:
            return  # the worker ended in the middle of it
        finally:
            borrower.close()
            for kernel in kernels:
                kernel.kill()

    def start_early(self, packages: Iterable[str]) -> None:
        """Have a server for these by the time that the first worker asks."""

        def start() -> None:
            with contextlib.suppress(GradingError):  # whoever asks is told
                self.server(packages, ())

        in_background(start)

    def server(self, packages: Iterable[str], hidden: Iterable[str]) -> warm.Server:
        found = warm.server(packages, hidden, self.data)
        if self.stopped:  # while it was started
            warm.stop_all()
            raise GradingError("the grading was stopped")
        return found

    def stop(self) -> None:
        """Lend no more, and end the servers."""
        self.stopped = True
        self.socket.shutdown(socket.SHUT_RDWR)  # which ends `accept`
        self.socket.close()
        warm.stop_all()


class Borrower:
    """A worker's side, in the place of its own servers."""

    def __init__(self, path: str):
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.connect(path)
        self.lock = threading.Lock()

    def fork(
        self,
        packages: Iterable[str],
        hidden: Iterable[str],
        _data: str,
        request: dict,
        *files: int,
    ) -> int:
        """As `warm.fork`; the data are the lender's."""
        wanted = {"packages": list(packages), "hidden": list(hidden)}
        message = {**wanted, "request": request}
        with self.lock:
            try:
                (first,) = warm.ask(self.control, message, list(files), PATIENCE)
            except OSError as error:  # TimeoutError is one
                raise GradingError("nobody lends a fork server") from error
        return first


def in_background(work: Callable, *args: Any) -> None:
    threading.Thread(target=work, args=args, daemon=True).start()
