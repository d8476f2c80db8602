"""Measures Farol: `score` beside azureml-inference-server-http in one run, `life` the seconds and megabytes of starts,
`clients` a deployment by azure-ai-ml beside one by the command line, `gateway` beside nginx and haproxy, `mirror` and
`snapshots` the gateway beside itself while a mirror hangs or the routing changes, `rollout` what changes of a deployment
cost its callers, `runtimes` models that a replica computes itself beside ONNX Runtime alone and MLServer.

Only the standard library; needs wrk on PATH for `score` and `gateway`, nginx and haproxy for the latter. Peers in Python
are installed from the package index into throw-away environments under bench/.work. Rounds alternate between the servers,
so that a drift of the machine's speed hits both; a figure is the median of its rounds, a ratio the median of the ratios of paired rounds.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from door import measure_gateway, measure_mirror, measure_snapshots
from peers import PEERS, Unavailable
from rollout import measure_rollout
from runtimes import NAMES as RUNTIME_MODELS, measure_runtimes
from tools import (EXAMPLE, FAROL, ROOT, WORK, Server, command_line, cpu_seconds, fresh_home, median, needs, post,
                   proportional, ratio, say, settled, stat_of, table, trained_model, tree, wrk)



def request_body():
    return json.dumps({"data": json.loads((EXAMPLE / "request.json").read_text())["data"]})


# --- score -------------------------------------------------------------------------------------------------------------


class Alone:
    """run() and json.dumps() in a process of their own, in the interpreter of the first peer: what Farol is measured by."""

    def __init__(self, trained):
        model = WORK / "alone-model"
        shutil.rmtree(model, ignore_errors=True)
        shutil.copytree(EXAMPLE / trained, model / trained)
        code = f"""
import json, os, sys, time
os.environ["AZUREML_MODEL_DIR"] = {str(model)!r}
sys.path.insert(0, {str(EXAMPLE / 'onlinescoring')!r})
import score
score.init()
body = open({str(EXAMPLE / 'request.json')!r}).read()
for _ in range(500): score.run(body)
for _ in sys.stdin:
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 1:
        for _ in range(100): json.dumps(score.run(body))
        count += 100
    print((time.perf_counter() - start) / count, flush=True)
"""
        self.process = subprocess.Popen([str(PEERS["azmlinfsrv"].python()), "-c", code], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def seconds(self):
        """Of one run, over a second in which nothing else is measured."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


def served(uri, key, requests=2000):
    """One caller, one connection: (median of the whole answer, median of run() as the worker timed it), in ms."""
    parts = urllib.parse.urlsplit(uri)
    body = (EXAMPLE / "request.json").read_bytes()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    whole, inside = [], []
    for _ in range(requests):
        start = time.perf_counter()
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        whole.append((time.perf_counter() - start) * 1e3)
        inside.append(float(answer.headers["x-ms-run-fn-exec-ms"]))
    connection.close()
    return statistics.median(whole), statistics.median(inside)


def measure_score(seconds, rounds, names, worker_counts, trained):
    needs("wrk", "wrk")
    server, alone = Server(fresh_home()), None
    try:
        trained_model(server)
        server.endpoint()
        alone = Alone(trained)
        for workers in worker_counts:
            server.deploy("blue", f'environment_variables: {{WORKER_COUNT: "{workers}"}}\n'
                                  "request_settings: {max_concurrent_requests_per_instance: 64}\n", trained)
            score_beside(server, names, workers, seconds, rounds, alone, trained)
    finally:
        if alone is not None:
            alone.close()
        server.close()


LEVELS = (1, 8, 32, 64)


