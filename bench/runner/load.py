"""The upstream and the load: compiles bench/load, runs wrk and BenchLoad, and notes what the peer used meanwhile."""

import json
import os
import re
import subprocess
import time
import urllib.request

from runner.peers import BENCH

LOAD = BENCH / "load"
CLASSES = BENCH / "target" / "load"
PATH = "/v1/chat/completions"
JAVA = ["java", "-XX:+UseSerialGC", "-Xmx512m", "-cp", str(CLASSES)]
SAMPLE_SECONDS = 0.25


class LoadFailed(Exception):
    """The load generator itself broke; the peer's errors are figures, not this."""


def compile_load():
    CLASSES.mkdir(parents=True, exist_ok=True)
    subprocess.run(["javac", "-Xlint:all", "-d", str(CLASSES), *map(str, sorted(LOAD.glob("*.java")))],
                   stdin=subprocess.DEVNULL, check=True)


class Upstream:
    def __init__(self, started, folder):
        self.running = started.start("upstream", [*JAVA, "BenchUpstream", "0"], folder)
        self.port = int(self.running.wait_until(self._listening, 20, "line 'listening'"))

    def _listening(self):
        found = re.search(r"listening (\d+)", self.running.log.read_text())
        return found and found.group(1)

    def answer_with(self, latency_ms=0, events=10, interval_ms=100):
        query = f"latency={latency_ms}&events={events}&interval={interval_ms}"
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control?{query}", timeout=5) as response:
            if response.status != 204:
                raise LoadFailed(f"the upstream answered {response.status} to /control")


class Target:
    """What is measured: a port, the header to call it with, and the process behind it (the upstream itself for direct)."""

    def __init__(self, peer, running, port, authorization, switch_audit=None):
        self.switch_audit = switch_audit
        self.peer = peer
        self.running = running
        self.port = port
        self.authorization = authorization

    def throughput(self, connections, seconds):
        """wrk, one thread, closed loop."""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(LOAD / "post.lua"),
                   f"http://127.0.0.1:{self.port}{PATH}"]
        output, watched = self._watch(command, seconds + 30, {"BENCH_AUTHORIZATION": self.authorization})
        line = re.search(r"^BENCH (.*)$", output, re.MULTILINE)
        if line is None:
            raise LoadFailed(f"wrk printed no figures:\n{output}")
        figures = json.loads(line.group(1))
        if figures["requests"] == 0:
            raise LoadFailed(f"no request of {connections} connections was answered within {seconds} s")
        errors = sum(figures[name] for name in ("not_2xx", "connect", "read", "write", "timeout"))
        return {"connections": connections, **figures, "requests_per_second": figures["requests"] * 1e6 / figures["duration_us"],
                "errors": errors, **_per_unit(watched, figures["requests"])}

    def fixed_rate(self, per_second, warm_up, seconds, connections):
        """Open loop: latency counts from when each request was due."""
        figures, watched = self._bench_load("rate", [per_second, warm_up, seconds, connections], warm_up + seconds + 30)
        return {"per_second": per_second, **figures, "errors": _errors(figures), **_per_unit(watched, figures["sent"])}

    def streams(self, count, opened_per_second, events, interval_ms):
        lasts = count / opened_per_second + events * interval_ms / 1000
        limit = int(lasts) + 15
        figures, watched = self._bench_load("streams", [count, opened_per_second, events, limit], limit + 40)
        growth = max(0, watched["resident_most"] - watched["resident_before"])
        return {"count": count, "interval_ms": interval_ms, **figures, "errors": _errors(figures), **_per_unit(watched, count * events),
                "resident_bytes_per_stream": growth / count}

    def _bench_load(self, kind, numbers, limit):
        command = [*JAVA, "BenchLoad", kind, str(self.port), PATH, self.authorization or "-", *map(str, numbers)]
        output, watched = self._watch(command, limit, {})
        try:
            return json.loads(output.splitlines()[-1]), watched
        except (ValueError, IndexError):
            raise LoadFailed(f"BenchLoad printed no figures:\n{output}") from None

    def _watch(self, command, limit, environment):
        """Runs the load to its end; meanwhile samples the peer's threads and memory, around it the CPU it used."""
        before, database_before = self.running.usage(), self.running.database_usage()
        threads, resident = before.threads, before.resident_bytes
        end = time.monotonic() + limit
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, **environment}, start_new_session=True) as load:
            try:
                while load.poll() is None:
                    if time.monotonic() > end:
                        raise LoadFailed(f"{command[0]} did not end within {limit} s")
                    time.sleep(SAMPLE_SECONDS)
                    now = self.running.usage()
                    threads, resident = max(threads, now.threads), max(resident, now.resident_bytes)
                output = load.stdout.read()
            finally:
                if load.poll() is None:
                    load.kill()
        if load.returncode != 0:
            raise LoadFailed(f"{command[0]} ended with {load.returncode}:\n{output}")
        after, database_after = self.running.usage(), self.running.database_usage()
        return output, {
            "cpu_seconds": after.cpu_seconds_since(before),
            "database_cpu_seconds": database_after.cpu_seconds_since(database_before),
            "threads_before": before.threads, "threads_most": threads,
            "resident_before": before.resident_bytes, "resident_most": resident,
        }


def _errors(figures):
    return figures["planned"] - figures["completed"]


def _per_unit(watched, units):
    return {**watched, "cpu_us_each": watched["cpu_seconds"] * 1e6 / max(1, units),
            "database_cpu_us_each": watched["database_cpu_seconds"] * 1e6 / max(1, units)}
