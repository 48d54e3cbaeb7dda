"""Child processes: started in a session of their own, watched through /proc, always stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class NotStarted(Exception):
    """A process ended, or did not answer, before it was ready."""


@dataclass(frozen=True)
class Usage:
    """What a process and its children have used so far: CPU seconds by pid, threads and resident bytes in sum."""

    cpu_by_pid: dict
    threads: int
    resident_bytes: int

    def cpu_seconds_since(self, earlier):
        return sum(seconds - earlier.cpu_by_pid.get(pid, 0) for pid, seconds in self.cpu_by_pid.items())


class Running:
    """One started process. `folder` holds its log and whatever it writes."""

    def __init__(self, name, command, folder, cwd=None, env=None):
        self.name = name
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log.txt"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=cwd,
                env={**os.environ, **(env or {})}, start_new_session=True, preexec_fn=_end_with_parent)

    @property
    def pid(self):
        return self.process.pid

    def wait_until(self, ready, seconds, what):
        """Returns the first true answer of `ready`; gives up with the log's last lines."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise NotStarted(f"{self.name} ended with {self.process.returncode} before {what}:\n{self.last_lines()}")
            answer = ready()
            if answer:
                return answer
            time.sleep(0.05)
        raise NotStarted(f"{self.name}: no {what} within {seconds} s:\n{self.last_lines()}")

    def last_lines(self, count=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def proxy_pids(self):
        """The process and its descendants, without databases (see database_pids)."""
        return [pid for pid in _with_descendants([self.pid]) if pid not in set(self.database_pids())]

    def database_pids(self):
        """Embedded PostgreSQL servers run from this folder; they detach from the process that started them."""
        servers = []
        for file in self.folder.rglob("postmaster.pid"):
            try:
                servers.append(int(file.read_text().splitlines()[0]))
            except (OSError, ValueError, IndexError):
                continue
        return _with_descendants([pid for pid in servers if _alive(pid)])

    def usage(self):
        return usage_of(self.proxy_pids())

    def database_usage(self):
        return usage_of(self.database_pids())

    def stop(self):
        known = set(self.proxy_pids()) | set(self.database_pids())
        targets = [self.pid]
        if _name(self.pid) in ("bash", "sh"):
            targets += _children(self.pid)
        for pid in targets:
            _signal(pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"  {self.name} did not stop within {STOP_SECONDS} s; ending it", file=sys.stderr)
        left = known if self.process.poll() is None else {pid for pid in known if _alive(pid) and pid != self.pid}
        end = time.monotonic() + 5
        while left and self.process.poll() is not None and time.monotonic() < end:
            time.sleep(0.05)
            left = {pid for pid in left if _alive(pid)}
        for pid in left:
            print(f"  {self.name} left {_name(pid)} ({pid}) behind; ending it", file=sys.stderr)
            _signal(pid, signal.SIGKILL)
        self.process.wait(5)


class Started:
    """Everything that runs now; stop_all() leaves nothing behind."""

    def __init__(self):
        self._running = []

    def start(self, *args, **kwargs):
        running = Running(*args, **kwargs)
        self._running.append(running)
        return running

    def stop(self, running):
        running.stop()
        self._running.remove(running)

    def stop_all(self):
        while self._running:
            self._running.pop().stop()


def usage_of(pids):
    cpu, threads, resident = {}, 0, 0
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        cpu[pid] = (int(stat[11]) + int(stat[12])) / TICKS_PER_SECOND
        threads += int(stat[17])
        resident += int(stat[21]) * os.sysconf("SC_PAGE_SIZE")
    return Usage(cpu, threads, resident)


def _end_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _with_descendants(pids):
    found = list(pids)
    for pid in found:
        found.extend(child for child in _children(pid) if child not in found)
    return found


def _children(pid):
    children = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children.extend(int(child) for child in task.read_text().split())
        except OSError:
            continue
    return children


def _name(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "?"


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
