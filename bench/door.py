"""The data plane: `gateway` beside nginx and haproxy, `mirror` and `snapshots` beside itself.

The gateway is that of the distribution, in a process of its own with the options of `./farol up`, fed with snapshots by
bench/load/Door.java. What is measured has one core and one thread of work; the load (wrk, or bench/load/Load.java) and
the upstream share the others, so that requests per second often tell the load's limit: CPU per request is what compares
the servers, and its inverse is what one core of each would do. Nobody writes an access log. Farol checks a key, which
the others do not.
"""

import json
import os
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.request

from samples import shares
from tools import (WORK, Tool, cpu_seconds, cpu_split, cpus, free_port, median, needs, pinned, ratio, run_load, say, settled,
                   stat_of, table, tree, wrk)

KEY = "bench-key"
PATH = "/api/v1/endpoint/shop/score"
WARM = 2  # seconds of an open loop whose latencies do not count: the caller itself is slow then
SIZES = {"100 B": 100, "18 KB": 18 * 1024, "1 MB": 1 << 20}


# --- what is measured ----------------------------------------------------------------------------------------------------


def certificate():
    needs("openssl", "openssl")
    folder = WORK / "tls"
    if not (folder / "both.pem").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "30", "-subj", "/CN=localhost", "-keyout", str(folder / "key.pem"),
                        "-out", str(folder / "chain.pem")], check=True, capture_output=True)
        (folder / "both.pem").write_text((folder / "chain.pem").read_text() + (folder / "key.pem").read_text())
    return folder


