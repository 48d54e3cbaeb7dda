"""Markdown from measurements: medians over the rounds, ratios to nginx, differences to direct."""

from math import comb
from statistics import median

from runner.peers import PEERS
from runner.plan import AUDIT

BASE = "nginx"
DIRECT = "direct"


def markdown(machine, sizes, measurements, left_out):
    good = [m for m in measurements if "broken" not in m]
    parts = [_heading(machine, sizes, left_out, len(measurements) - len(good))]
    for connections in sorted({m["connections"] for m in good if m["topic"] == "throughput"}):
        rows = _by_peer(m for m in good if m["topic"] == "throughput" and m["connections"] == connections)
        parts.append(f"## Throughput, {connections} connections\n\n" + _throughput(rows))
    slow = _by_peer(m for m in good if m["topic"] == "slow")
    if slow:
        parts.append(f"## {sizes.slow_connections:,} connections, upstream answers after {sizes.slow_latency_ms} ms\n\n" + _throughput(slow))
    rate = _by_peer(m for m in good if m["topic"] == "rate")
    if rate:
        parts.append(f"## Added latency at {sizes.per_second:,} requests/s\n\n" + _rate(rate))
    audit = [m for m in good if m["topic"] == AUDIT]
    if audit:
        parts.append("## Audit on and off in one process, in turns\n\n" + _audit(audit))
    for count in sorted({m["count"] for m in good if m["topic"] == "streams"}):
        rows = _by_peer(m for m in good if m["topic"] == "streams" and m["count"] == count)
        parts.append(f"## {count:,} streams at once\n\n" + _streams(rows))
    return "\n".join(parts)


def _heading(machine, sizes, left_out, broken):
    lines = [
        f"# Mehari beside its peers, {machine['taken'][:10]}", "",
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_mib']:,} MiB, Linux {machine['kernel']}; load, upstream and peer share "
        f"{'them' if machine['database_core'] is None else 'all but the last, which databases have to themselves'}.",
        f"nginx {machine['nginx']}, HAProxy {machine['haproxy']}, Spring Boot {machine['spring_boot']} with Spring Cloud {machine['spring_cloud']}, "
        f"wrk {machine['wrk']}; {machine['java']}.",
        f"Mehari at commit {machine['mehari_commit']}{', with local changes' if machine['mehari_changed_files'] else ''}. Medians of {sizes.starts * sizes.rounds} "
        f"interleaved rounds{'' if sizes.starts == 1 else f' in {sizes.starts} starts (streams: {sizes.rounds})'}. How to read this: [bench/README.md](../../README.md).", "",
    ]
    lines += [f"- **{PEERS[name].label} is missing**: {reason}" for name, reason in left_out.items()]
    if broken:
        lines.append(f"- **{broken} measurements broke** and are left out; see the raw files.")
    return "\n".join(lines + ([""] if left_out or broken else []))


def _throughput(rows):
    base = rows.get(BASE)
    table = []
    for name, rounds in rows.items():
        rate, cpu = _median(rounds, "requests_per_second"), _median(rounds, "cpu_us_each")
        table.append([
            PEERS[name].label, f"{rate:,.0f}", _spread(rounds, "requests_per_second"), _ratio(rate, base, "requests_per_second", name),
            f"{_median(rounds, 'p50_us') / 1e3:.2f}", f"{_median(rounds, 'p99_us') / 1e3:.2f}", _own_cpu(name, f"{cpu:.1f}"),
            _ratio(cpu, base, "cpu_us_each", name), _optional(_median(rounds, "database_cpu_us_each")), _sum(rounds, "errors"),
        ])
    return _table(["", "requests/s", "lowest-highest", "to nginx", "p50 ms", "p99 ms", "CPU µs/request", "to nginx", "database µs", "errors"], table)


def _rate(rows):
    direct = rows.get(DIRECT)
    table = []
    for name, rounds in rows.items():
        values = [_median(rounds, "first_us", q) for q in ("p50", "p99", "p999")]
        added = [_added(rounds, direct, "first_us", q, name) for q in ("p50", "p99")]
        table.append([PEERS[name].label, *[f"{v / 1e3:.3f}" for v in values], *added,
                      _own_cpu(name, f"{_median(rounds, 'cpu_us_each'):.1f}"), _sum(rounds, "errors")])
    return _table(["", "p50 ms", "p99 ms", "p99.9 ms", "added p50 ms", "added p99 ms", "CPU µs/request", "errors"], table)


