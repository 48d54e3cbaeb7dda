"""A PostgreSQL server of the bench's own, from the programs that Mehari's build brings, so that it can be killed and started again."""

import io
import os
import platform
import signal
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path

from runner.load import CLASSES
from runner.peers import ROOT, free_port, listens

READY_SECONDS = 30


class Postgres:
    """Loopback, no password, logged tables, synchronous commit, fsync on: as it should be run."""

    def __init__(self, folder, settings=()):
        self.folder = folder
        self.programs = folder / "programs"
        self.data = folder / "data"
        self.port = free_port()
        self.settings = [*settings, "fsync=on", "max_connections=120", "unix_socket_directories=", "listen_addresses=127.0.0.1", f"port={self.port}"]
        self.process = None
        unpack(self.programs)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")

    @property
    def url(self):
        return f"jdbc:postgresql://127.0.0.1:{self.port}/postgres?user=postgres"

    def start(self):
        """Returns when it answers. After a crash it does not start before its orphaned children have ended."""
        end = time.monotonic() + READY_SECONDS
        self._spawn()
        while not (listens(self.port) and self.sql("select 1", check=False) == "1"):
            if time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL does not start:\n{(self.folder / 'log.txt').read_text()[-2000:]}")
            if self.process.poll() is not None:
                self._spawn()
            time.sleep(0.05)

    def _spawn(self):
        options = [part for setting in self.settings for part in ("-c", setting)]
        with open(self.folder / "log.txt", "ab") as log:
            self.process = subprocess.Popen([*self._as_user(), str(self.programs / "bin" / "postgres"), "-D", str(self.data), *options],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def sql(self, statement, check=True):
        """The rows as text, fields separated by |."""
        driver = next((ROOT / "target" / "lib").glob("postgresql-*.jar"))
        done = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", f"{CLASSES}:{driver}", "Sql", self.url, statement],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if check and done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def stop(self, how=signal.SIGINT):
        """SIGINT: fast; SIGQUIT: immediate, as after a crash; SIGKILL: a crash, after which the children end by themselves."""
        if self.process is None or self.process.poll() is not None:
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), how)
        self.process.wait(30)

    def _run(self, program, *arguments):
        subprocess.run([*self._as_user(), str(self.programs / "bin" / program), *arguments], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True)

    @staticmethod
    def _as_user():
        """PostgreSQL refuses to run as root; in a user namespace of its own it does not see that it is."""
        return ["unshare", "-U"] if os.geteuid() == 0 else []


def unpack(folder):
    if (folder / "bin").exists():
        return
    machine = {"x86_64": "amd64", "aarch64": "arm64v8"}[platform.machine()]
    jars = [jar for jar in (ROOT / "target" / "lib").glob(f"embedded-postgres-binaries-linux-{machine}-*.jar") if "alpine" not in jar.name]
    if not jars:
        raise RuntimeError("no PostgreSQL in target/lib: build Mehari first with `mvn -B -DskipTests package`")
    with zipfile.ZipFile(jars[0]) as jar:
        archive = next(name for name in jar.namelist() if name.endswith(".txz"))
        folder.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(jar.read(archive)), mode="r:xz") as files:
            files.extractall(Path(folder), filter="fully_trusted") if hasattr(tarfile, "data_filter") else files.extractall(folder)