def score_beside(server, names, workers, seconds, rounds, alone, trained):
    """Each peer in turn beside Farol, with no other running: some are not at rest when nobody asks them."""
    body = (EXAMPLE / "request.json").read_bytes()
    ours = json.loads(post(server.uri, body, {"Authorization": f"Bearer {server.key}"})[1])["progression"]
    farol = ("farol", server.uri, server.key, server.state["pid"], request_body())
    took, first, last = settled(farol[3], lambda: wrk(*farol[1:3], 32, 5, farol[4])["count"], limit=60)
    print(f"Farol is warm after {took:.0f} s of load: {first:.0f} µs a request in the first 5 s, {last:.0f} in the last.")
    beside, own = {}, {connections: [] for connections in LEVELS}
    for name in names:
        try:
            peer = PEERS[name](workers, trained)
        except Unavailable as reason:
            print(f"\n{name} is left out: {reason}")
            continue
        try:
            theirs = peer.answer()
            if [round(value, 1) for value in theirs] != ours:
                sys.exit(f"The answers differ: {ours} and, of {name}, {theirs}")
            targets = [farol, (name, peer.uri, "", peer.pid, peer.body())]
            for _, uri, key, _, sent in targets:
                wrk(uri, key, 16, 3, sent)
            for connections in LEVELS:
                pair = [[], []]
                for number in range(rounds):
                    for at in (0, 1) if number % 2 == 0 else (1, 0):
                        before = alone.seconds() if at == 0 else 0
                        pair[at].append(score_round(targets[at], connections, seconds, workers))
                        if at == 0:
                            # Right before and right after: the speed of a shared machine changes within seconds.
                            pair[at][-1]["alone"] = (before + alone.seconds()) / 2
                beside[name, connections] = pair
                own[connections] += pair[0]
        finally:
            peer.close()
    if not beside:
        sys.exit("No peer ran.")
    rows = []
    for connections in LEVELS:
        rows.append(score_row(connections, "farol", own[connections], ""))
        for name in names:
            if (name, connections) in beside:
                mine, runs = beside[name, connections]
                rows.append(score_row(connections, name, runs, "{:.2f} x rate, {:.2f} x p50, {:.2f} x p99, {:.2f} x CPU".format(
                    *(ratio(mine, runs, key) for key in ("rate", "p50", "p99", "cpu")))))
    table(f"One scikit-learn score.py, {trained}, two rows a request, {workers} worker{'s' if workers > 1 else ''} each; median of "
          f"{rounds} rounds of {seconds} s, each server alone with Farol",
          ["connections", "server", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "MB/worker", "not 2xx", "farol / it"], rows)
    reached = {connections: statistics.median(run["rate"] * run["alone"] / workers for run in own[connections])
               for connections in LEVELS[1:]}
    alone = statistics.median(run["alone"] for connections in LEVELS for run in own[connections])
    print(f"\nrun() alone in process: {alone * 1e6:.0f} µs, so the limit of {workers} is {workers / alone:.0f}/s; of what it does around each "
          "round Farol reaches " + ", ".join(f"{part:.2f} at {connections}" for connections, part in reached.items())
          + ". MB are of all processes of a server, what they share counted once.")
    print("Where the CPU of a request goes, µs: " + "; ".join(
        f"at {connections}: " + ", ".join(f"{kind} {median(own[connections], kind):.0f}" for kind in (*KINDS, "load"))
        for connections in LEVELS) + ".")
    if workers == 1:
        p50 = median(own[1], "p50")
        _, inside = served(server.uri, server.key)
        print(f"At one connection: {p50:.2f} ms p50, of which run() itself takes {inside:.2f} ms as the worker times it "
              f"(a caller that waits leaves the caches cold); gateway and replica add {p50 - inside:.2f} ms.")


KINDS = ("up", "replica", "python")


def cpu_kinds(root):
    """Seconds of CPU of `up` with its gateway, of its replicas, and of their Python."""
    spent = dict.fromkeys(KINDS, 0.0)
    for pid in tree(root):
        stat = stat_of(pid)
        line = command_line(pid)
        kind = "up" if pid == root else "replica" if " replica " in line + " " else "python"
        if stat:
            spent[kind] += stat[1]
    return spent


def score_round(target, connections, seconds, workers):
    name, uri, key, pid, sent = target
    before, kinds = cpu_seconds(pid), cpu_kinds(pid) if name == "farol" else {}
    result = wrk(uri, key, connections, seconds, sent)
    count = max(result["count"], 1)
    result["cpu"] = (cpu_seconds(pid) - before) / count * 1e6
    after = cpu_kinds(pid) if kinds else {}
    result.update({kind: (after[kind] - kinds[kind]) / count * 1e6 for kind in kinds})
    result["load"] = result["own"] / count * 1e6
    result["memory"] = proportional(pid) / workers
    say(f"{name} at {connections}: {result['rate']:.0f}/s, p50 {result['p50']:.2f} ms {result['socket']}")
    return result


def score_row(connections, name, runs, beside):
    return [connections, name, f"{median(runs, 'rate'):.0f}", f"{median(runs, 'p50'):.2f}", f"{median(runs, 'p99'):.2f}",
            f"{median(runs, 'cpu'):.0f}", f"{median(runs, 'memory'):.0f}", sum(run["bad"] for run in runs), beside]


# --- life --------------------------------------------------------------------------------------------------------------


def until_200(server, deadline=30):
    start = time.monotonic()
    body = (EXAMPLE / "request.json").read_bytes()
    while True:
        try:
            if post(server.uri, body, {"Authorization": f"Bearer {server.key}"})[0] == 200:
                return time.monotonic()
        except (urllib.error.URLError, OSError):
            pass
        if time.monotonic() - start > deadline:
            sys.exit("No answer within 30 s")
        time.sleep(0.005)