def _audit(measurements):
    """The two of a pair come one after the other, so what else the machine does is mostly in both."""
    table = []
    for peer, load in dict.fromkeys((m["peer"], _load(m)) for m in measurements):
        on, off = ({m["round"]: m for m in measurements if (m["peer"], _load(m), m["audit"]) == (peer, load, audit)} for audit in (True, False))
        pairs = [(on[number], off[number]) for number in on if number in off]
        row = [f"{PEERS[peer].label}, {load}", str(len(pairs))]
        for value in (lambda m: m["cpu_us_each"], _p99_ms):
            more = [value(with_it) / value(without) - 1 for with_it, without in pairs]
            least, most = _interval(more)
            row += [*[f"{median(map(value, side)):.2f}" for side in zip(*pairs)], f"{median(more):+.1%}", f"{least:+.1%} to {most:+.1%}"]
        table.append([*row, _sum([m for pair in pairs for m in pair], "errors")])
    return _table(["", "pairs", "CPU µs/request, on", "off", "more", "95 % sure", "p99 ms, on", "off", "more", "95 % sure", "errors"], table)


def _load(m):
    return f"{m['connections']} connections" if "connections" in m else f"{m['per_second']:,} requests/s"


def _p99_ms(m):
    return (m["p99_us"] if "p99_us" in m else m["first_us"]["p99"]) / 1e3


def _interval(values):
    """Where the median of all such values lies in 95 of 100 cases, however they are distributed: it is as likely below as above each."""
    ordered, count = sorted(values), len(values)
    sure = [i for i in range(count // 2) if 2 * sum(comb(count, below) for below in range(i + 1)) <= 0.05 * 2 ** count]
    return ordered[max(sure, default=0)], ordered[-1 - max(sure, default=0)]


def _streams(rows):
    direct = rows.get(DIRECT)
    table = []
    for name, rounds in rows.items():
        none = name == DIRECT
        table.append([
            PEERS[name].label, f"{min(m['open_most'] for m in rounds):,}",
            *[f"{_median(rounds, 'first_us', q) / 1e3:.2f}" for q in ("p50", "p99")], _added(rounds, direct, "first_us", "p99", name),
            *[f"{_median(rounds, 'later_us', q) / 1e3:.2f}" for q in ("p50", "p99")], _added(rounds, direct, "later_us", "p99", name),
            "" if none else f"{_median(rounds, 'threads_before'):.0f} / {_median(rounds, 'threads_most'):.0f}",
            "" if none else f"{_median(rounds, 'resident_before') / 2**20:.0f} / {_median(rounds, 'resident_most') / 2**20:.0f}",
            "" if none else f"{_median(rounds, 'resident_bytes_per_stream') / 1024:.1f}",
            _own_cpu(name, f"{_median(rounds, 'cpu_us_each'):.1f}"), _sum(rounds, "errors"),
        ])
    return _table(["", "open at once", "first token p50 ms", "p99 ms", "added p99", "event p50 ms", "p99 ms", "added p99", "threads before / during",
                   "MiB before / during", "KiB/stream", "CPU µs/event", "errors"], table)


def _by_peer(measurements):
    found = {}
    for m in measurements:
        found.setdefault(m["peer"], []).append(m)
    return {name: found[name] for name in PEERS if name in found}


def _median(rounds, key, inner=None):
    return median(m[key] if inner is None else m[key][inner] for m in rounds)


def _spread(rounds, key):
    return f"{min(m[key] for m in rounds):,.0f}-{max(m[key] for m in rounds):,.0f}"


def _sum(rounds, key):
    return f"{sum(m[key] for m in rounds):,}"


def _ratio(value, base, key, name):
    if base is None or name == DIRECT or not _median(base, key):
        return ""
    return f"{value / _median(base, key):.2f}"


def _added(rounds, direct, key, quantile, name):
    if direct is None or name == DIRECT:
        return ""
    return f"{(_median(rounds, key, quantile) - _median(direct, key, quantile)) / 1e3:+.3f}"


def _own_cpu(name, text):
    return f"({text})" if name == DIRECT else text


def _optional(value):
    return f"{value:.1f}" if value else ""


def _table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"
