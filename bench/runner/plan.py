"""What is measured, in which order, for how long. Every round visits the peers in turn; every second round goes backwards, so that
a slow spell of the machine does not fall on the same peer each time. Rounds of all starts count alike."""

import json
import os
import sys
from dataclasses import dataclass

from runner.load import LoadFailed, Target, Upstream
from runner.peers import Place
from runner.processes import NotStarted


@dataclass(frozen=True)
class Sizes:
    """Seconds, counts and rates of one run."""

    starts: int = 1
    rounds: int = 3
    connections: tuple = (16, 64, 256)
    seconds: int = 6
    warm_up: int = 2
    first_warm_up: int = 25
    slow_connections: int = 2000
    slow_latency_ms: int = 100
    slow_seconds: int = 7
    per_second: int = 1000
    rate_seconds: int = 10
    rate_connections: int = 64
    few_streams: int = 400
    few_events: int = 50
    few_interval_ms: int = 100
    many_streams: int = 9000
    many_events: int = 14
    many_interval_ms: int = 1000
    many_opened_per_second: int = 1500
    audit_pairs: int = 30
    audit_warm_ups: int = 4
    audit_warm_up: int = 1
    audit_seconds: int = 2
    audit_rate_seconds: int = 4


QUICK = Sizes(rounds=1, connections=(16,), seconds=1, warm_up=1, first_warm_up=2, slow_connections=200, slow_seconds=2, rate_seconds=2,
              few_streams=50, few_events=10, many_streams=300, many_events=4, many_interval_ms=300, audit_pairs=2, audit_warm_ups=1)
TOPICS = ("throughput", "slow", "rate", "streams")
AUDIT = "audit"