class Nginx:
    name = "nginx"

    def __init__(self, upstream, tls, to):
        self.folder = WORK / f"nginx-{os.getpid()}-{tls}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        files = certificate() if tls else None
        (self.folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log;
{"user root;" if os.geteuid() == 0 else ""}
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 100000000; keepalive_timeout 75s; tcp_nodelay on;
    client_max_body_size 100m; client_body_buffer_size 2m; client_body_temp_path {self.folder}/body;
    proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u;
    scgi_temp_path {self.folder}/s; proxy_max_temp_file_size 0; proxy_buffer_size 16k; proxy_buffers 16 64k;
    proxy_busy_buffers_size 128k; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
    upstream it {{ server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{self.port} {"ssl" if tls else ""} backlog=1024;
        {f"ssl_certificate {files}/chain.pem; ssl_certificate_key {files}/key.pem;" if tls else ""}
        location / {{ proxy_pass http://it; }}
        location = /events {{ proxy_buffering off; proxy_pass http://it/score; }}
    }}
}}
""")
        self.process = subprocess.Popen(pinned(["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")], to),
                                        stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.uri = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.events = f"{self.uri}/events"

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Haproxy:
    name = "haproxy"

    def __init__(self, upstream, tls, to):
        WORK.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.file = WORK / f"haproxy-{os.getpid()}-{tls}.cfg"
        self.file.write_text(f"""
global
    nbthread 1
    maxconn 4096
defaults
    mode http
    option http-keep-alive
    http-reuse always
    timeout connect 5s
    timeout client 75s
    timeout server 60s
frontend door
    bind 127.0.0.1:{self.port} {f"ssl crt {certificate()}/both.pem" if tls else ""}
    default_backend it
backend it
    server one 127.0.0.1:{upstream}
""")
        self.process = subprocess.Popen(pinned(["haproxy", "-db", "-f", str(self.file)], to), stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.uri = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.events = f"{self.uri}{PATH}"

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.file.unlink()


# The launcher's options of `up`.
UP = ["-Xms32m", "-Xmx512m", "-Dio.netty.leakDetection.level=disabled"]


class Door:
    name = "farol"

    def __init__(self, upstream, tls, to):
        files = (certificate() / "chain.pem", certificate() / "key.pem") if tls else ()
        self.tool = Tool("Door", upstream, 1, *files, to=to, options=UP)
        self.pid = self.tool.pid
        self.uri = f"{'https' if tls else 'http'}://127.0.0.1:{self.tool.read()}"
        self.events = f"{self.uri}{PATH}"

    def close(self):
        self.tool.close()


class Floor:
    """A proxy on Netty that does nothing of its own, see bench/load/Floor.java."""

    def __init__(self, kind, upstream, to):
        self.name = {"relay": "Netty, bytes only", "http": "Netty, its codecs only"}[kind]
        self.tool = Tool("Floor", kind, upstream, to=to, options=UP)
        self.pid = self.tool.pid
        self.uri = f"http://127.0.0.1:{self.tool.read()}"

    def close(self):
        self.tool.close()


class Upstream:
    def __init__(self, to, *how):
        self.tool = Tool("Load", "upstream", *how, to=to)
        self.port = int(self.tool.read())

    def close(self):
        self.tool.close()


def wait_for(server):
    import ssl

    trusting = ssl._create_unverified_context()
    end = time.monotonic() + 20
    while True:
        request = urllib.request.Request(f"{server.uri}{PATH}?n=100", data=b"a" * 100,
                                         headers={"Authorization": f"Bearer {KEY}"})
        try:
            with urllib.request.urlopen(request, timeout=5, context=trusting) as answer:
                if len(answer.read()) == 100:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if time.monotonic() > end:
            raise SystemExit(f"{server.name} does not answer at {server.uri}")
        time.sleep(0.05)


def resident(pid):
    return sum(stat[2] for each in tree(pid) if (stat := stat_of(each))) / 1e6


# --- gateway -------------------------------------------------------------------------------------------------------------


def cells(full):
    """(TLS, new connections, connections, size)."""
    if full:
        return [(tls, new, connections, size) for tls in (False, True) for new in (False, True)
                for connections in (1, 8, 64, 512) for size in SIZES]
    return [(False, False, 1, "100 B"), (False, False, 64, "100 B"), (False, False, 512, "100 B"),
            (False, False, 64, "18 KB"), (False, False, 8, "1 MB"), (False, True, 64, "100 B"),
            (True, False, 64, "100 B"), (True, False, 64, "18 KB"), (True, True, 8, "100 B")]


def warmed(server, load):
    return settled(server.pid, lambda: sum(
        wrk(f"{server.uri}{PATH}?n={size}", KEY, connections, 2, size, headers, to=load)["count"]
        for size, connections, headers in ((100, 64, None), (18 * 1024, 16, None), (1 << 20, 8, None),
                                           (100, 8, {"Connection": "close"}))))


def measure_gateway(seconds, rounds, full):
    for program in ("wrk", "nginx", "haproxy"):
        needs(program, program)
    measured, load = cpus()
    say("No core is left for the load alone; everything shares one." if load is None else
        f"What is measured has core {measured[0]}; the load and the upstream share {len(load)}.")
    upstream = Upstream(load)
    servers = {}
    try:
        for tls in (False, True):
            servers[tls] = []
            for kind in (Nginx, Haproxy, Door):
                server = kind(upstream.port, tls, measured)
                servers[tls].append(server)
                wait_for(server)
        for tls in servers:
            for server in servers[tls]:
                wrk(f"{server.uri}{PATH}?n={1 << 20}", KEY, 8, 2, 1 << 20, to=load)
                if server.name == "farol":
                    took, first, last = warmed(server, load)
                    print(f"Farol{', TLS' if tls else ''} is warm after {took:.0f} s of load: {first:.0f} µs a request in the first "
                          f"round, {last:.0f} in the last (100 B, 18 KB, and new connections, mixed).")
        rows = []
        for tls, new, connections, size in cells(full):
            results = {}
            for number in range(rounds):
                for server in servers[tls] if number % 2 == 0 else servers[tls][::-1]:
                    before = cpu_seconds(server.pid)
                    result = wrk(f"{server.uri}{PATH}?n={SIZES[size]}", KEY, connections, seconds, SIZES[size],
                                 {"Connection": "close"} if new else None, to=load)
                    result["cpu"] = (cpu_seconds(server.pid) - before) / max(result["count"], 1) * 1e6
                    result["perCpu"] = 1e6 / result["cpu"] if result["cpu"] else float("nan")
                    result["rss"] = resident(server.pid)
                    results.setdefault(server.name, []).append(result)
            case = f"{size}, {connections}{', new' if new else ''}{', TLS' if tls else ''}"
            for name, runs in results.items():
                beside = "" if name == "nginx" else "{:.2f} x rate, {:.2f} x rate/CPU, {:.2f} x p99".format(
                    *(ratio(runs, results["nginx"], key) for key in ("rate", "perCpu", "p99")))
                rows.append([case, name, f"{median(runs, 'rate'):.0f}", f"{median(runs, 'p50'):.2f}",
                             f"{median(runs, 'p99'):.2f}", f"{median(runs, 'cpu'):.1f}", f"{median(runs, 'rss'):.0f}",
                             sum(run["bad"] for run in runs), beside])
            say(f"{case}: " + ", ".join(f"{name} {median(runs, 'rate'):.0f}/s, {median(runs, 'cpu'):.1f} µs"
                                        for name, runs in results.items()))
        table(f"In front of the same upstream, one core and thread each; the body goes both ways; median of {rounds} rounds of "
              f"{seconds} s", ["body, connections", "server", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "RSS MB", "not 2xx",
                               "to nginx"], rows)
        print("\nTo reach: farol at 100 B and 18 KB >= 1.0 x rate/CPU, <= 1.0 x p99; <= 150 MB at 512 connections.")
        floors(servers[False], upstream, seconds, rounds, measured, load)
        streams(servers[False], rounds, 500 if full else 100, load)
    finally:
        for each in [server for pair in servers.values() for server in pair] + [upstream]:
            each.close()


def floors(servers, upstream, seconds, rounds, measured, load):
    """Where the microseconds go: user and system time beside what Netty costs before it is a gateway."""
    bare = [Floor(kind, upstream.port, measured) for kind in ("relay", "http")]
    try:
        for server in bare:
            wait_for(server)
            for _ in range(4):
                wrk(f"{server.uri}{PATH}?n=100", KEY, 64, 5, 100, to=load)
        measured_ones = [servers[0], *bare, servers[-1]]
        results = {}
        for number in range(rounds):
            for server in measured_ones if number % 2 == 0 else measured_ones[::-1]:
                before = cpu_split(server.pid)
                result = wrk(f"{server.uri}{PATH}?n=100", KEY, 64, seconds, 100, to=load)
                after = cpu_split(server.pid)
                for at, part in enumerate(("user", "system")):
                    result[part] = (after[at] - before[at]) / max(result["count"], 1) * 1e6
                result["both"] = result["user"] + result["system"]
                results.setdefault(server.name, []).append(result)
        rows = []
        for name, runs in results.items():
            beside = "" if name == "nginx" else f"{ratio(runs, results['nginx'], 'both'):.2f} x CPU"
            rows.append([name, f"{median(runs, 'user'):.1f}", f"{median(runs, 'system'):.1f}", f"{median(runs, 'both'):.1f}", beside])
        table(f"Where the CPU of a request goes: 100 B, 64 connections, kept; median of {rounds} rounds of {seconds} s",
              ["server", "user µs", "system µs", "both", "to nginx"], rows)
        door = servers[-1]
        found, samples = shares(door.pid, lambda: wrk(f"{door.uri}{PATH}?n=100", KEY, 64, 20, 100, to=load))
        whole = median(results[door.name], "both")
        table(f"Farol's part of that by whose work it is ({samples} samples of its event loop)", ["work", "share", "µs a request"],
              [[name, f"{100 * share:.1f} %", f"{share * whole:.2f}"]
               for name, share in sorted(found.items(), key=lambda each: -each[1])])
    finally:
        for server in bare:
            server.close()


def streams(servers, rounds, connections, load):
    """One set of event streams: as many connections, 50 events a second each, for two seconds."""
    results = {}
    for number in range(rounds):
        for server in servers if number % 2 == 0 else servers[::-1]:
            before = cpu_seconds(server.pid)
            result = run_load("streams", to=load, uri=f"{server.events}?events=100&every=20", key=KEY,
                              connections=connections)
            result["cpu"] = (cpu_seconds(server.pid) - before) / max(result["events"], 1) * 1e6
            results.setdefault(server.name, []).append(result)
    rows = []
    for name, runs in results.items():
        beside = "" if name == "nginx" else "{:.2f} x CPU, {:.2f} x p99".format(
            *(ratio(runs, results["nginx"], key) for key in ("cpu", "p99")))
        rows.append([name, f"{sum(run['events'] for run in runs)} of {100 * connections * len(runs)}",
                     f"{median(runs, 'p50'):.2f}", f"{median(runs, 'p99'):.2f}", f"{median(runs, 'cpu'):.1f}", beside])
    table(f"Server-sent events: {connections} streams of 50 a second; from the upstream's write to the caller's read",
          ["server", "events", "p50 ms", "p99 ms", "CPU µs/event", "to nginx"], rows)


# --- mirror --------------------------------------------------------------------------------------------------------------


def measure_mirror(seconds, rounds, rate):
    """The live latency with a mirror that hangs beside the one without, and with a mirror that is dead."""
    measured, load = cpus()
    upstream = Upstream(load)
    hanging = Upstream(load, "hangs=yes")
    dead = free_port()
    door = Door(upstream.port, False, measured)
    try:
        wait_for(door)
        run = lambda: run_load("open", to=load, uri=f"{door.uri}{PATH}?n=100", key=KEY, rate=rate, seconds=seconds + WARM,
                                warm=WARM)
        run()  # warm
        cases = {"none": (0, 0), "hangs": (50, hanging.port), "dead": (50, dead)}
        results = {}
        for number in range(rounds):
            for name in list(cases) if number % 2 == 0 else list(cases)[::-1]:
                percent, port = cases[name]
                door.tool.ask(f"mirror {percent} {port}")
                before, counted = cpu_seconds(door.pid), json.loads(door.tool.ask("counts"))
                result = run()
                now = json.loads(door.tool.ask("counts"))
                result["cpu"] = (cpu_seconds(door.pid) - before) / max(result["sent"], 1) * 1e6
                result |= {key: now[key] - counted[key] for key in ("failed", "lostFull")}
                result["copies"] = now["sent"] - counted["sent"]
                results.setdefault(name, []).append(result)
                say(f"mirror {name}: p99 {result['p99']:.3f} ms, {result['results']}")
        door.tool.ask("mirror 0 0")
        rows = []
        for name, runs in results.items():
            beside = "" if name == "none" else "{:.3f} x p50, {:.3f} x p99".format(
                *(ratio(runs, results["none"], key) for key in ("p50", "p99")))
            failed = sum(count for run in runs for status, count in run["results"].items() if status != "200")
            rows.append([name, sum(run["sent"] for run in runs), failed, f"{median(runs, 'p50'):.3f}",
                         f"{median(runs, 'p99'):.3f}", f"{median(runs, 'cpu'):.1f}", sum(run["copies"] for run in runs),
                         sum(run["failed"] for run in runs), sum(run["lostFull"] for run in runs), beside])
        table(f"Live requests at {rate} a second, 50 % of them mirrored; median of {rounds} rounds of {seconds} s",
              ["mirror", "requests", "failed", "p50 ms", "p99 ms", "CPU µs/req", "copies", "copies failed", "copies lost",
               "to none"], rows)
        print("\nTo reach: p99 within 5 % of the one without.")
    finally:
        for each in (door, hanging, upstream):
            each.close()


# --- snapshots -----------------------------------------------------------------------------------------------------------


def measure_snapshots(seconds, rounds, rate, endpoints, changes):
    """Live requests while the routing changes beside the same while it rests."""
    measured, load = cpus()
    upstream = Upstream(load)
    door = Door(upstream.port, False, measured)
    try:
        wait_for(door)
        run = lambda: run_load("open", to=load, uri=f"{door.uri}{PATH}?n=100", key=KEY, rate=rate, seconds=seconds + WARM,
                                warm=WARM)
        for order in (f"churn {endpoints} {changes}", f"still {endpoints}"):
            door.tool.ask(order)
            run()  # warm
        results, made = {}, []
        for number in range(rounds):
            for name in ("still", "churn") if number % 2 == 0 else ("churn", "still"):
                door.tool.ask(f"churn {endpoints} {changes}" if name == "churn" else f"still {endpoints}")
                before = cpu_seconds(door.pid)
                result = run()
                result["cpu"] = (cpu_seconds(door.pid) - before) / (seconds + WARM)
                if name == "churn":
                    counted = json.loads(door.tool.ask("counts"))
                    made.append({"mean": counted["meanChangeMs"], "longest": counted["longestChangeMs"],
                                 "rate": counted["changes"] / (seconds + WARM)})
                results.setdefault(name, []).append(result)
                say(f"{name}: p99 {result['p99']:.3f} ms, {result['results']}")
        door.tool.ask("still 1")
        rows = []
        for name, runs in results.items():
            failed = sum(count for run in runs for status, count in run["results"].items() if status != "200")
            beside = "" if name == "still" else "{:.2f} x p50, {:.2f} x p99".format(
                *(ratio(runs, results["still"], key) for key in ("p50", "p99")))
            rows.append([{"still": "none", "churn": f"{median(made, 'rate'):.0f} a second"}[name],
                         sum(run["sent"] for run in runs), failed, f"{median(runs, 'p50'):.3f}", f"{median(runs, 'p99'):.3f}",
                         f"{statistics.median(run['max'] for run in runs):.1f}", f"{100 * median(runs, 'cpu'):.0f} %", beside])
        table(f"Live requests at {rate} a second; {endpoints} endpoints of 3 deployments; median of {rounds} rounds of {seconds} s",
              ["changes", "requests", "failed", "p50 ms", "p99 ms", "max ms", "CPU", "to none"], rows)
        print(f"\nA change takes {median(made, 'mean'):.2f} ms to be taken in, the longest {max(m['longest'] for m in made):.1f} ms."
              "\nTo reach: no failed request, p99 <= 1.2 x.")
    finally:
        for each in (door, upstream):
            each.close()
