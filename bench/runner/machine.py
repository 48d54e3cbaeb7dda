"""What the figures were taken on."""

import datetime
import os
import platform
import re
import resource
import subprocess
from pathlib import Path

from runner.peers import GATEWAY, ROOT


def describe():
    gateway_pom = (GATEWAY / "pom.xml").read_text()
    return {
        "taken": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _find(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()),
        "memory_mib": int(_find(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text()) or 0) // 1024,
        "kernel": platform.release(),
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "load_average_before": os.getloadavg()[0],
        "java": _first_line(["java", "-version"], 2),
        "python": platform.python_version(),
        "wrk": _find(r"wrk (\S+)", _output(["wrk", "-v"])),
        "nginx": _find(r"nginx/(\S+)", _output(["nginx", "-v"])),
        "haproxy": _find(r"version (\S+)", _output(["haproxy", "-v"])),
        "spring_boot": _find(r"<version>([^<]+)</version>\s*<relativePath", gateway_pom),
        "spring_cloud": _find(r"<spring-cloud.version>([^<]+)<", gateway_pom),
        "mehari_commit": _output(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]).strip(),
        "mehari_changed_files": len(_output(["git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no"]).splitlines()),
    }


def _output(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20)
        return done.stdout
    except OSError:
        return ""


def _first_line(command, lines):
    return ", ".join(_output(command).splitlines()[:lines])


def _find(pattern, text):
    found = re.search(pattern, text)
    return found.group(1) if found else None
