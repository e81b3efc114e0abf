"""Where submissions are graded: processes of this machine, or a Dask cluster.

Both are used alike: `get_ready` says that there will be jobs and what warm kernels will
import, `submit` returns a future of `concurrent.futures`, `width` says how many jobs to
have under way, `stop` ends everything at once. A future whose worker
died raises `WorkerDied`; a cluster that is gone raises `ClusterLost`.
"""

import gc
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import (
    CancelledError,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from multiprocessing.connection import wait
from typing import Any, Protocol

from tapecheck.grading import lending, warm
from tapecheck.grading.results import GradingError

LONGEST_TEMPORARY = 107 - len("/pymp-12345678/listener-12345678")


class WorkerDied(Exception):
    """The process that graded this submission ended in the middle of it."""


class ClusterLost(GradingError):
    """The cluster no longer answers."""


class Workers(Protocol):
    """What the coordinator asks of either kind."""

    def submit(self, function: Callable, /, *args: Any) -> Future: ...

    def get_ready(self, packages: Iterable[str], data: str) -> None: ...

    @property
    def width(self) -> int: ...

    def stop(self) -> None: ...


class Processes:
    """Local processes, each in a pool of its own.

    The pool of `concurrent.futures` breaks as a whole when one process dies, and does
    not say at which job. With a pool for each process a death costs just its job, and
    is known to be that job's.
    """

    def __init__(self, width: int):
        # multiprocessing keeps a socket there, whose path has at most 107 bytes.
        if len(os.fsencode(tempfile.gettempdir())) > LONGEST_TEMPORARY:
            raise GradingError(
                f"the name of the temporary folder is too long: "
                f"{tempfile.gettempdir()}; set TMPDIR to a shorter one, such as /tmp"
            )
        self.width = width
        self.here = threading.local()  # each thread's pool
        self.pools: list[ProcessPoolExecutor] = []
        self.pids: set[int] = set()
        # Forked from a server that has imported everything: nbgrader takes seconds.
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tapecheck.grading.rehearsal"])
        # What a killed worker leaves goes with this folder.
        self.scratch = tempfile.TemporaryDirectory(
            prefix="tapecheck-", ignore_cleanup_errors=True
        )
        self.threads = ThreadPoolExecutor(width, "worker")
        self.lender: lending.Lender | None = None

    def get_ready(self, packages: Iterable[str], data: str) -> None:
        """Start what takes seconds, while the coordinator does something else."""
        if self.lender is None:
            forkserver.ensure_running()
            self.lender = lending.Lender(f"{self.scratch.name}/forks", data)
        self.lender.start_early(packages)

    def submit(self, function: Callable, /, *args: Any) -> Future:
        return self.threads.submit(self.in_process, function, *args)

    def in_process(self, function: Callable, *args: Any) -> Any:
        """Run in this thread's process; a new one if that died."""
        pool = getattr(self.here, "pool", None) or self.open()
        try:
            return pool.submit(function, *args).result()
        except BrokenProcessPool:
            self.here.pool = None
            self.pids.discard(self.here.pid)
            pool.shutdown()
            raise WorkerDied("the process that graded it ended") from None

    def open(self) -> ProcessPoolExecutor:
        lender = self.lender.path if self.lender else None
        pool = ProcessPoolExecutor(
            1, self.context, begin, (dict(os.environ), self.scratch.name, lender)
        )
        self.here.pool = pool
        self.pools.append(pool)
        self.here.pid = 0
        self.here.pid = pool.submit(os.getpid).result()
        self.pids.add(self.here.pid)
        return pool

    def stop(self) -> None:
        """End every worker now, whatever it is doing."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        for pid in list(self.pids):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.threads.shutdown()
        for pool in self.pools:
            pool.shutdown()
        if self.lender is not None:
            self.lender.stop()
        self.scratch.cleanup()


def begin(environment: dict[str, str], scratch: str, lender: str | None) -> None:
    """A worker's first act: the coordinator's environment, fork servers and fate."""
    os.environ.clear()
    os.environ.update(environment)
    os.environ["TMPDIR"] = tempfile.tempdir = scratch
    if lender:
        warm.forks = lending.Borrower(lender).fork
    gc.freeze()  # what is imported by now stays: the collector need not look at it
    # Ctrl-C reaches every process of the terminal; the coordinator decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


class Cluster:
    """The workers of a Dask scheduler, one job at a time in each."""

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise GradingError(
                "dask.distributed is missing; pip install 'tapecheck[cluster]'"
            ) from None
        try:
            self.client = Client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise GradingError(f"no scheduler answers at {address}: {error}") from None
        # Two gradings of the same submission are two gradings.
        self.executor = self.client.get_executor(pure=False)

    @property
    def width(self) -> int:
        """One job for each worker, and some that wait, so that a cluster can grow."""
        return len(self.client.scheduler_info(n_workers=-1)["workers"]) + 2

    def get_ready(self, packages: Iterable[str], data: str) -> None:
        """Each worker has its own fork servers: it may be on another machine."""

    def submit(self, function: Callable, /, *args: Any) -> Future:
        return self.executor.submit(function, *args)

    def stop(self) -> None:
        self.executor.shutdown(wait=False)
        self.client.close()


def outcome(future: Future) -> Any:
    """A finished future's result; deaths look alike, whoever reports them."""
    try:
        return future.result()
    except CancelledError:
        raise ClusterLost(
            "the scheduler is gone; what is graded is kept: run it again"
        ) from None
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            raise WorkerDied("its worker died again and again") from None
        raise


def open_workers(width: int | None, scheduler: str) -> Workers:
    """The workers that the command's options name."""
    return Cluster(scheduler) if scheduler else Processes(width or usual_width())


def usual_width() -> int:
    """Half as many workers again as there are cores that this process may use.

    A worker waits for its kernels and they for it, so more workers than cores are busy.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2
