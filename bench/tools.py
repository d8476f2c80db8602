"""What the benchmarks share: processes and their costs, Farol's command line, tables, and the two ends of a load."""

import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "bench" / ".work"
FAROL = str(ROOT / "farol")
EXAMPLE = ROOT / "examples" / "online" / "diabetes"
TICKS = os.sysconf("SC_CLK_TCK")


def say(text):
    print(text, file=sys.stderr, flush=True)


def farol(*arguments, check=True, env=None):
    done = subprocess.run([FAROL, *arguments], capture_output=True, text=True, env=env or os.environ)
    if check and done.returncode != 0:
        sys.exit(f"farol {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def post(url, body, headers=None, timeout=30):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.status, answer.read()


def stat_of(pid):
    """(parent, cpu seconds, resident bytes) of a process; None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
        fields = text[text.rindex(")") + 2 :].split()
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS, resident
    except (OSError, ValueError):
        return None


def tree(root):
    """The pids of a process and all its descendants."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := stat_of(int(entry.name))):
            parents[int(entry.name)] = stat[0]
    found, frontier = {root}, [root]
    while frontier:
        parent = frontier.pop()
        for pid, its_parent in parents.items():
            if its_parent == parent and pid not in found:
                found.add(pid)
                frontier.append(pid)
    return found


def cpu_seconds(root):
    return sum(stat[1] for pid in tree(root) if (stat := stat_of(pid)))


def cpu_split(root):
    """(user, system) seconds of a process and all its descendants."""
    user = system = 0
    for pid in tree(root):
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
            fields = text[text.rindex(")") + 2 :].split()
            user, system = user + int(fields[11]) / TICKS, system + int(fields[12]) / TICKS
        except (OSError, ValueError):
            pass  # it is gone
    return user, system


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def table(title, header, rows):
    print(f"\n{title}\n")
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    line = lambda row: "| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |"
    print(line(header))
    print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    for row in rows:
        print(line(row))


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def proportional(root):
    """MB of a process and all its descendants, what they share counted once."""
    total = 0
    for pid in tree(root):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])
        except (OSError, TypeError):
            pass  # it is gone
    return total / 1000


def needs(program, package):
    if not shutil.which(program):
        sys.exit(f"This benchmark needs {program}, which is not on PATH (Debian and Ubuntu: apt install {package}).")


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def ratio(ours, theirs, key):
    """The median of the ratios of paired rounds."""
    return statistics.median(a[key] / b[key] for a, b in zip(ours, theirs) if b[key])


# --- a Farol -----------------------------------------------------------------------------------------------------------


class Server:
    def __init__(self, home):
        self.home = home
        self.env = {**os.environ, "FAROL_HOME": str(home)}
        self.state = json.loads(farol("up", "--detach", "--port", "0", "-o", "json", env=self.env))

    def farol(self, *arguments, check=True):
        return farol(*arguments, check=check, env=self.env)

    def deploy(self, name, extra="", trained="model-blue"):
        folder = self.home / "deploy"
        folder.mkdir(exist_ok=True)
        text = (EXAMPLE / "blue-deployment.yml").read_text().replace("model-blue", trained)
        for relative in (trained, "onlinescoring", "environment/conda.yaml"):
            text = text.replace(f": {relative}\n", f": {EXAMPLE / relative}\n")
        text = text.replace("name: blue\n", f"name: {name}\n", 1) + extra
        path = folder / f"{name}.yml"
        path.write_text(text)
        self.farol("online-deployment", "create", "-f", str(path), "--all-traffic")

    def endpoint(self):
        self.farol("online-endpoint", "create", "-f", str(EXAMPLE / "endpoint.yml"))
        self.uri = self.farol("online-endpoint", "show", "-n", "diabetes", "--query", "scoring_uri", "-o", "tsv").strip()
        self.key = self.farol(
            "online-endpoint", "get-credentials", "-n", "diabetes", "--query", "primaryKey", "-o", "tsv"
        ).strip()

    def close(self):
        self.farol("down", check=False)
        shutil.rmtree(self.home, ignore_errors=True)


def fresh_home():
    WORK.mkdir(parents=True, exist_ok=True)
    home = WORK / f"home-{os.getpid()}-{time.monotonic_ns()}"
    home.mkdir()
    return home


def trained_model(server):
    if not (EXAMPLE / "model-green" / "model.joblib").exists():
        server.farol("python", "--conda-file", str(EXAMPLE / "environment/conda.yaml"), str(EXAMPLE / "train.py"))


# --- load --------------------------------------------------------------------------------------------------------------


