"""The peers: how each is found, started and known to be ready. To change how one is started, change its entry in PEERS."""

import json
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
CONFIGURATIONS = BENCH / "peers"
GATEWAY = CONFIGURATIONS / "spring-cloud-gateway"
GATEWAY_JAR = GATEWAY / "target" / "gateway.jar"
ALL_CALLS = "20000"
JVM_MEMORY = ["-Xmx1g", "-XX:+UseParallelGC"]


@dataclass
class Place:
    """Where one peer runs: its folder and its ports on loopback."""

    folder: Path
    upstream: int
    port: int = 0
    admin: int = 0

    def __post_init__(self):
        self.port = self.port or free_port()
        self.admin = self.admin or free_port()
        while self.admin == self.port:
            self.admin = free_port()

    def fill(self, template):
        text = (CONFIGURATIONS / template).read_text()
        for name, value in (("PORT", self.port), ("UPSTREAM", self.upstream), ("DIR", self.folder)):
            text = text.replace(f"@{name}@", str(value))
        file = self.folder / template
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)


@dataclass(frozen=True)
class Peer:
    """`command` is None for direct. `missing` is a command to run first, or nothing; `absent` says why the
    peer cannot be measured at all, or nothing. `authorize` makes the Authorization header once it is ready. `audit` switches
    the audit of a running one on or off."""

    name: str
    label: str
    command: Optional[Callable] = None
    missing: Callable = lambda: None
    absent: Callable = lambda: None
    ready: Callable = lambda place: listens(place.port)
    authorize: Callable = lambda place: ""
    environment: dict = field(default_factory=dict)
    jvm: bool = False
    ready_seconds: int = 30
    audit: Optional[Callable] = None


def nginx(place):
    return ["nginx", "-e", "stderr", "-c", place.fill("nginx.conf")]


def haproxy(place):
    return ["haproxy", "-f", place.fill("haproxy.cfg")]


def spring_cloud_gateway(place):
    return ["java", *JVM_MEMORY, "-jar", str(GATEWAY_JAR), f"--server.port={place.port}",
            f"--bench.upstream=http://127.0.0.1:{place.upstream}"]


def mehari(place):
    return [str(ROOT / "mehari"), "run", "--host", "127.0.0.1", "--port", str(place.port), "--admin-port", str(place.admin),
            "--data-dir", str(place.folder / "data"), "--target-host", "127.0.0.1", "--target-port", str(place.upstream),
            "--max-concurrent-requests", ALL_CALLS, "--max-queue-size", ALL_CALLS, "--pool-maxsize", ALL_CALLS]


def mehari_open(place):
    return [*mehari(place), "--no-auth"]


def mehari_switched(place):
    """With routes of its own, to be changed while it runs."""
    shutil.copytree(ROOT / "routes", place.folder / "routes")
    return [*mehari_open(place), "--routes", str(place.folder / "routes")]


def mehari_audit(place, on):
    """Puts routes in force whose calls leave events, or none. The process stays, with all that its compiler knows."""
    routes = place.folder / "routes" / "receive.camel.yaml"
    tap = "id: tap-audit\n"
    text = re.sub(rf"({tap}) *disabled: .*\n", r"\1", routes.read_text())
    if tap not in text:
        raise ValueError(f"no {tap.strip()} in {routes}")
    routes.write_text(text if on else re.sub(rf"^( *){tap}", r"\g<0>\1disabled: true\n", text, flags=re.MULTILINE))
    token = (place.folder / "data" / "admin-token").read_text().strip()
    reload = urllib.request.Request(f"http://127.0.0.1:{place.admin}/api/routes/reload", method="POST", headers={"Authorization": f"Bearer {token}"})
    urllib.request.urlopen(reload, timeout=10).close()


def mehari_key(place):
    """A key of its own for the governed variants: concurrency, a window of requests and one of tokens, so that every call is decided,
    reserved and settled; wide enough that none is refused."""
    done = subprocess.run(
        [str(ROOT / "mehari"), "keys", "create", "--name", "bench", "--concurrency", ALL_CALLS,
         "--requests", "1000000000/1m", "--tokens", "1000000000000/1m", "--json",
         "--admin-url", f"http://127.0.0.1:{place.admin}", "--data-dir", str(place.folder / "data")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
    return "Bearer " + json.loads(done.stdout)["key"]


def mehari_ready(place):
    return answers(f"http://127.0.0.1:{place.admin}/q/health/ready")


def _mehari_absent():
    return None if (ROOT / "mehari").exists() else "no ./mehari launcher in this checkout"


def _gateway_missing():
    return None if GATEWAY_JAR.exists() else f"mvn -B -q -f {GATEWAY.relative_to(ROOT)}/pom.xml package"


def _package_missing(name):
    return lambda: None if shutil.which(name) else f"apt-get install -y {name}"


PEERS = {peer.name: peer for peer in (
    Peer("direct", "direct (no proxy)"),
    Peer("nginx", "nginx", nginx, _package_missing("nginx")),
    Peer("haproxy", "HAProxy", haproxy, _package_missing("haproxy")),
    Peer("scg", "Spring Cloud Gateway", spring_cloud_gateway, _gateway_missing, jvm=True, ready_seconds=60),
    Peer("mehari", "Mehari", mehari_open, absent=_mehari_absent, ready=mehari_ready, jvm=True, ready_seconds=300),
    Peer("mehari-no-audit", "Mehari, no audit", mehari_open, absent=_mehari_absent, ready=mehari_ready,
         environment={"MEHARI_AUDIT_ENABLED": "false"}, jvm=True, ready_seconds=300),
    Peer("mehari-switched", "Mehari, its audit switched", mehari_switched, absent=_mehari_absent, ready=mehari_ready,
         environment={"MEHARI_ROUTES_RELOAD": "false"}, jvm=True, ready_seconds=300, audit=mehari_audit),
    Peer("mehari-governed", "Mehari, a key's limits in memory", mehari, absent=_mehari_absent, ready=mehari_ready,
         authorize=mehari_key, environment={"MEHARI_LIMITS": "memory"}, jvm=True, ready_seconds=300),
    Peer("mehari-governed-no-audit", "Mehari, a key's limits in memory, no audit", mehari, absent=_mehari_absent,
         ready=mehari_ready, authorize=mehari_key,
         environment={"MEHARI_LIMITS": "memory", "MEHARI_AUDIT_ENABLED": "false"}, jvm=True, ready_seconds=300),
    Peer("mehari-cluster", "Mehari, a key's limits on PostgreSQL", mehari, absent=_mehari_absent, ready=mehari_ready,
         authorize=mehari_key, environment={"MEHARI_LIMITS": "cluster"}, jvm=True, ready_seconds=300),
    Peer("mehari-cluster-no-audit", "Mehari, a key's limits on PostgreSQL, no audit", mehari, absent=_mehari_absent,
         ready=mehari_ready, authorize=mehari_key,
         environment={"MEHARI_LIMITS": "cluster", "MEHARI_AUDIT_ENABLED": "false"}, jvm=True, ready_seconds=300),
)}
USUAL = ["direct", "nginx", "haproxy", "scg", "mehari"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return 200 <= response.status < 300
    except (OSError, urllib.error.URLError):
        return False