def measure_life(rounds):
    rows = {}
    add = lambda name, value: rows.setdefault(name, []).append(value)
    # The environment is built once, before anything is timed.
    first = Server(fresh_home())
    try:
        trained_model(first)
        first.endpoint()
        first.deploy("blue")
        for _ in range(rounds):
            first.farol("online-endpoint", "delete", "-n", "diabetes", "--yes")
            first.farol("down")
            start = time.monotonic()
            subprocess.run([FAROL, "up", "--detach", "--port", "0", "-o", "json"], env=first.env, check=True,
                           capture_output=True)
            add("up to ready, s", time.monotonic() - start)
            state = json.loads(first.farol("status", "-o", "json"))
            time.sleep(2)  # idle means idle: the figure is of a process at rest
            add("up, idle, resident MB", stat_of(state["pid"])[2] / 1e6)
            first.endpoint()
            start = time.monotonic()
            first.deploy("blue")
            add("create to first 200, first after up, s", until_200(first) - start)
            start = time.monotonic()
            first.deploy("green")
            add("create to first 200, zygote warm, right after another, s", until_200(first) - start)
            time.sleep(4)  # the replica that waits ahead of need is there again
            start = time.monotonic()
            first.deploy("red")
            add("create to first 200, zygote warm, s", until_200(first) - start)
            time.sleep(2)
            for pid in tree(state["pid"]):
                line = command_line(pid)
                if "replica" in line and "java" in line:
                    add("replica (Java), idle, resident MB", stat_of(pid)[2] / 1e6)
            victim = max((pid for pid in tree(state["pid"]) if "zygote" in command_line(pid) or "worker" in command_line(pid)),
                         default=None)
            if victim:
                os.kill(victim, signal.SIGKILL)
                start = time.monotonic()
                add("killed worker to next 200, s", until_200(first) - start)
        print_life(rows)
    finally:
        first.close()


def print_life(rows):
    targets = {
        "up to ready, s": 1.5, "up, idle, resident MB": 250, "create to first 200, first after up, s": 3,
        "create to first 200, zygote warm, s": 1,
        "create to first 200, zygote warm, right after another, s": 1,
        "replica (Java), idle, resident MB": 110,
        "killed worker to next 200, s": 0.3,
    }
    table("Starts and sizes, environment cached; the command line's own start is part of every figure",
          ["figure", "median", "min", "max", "to reach", "ratio"],
          [[name, f"{statistics.median(values):.2f}", f"{min(values):.2f}", f"{max(values):.2f}",
            f"<= {targets[name]}", f"{statistics.median(values) / targets[name]:.2f}"] for name, values in rows.items()])


# --- clients -----------------------------------------------------------------------------------------------------------


def sdk_python():
    python = WORK / "sdk" / "bin" / "python"
    if not python.exists():
        say("Installing azure-ai-ml into a throw-away environment …")
        subprocess.run([sys.executable, "-m", "venv", str(WORK / "sdk")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "azure-ai-ml==1.35.2", "azure-identity==1.27.0"], check=True)
    return python


def sdk_create(server, name):
    """(seconds of the whole process, its own seconds by part)."""
    script = [str(sdk_python()), str(ROOT / "bench" / "sdk_create.py"), name, str(EXAMPLE)]
    start = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", 'environment=$("$0" env) && eval "$environment" && exec "$@"', FAROL, *script],
        env=server.env, cwd=server.home, capture_output=True, text=True,
    )
    whole = time.monotonic() - start
    if done.returncode != 0:
        sys.exit(f"The SDK's script failed:\n{done.stdout}{done.stderr}")
    return whole, json.loads(done.stdout.strip().splitlines()[-1])


def cli_create(server, name):
    """Seconds of (create of the endpoint, create of the deployment), each a process."""
    text = (EXAMPLE / "blue-deployment.yml").read_text()
    for relative in ("model-blue", "onlinescoring", "environment/conda.yaml"):
        text = text.replace(f": {relative}\n", f": {EXAMPLE / relative}\n")
    path = server.home / f"{name}.yml"
    path.write_text(text.replace("endpoint_name: diabetes", f"endpoint_name: {name}"))
    times = [time.monotonic()]
    server.farol("online-endpoint", "create", "-n", name, "--auth-mode", "key")
    times.append(time.monotonic())
    server.farol("online-deployment", "create", "-f", str(path))
    times.append(time.monotonic())
    return times[1] - times[0], times[2] - times[1]