def cpus():
    """(those of what is measured, those of the load): one and the rest; None for both when there is but one."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[:1], mine[1:]) if len(mine) > 1 else (None, None)


def pinned(command, to):
    return ["taskset", "-c", ",".join(map(str, to)), *command] if to and shutil.which("taskset") else command


def settled(pid, load, limit=240):
    """Loads a server until its cost per request falls no more: a JVM compiles what is hot while it runs, and that shares
    the cores. `load` answers how many requests it made. Returns (seconds, µs per request at first, at last)."""
    begun, costs = time.monotonic(), []
    while time.monotonic() - begun < limit:
        before = cpu_seconds(pid)
        count = load()
        costs.append((cpu_seconds(pid) - before) / max(count, 1) * 1e6)
        if len(costs) > 3 and min(costs[-2:]) > 0.95 * min(costs[:-2]):
            break
    return time.monotonic() - begun, costs[0], costs[-1]


def wrk(uri, key, connections, seconds, body, headers=None, to=None, lines=None):
    """One run of wrk: requests per second, percentiles in ms, what was not answered well, and its own seconds of CPU."""
    WORK.mkdir(parents=True, exist_ok=True)
    script, sent = WORK / f"post-{os.getpid()}.lua", WORK / f"post-{os.getpid()}.body"
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
    if isinstance(body, bytes):
        sent.write_bytes(body)
        given = f"local sent = io.open('{sent}', 'rb')\nwrk.body = sent:read('*a')\nsent:close()\n"
    else:
        given = f"wrk.body = '{body}'\n" if isinstance(body, str) else f"wrk.body = string.rep('a', {body})\n"
    script.write_text(
        "wrk.method = 'POST'\n"
        + given
        + "".join(f"wrk.headers['{name}'] = '{value}'\n" for name, value in headers.items())
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            pinned(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(script),
                    uri], to),
            capture_output=True, text=True, check=True,
        ).stdout
    finally:
        script.unlink()
        sent.unlink(missing_ok=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
    percentile = lambda p: (lambda m: float(m[1]) * unit[m[2]] if m else float("nan"))(
        re.search(rf" {p}%\s+([\d.]+)(us|ms|s|m)\b", done))
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1]),
        "count": int(re.search(r"(\d+) requests in", done)[1]),
        "p50": percentile(50),
        "p99": percentile(99),
        "bad": int((re.search(r"Non-2xx or 3xx responses: (\d+)", done) or [0, 0])[1]),
        "socket": (re.search(r"Socket errors: (.*)", done) or ["", ""])[1],
        "own": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }


def farol_built():
    """(JDK, class path) of the distribution, built when it is not."""
    dist = ROOT / "app" / "target" / "farol"
    farol("--help")
    return (dist / ".built").read_text().splitlines()[0], (dist / "classpath").read_text().strip()


def load_classes():
    """The class path of bench/load, compiled against the distribution."""
    jdk, dist = farol_built()
    classes = WORK / "classes"
    sources = sorted((ROOT / "bench" / "load").glob("*.java"))
    mark = classes / ".compiled"
    if not mark.exists() or mark.read_text() != dist or any(s.stat().st_mtime > mark.stat().st_mtime for s in sources):
        shutil.rmtree(classes, ignore_errors=True)
        classes.mkdir(parents=True)
        subprocess.run([f"{jdk}/bin/javac", "-proc:none", "-nowarn", "-cp", dist, "-d", str(classes), *map(str, sources)],
                       check=True)
        mark.write_text(dist)
    return f"{classes}:{dist}"


# As ./farol starts a server.
JVM = ["-XX:+UseSerialGC", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED",
       "--sun-misc-unsafe-memory-access=allow", "-Dfile.encoding=UTF-8", "-Duser.language=en"]


class Tool:
    """A process of bench/load that takes lines on stdin and answers each with one; it ends with its stdin."""

    def __init__(self, name, *arguments, to=None, options=()):
        classes = load_classes()
        self.process = subprocess.Popen(
            pinned([f"{farol_built()[0]}/bin/java", *JVM, *options, "-cp", classes, name, *map(str, arguments)], to),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "MALLOC_ARENA_MAX": "2"})
        self.pid = self.process.pid

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"A tool of the load ended with status {self.process.wait()}.")
        return line.strip()

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def run_load(what, to=None, **settings):
    """One run of a caller of bench/load; its figures."""
    jdk, _ = farol_built()
    done = subprocess.run(
        pinned([f"{jdk}/bin/java", *JVM, "-Xmx256m", "-cp", load_classes(), "Load", what,
                *(f"{name}={value}" for name, value in settings.items())], to),
        capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