class Run:
    """One run over all peers; keeps each measurement and writes it to a file of its own at once."""

    def __init__(self, started, peers, sizes, work, results, database_core=None):
        self.started = started
        self.peers = peers
        self.sizes = sizes
        self.database_core = database_core
        self.work = work
        self.results = results
        self.measurements = []
        self.left_out = {}
        self._serial = 0

    def all(self, topics):
        self.upstream = Upstream(self.started, self.work / "upstream")
        standing = [topic for topic in ("throughput", "slow", "rate") if topic in topics]
        if standing:
            for _ in range(self.sizes.starts):
                self._side_by_side(standing)
        if "streams" in topics:
            self._each_alone()
        if AUDIT in topics:
            for start in range(self.sizes.starts):
                self._switched(start * self.sizes.audit_pairs)
        self.started.stop(self.upstream.running)

    def _side_by_side(self, topics):
        """All peers stand ready, idle but for the one under measurement."""
        sizes = self.sizes
        self.upstream.answer_with()
        targets = [target for target in map(self._start, self.peers) if target]
        for target in targets:
            self._warm(target)
        if "throughput" in topics:
            for connections in sizes.connections:
                self._rounds("throughput", targets, lambda t, c=connections: self._warm_throughput(t, c, sizes.seconds))
        if "slow" in topics:
            self.upstream.answer_with(latency_ms=sizes.slow_latency_ms)
            self._rounds("slow", targets, lambda t: self._warm_throughput(t, sizes.slow_connections, sizes.slow_seconds))
            self.upstream.answer_with()
        if "rate" in topics:
            self._rounds("rate", targets, lambda t: t.fixed_rate(sizes.per_second, sizes.warm_up, sizes.rate_seconds, sizes.rate_connections))
        for target in targets:
            self._stop(target)

    def _each_alone(self):
        """A fresh, warmed process for each peer and round, so that its memory before the streams is its own."""
        sizes = self.sizes
        for number in range(sizes.rounds):
            for peer in self._in_turn(self.peers, number):
                self.upstream.answer_with(events=sizes.few_events, interval_ms=sizes.few_interval_ms)
                target = self._start(peer)
                if target is None:
                    continue
                self._warm(target)
                self._keep("streams", number, target, lambda t: t.streams(
                    sizes.few_streams, sizes.few_streams, sizes.few_events, sizes.few_interval_ms))
                self.upstream.answer_with(events=sizes.many_events, interval_ms=sizes.many_interval_ms)
                self._keep("streams", number, target, lambda t: t.streams(
                    sizes.many_streams, sizes.many_opened_per_second, sizes.many_events, sizes.many_interval_ms))
                self._stop(target)

    def _switched(self, before):
        """With and without audit in one process: two starts of the same JVM differ by more than the audit costs. Measurements are short,
        so that those of a pair find the machine alike. What runs once a batch takes long to be compiled."""
        sizes = self.sizes
        self.upstream.answer_with()
        for peer in self.peers:
            target = self._start(peer) if peer.audit else None
            if target is None:
                continue
            for on in (False, *[True] * sizes.audit_warm_ups):
                target.switch_audit(on)
                self._warm(target)
            for connections in sizes.connections:
                self._pairs(before, target, lambda t, c=connections: self._warm_throughput(t, c, sizes.audit_seconds, sizes.audit_warm_up))
            self._pairs(before, target, lambda t: t.fixed_rate(
                sizes.per_second, sizes.audit_warm_up, sizes.audit_rate_seconds, sizes.rate_connections))
            self._stop(target)

    def _pairs(self, before, target, measure):
        for number in range(self.sizes.audit_pairs):
            for on in self._in_turn([True, False], number):
                target.switch_audit(on)
                self._keep(AUDIT, before + number, target, lambda t, a=on: {"audit": a, **measure(t)})

    def _warm(self, target):
        """A JVM is two to three times slower until its compiler is done."""
        try:
            target.throughput(64, self.sizes.first_warm_up if target.peer.jvm else self.sizes.warm_up)
        except LoadFailed as failure:
            print(f"  warm-up of {target.peer.name}: {failure}", file=sys.stderr)

    def _warm_throughput(self, target, connections, seconds, warm_up=None):
        target.throughput(connections, warm_up or self.sizes.warm_up)
        return target.throughput(connections, seconds)

    def _rounds(self, topic, targets, measure):
        for number in range(self.sizes.rounds):
            for target in self._in_turn(targets, number):
                self._keep(topic, number, target, measure)

    @staticmethod
    def _in_turn(sequence, number):
        return sequence if number % 2 == 0 else list(reversed(sequence))

    def _keep(self, topic, number, target, measure):
        try:
            figures = measure(target)
        except LoadFailed as failure:
            print(f"  {topic} {target.peer.name}: {failure}", file=sys.stderr)
            figures = {"broken": str(failure).splitlines()[0]}
        measurement = {"topic": topic, "round": number + 1, "peer": target.peer.name, **figures}
        self.measurements.append(measurement)
        self._serial += 1
        name = f"{self._serial:03d}-{topic}-{target.peer.name}.json"
        (self.results / name).write_text(json.dumps(measurement, indent=1) + "\n")
        print(f"  {progress(measurement)}", flush=True)

    def _start(self, peer):
        if peer.name in self.left_out:
            return None
        if peer.command is None:
            return Target(peer, self.upstream.running, self.upstream.port, "")
        place = Place(self.work / f"{peer.name}-{self._serial}", self.upstream.port)
        try:
            running = self.started.start(peer.name, peer.command(place), place.folder, env=peer.environment)
            running.wait_until(lambda: peer.ready(place), peer.ready_seconds, "ready")
            if self.database_core is not None:
                for pid in running.database_pids():
                    os.sched_setaffinity(pid, {self.database_core})
            return Target(peer, running, place.port, peer.authorize(place), lambda on: peer.audit(place, on))
        except (NotStarted, OSError) as failure:
            print(f"  {peer.name} left out: {failure}", file=sys.stderr)
            self.left_out[peer.name] = str(failure).splitlines()[0]
            return None

    def incomplete(self):
        """Whether a peer or a measurement is missing."""
        return bool(self.left_out) or any("broken" in m for m in self.measurements)

    def _stop(self, target):
        if target.peer.command is not None:
            self.started.stop(target.running)


def progress(m):
    start = f"{m['topic']:<10} round {m['round']} {m['peer']:<16}"
    if "broken" in m:
        return f"{start} broken"
    if "audit" in m:
        start += " audit " + ("on " if m["audit"] else "off")
    if "connections" in m:
        return (f"{start} {m['connections']:>5} connections {m['requests_per_second']:>9.0f} req/s  p99 {m['p99_us'] / 1e3:7.2f} ms"
                f"  CPU {m['cpu_us_each']:6.1f} us  errors {m['errors']}")
    if "per_second" in m:
        first = m["first_us"]
        return (f"{start} {m['per_second']:>5}/s  p50 {first['p50'] / 1e3:.3f} ms  p99 {first['p99'] / 1e3:.3f} ms"
                f"  CPU {m['cpu_us_each']:6.1f} us  errors {m['errors']}")
    return (f"{start} {m['count']:>5} streams  first p99 {m['first_us']['p99'] / 1e3:.2f} ms  event p99 {m['later_us']['p99'] / 1e3:.2f} ms"
            f"  threads {m['threads_before']}->{m['threads_most']}  {m['resident_bytes_per_stream'] / 1024:.1f} KiB each  errors {m['errors']}")