def measure_clients(rounds):
    server = Server(fresh_home())
    try:
        trained_model(server)
        server.farol("env", "--write-config", str(server.home))
        sdk_python()
        seconds = {}
        add = lambda client, **parts: [seconds.setdefault((client, part), []).append(value) for part, value in parts.items()]
        for round_number in range(-1, rounds):
            names = [f"bench-{client}-{round_number + 1}" for client in ("cli", "sdk")]
            if round_number % 2:
                whole, parts = sdk_create(server, names[1])
                cli = cli_create(server, names[0])
            else:
                cli = cli_create(server, names[0])
                whole, parts = sdk_create(server, names[1])
            for name in names:
                server.farol("online-endpoint", "delete", "-n", name, "--yes")
            if round_number < 0:
                continue  # the first builds the environment
            add("cli", endpoint=cli[0], deployment=cli[1], calls=sum(cli), process=sum(cli))
            add("sdk", **{"import": parts["import"]}, endpoint=parts["endpoint"], deployment=parts["deployment"],
                calls=parts["endpoint"] + parts["deployment"], process=whole)
        rows = []
        for part, label in (("endpoint", "create the endpoint"), ("deployment", "create the deployment"),
                            ("calls", "both, without the import of azure-ai-ml"), ("process", "both, processes from start to end")):
            sdk, cli = seconds["sdk", part], seconds["cli", part]
            ratio = statistics.median(a / b for a, b in zip(sdk, cli))
            rows.append([label, f"{statistics.median(sdk):.2f}", f"{statistics.median(cli):.2f}", f"{ratio:.2f}",
                         "<= 1.5" if part == "calls" else ""])
        table(f"azure-ai-ml 1.35.2 beside farol, environment cached; seconds, median of {rounds} interleaved rounds",
              ["", "azure-ai-ml", "farol", "ratio", "to reach"], rows)
        print(f"\nThe import of azure-ai-ml alone takes {statistics.median(seconds['sdk', 'import']):.2f} s.")
    finally:
        server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all",
                        choices=["score", "life", "clients", "gateway", "mirror", "snapshots", "rollout", "runtimes", "all"])
    parser.add_argument("--seconds", type=int, help="of one round (default: 5, of gateway 2, or 4 with --full)")
    parser.add_argument("--rounds", type=int, help="(default: 3, of gateway without --full 2)")
    parser.add_argument("--full", action="store_true", help="gateway: every combination, half an hour")
    parser.add_argument("--rate", type=int, help="requests a second (mirror, snapshots: 2000, rollout: 1000)")
    parser.add_argument("--endpoints", type=int, default=2000, help="snapshots: how many there are")
    parser.add_argument("--changes", type=int, default=50, help="snapshots: how many a second")
    parser.add_argument("--peers", default="azmlinfsrv", help="score: some of " + ",".join(PEERS) + ", or all")
    parser.add_argument("--workers", default="1", help="score: how many, as in 1,2")
    parser.add_argument("--model", default="blue", choices=["blue", "green"],
                        help="score: of the example; blue is a ridge regression, green a boosting of 120 trees")
    parser.add_argument("--models", default="", help=f"runtimes: some of {','.join(RUNTIME_MODELS)}")
    arguments = parser.parse_args()
    peers = list(PEERS) if arguments.peers == "all" else arguments.peers.split(",")
    if unknown := set(peers) - set(PEERS):
        parser.error(f"--peers: {', '.join(sorted(unknown))} (expected: {', '.join(PEERS)}, or all)")
    if unknown := set(filter(None, arguments.models.split(","))) - set(RUNTIME_MODELS):
        parser.error(f"--models: {', '.join(sorted(unknown))} (expected: {', '.join(RUNTIME_MODELS)})")
    if (busy := os.getloadavg()[0]) > 0.5:
        say(f"Others are at work (load average {busy:.1f}): ratios of CPU bear it, rates and latencies do not.")
    wanted = lambda what: arguments.what in (what, "all")
    seconds, rounds = arguments.seconds or 5, arguments.rounds or 3
    if wanted("life"):
        measure_life(rounds)
    if wanted("clients"):
        measure_clients(rounds)
    if wanted("gateway"):
        measure_gateway(arguments.seconds or (4 if arguments.full else 2),
                        arguments.rounds or (3 if arguments.full else 2), arguments.full)
    if wanted("mirror"):
        measure_mirror(seconds, rounds, arguments.rate or 2000)
    if wanted("snapshots"):
        measure_snapshots(seconds, rounds, arguments.rate or 2000, arguments.endpoints, arguments.changes)
    if wanted("rollout"):
        measure_rollout(arguments.rate or 1000)
    if wanted("runtimes"):
        measure_runtimes(seconds, rounds, arguments.models.split(",") if arguments.models else RUNTIME_MODELS)
    if wanted("score"):
        measure_score(seconds, rounds, peers, [int(count) for count in arguments.workers.split(",")],
                      f"model-{arguments.model}")


if __name__ == "__main__":
    main()
