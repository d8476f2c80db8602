"""Changes of a deployment under steady load: how many requests are lost by each.

A Farol of its own, one endpoint, one deployment, and an open loop of so many requests a second against it (each is sent
when it is due, whatever became of those before), each case with a load of its own.
"""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tools import EXAMPLE, JVM, WORK, Server, command_line, farol_built, fresh_home, load_classes, say, table, tree

SCRIPT = '''"""As little as a script can do, so that what is seen is the platform."""

import json


def init():
    pass


def run(raw_data):
    return {"sum": sum(json.loads(raw_data)["data"])}
'''


class OpenLoop:
    """A load in the background, until it is told to stop."""

    def __init__(self, server, rate):
        settings = {"uri": server.uri, "key": server.key, "rate": rate, "seconds": 600, "warm": 2, "until": "stdin",
                    "body": WORK / "rollout-body.json"}
        (WORK / "rollout-body.json").write_text('{"data": [1, 2, 3]}')
        self.process = subprocess.Popen(
            [f"{farol_built()[0]}/bin/java", *JVM, "-Xmx256m", "-cp", load_classes(), "Load", "open",
             *(f"{name}={value}" for name, value in settings.items())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self):
        out, _ = self.process.communicate("stop\n", timeout=60)
        return json.loads(out)


def definition(server, count, mark):
    folder = server.home / "light"
    (folder / "code").mkdir(parents=True, exist_ok=True)
    (folder / "code" / "score.py").write_text(SCRIPT)
    path = folder / "light.yml"
    path.write_text(f"""name: light
endpoint_name: diabetes
code_configuration: {{code: code, scoring_script: score.py}}
environment: {{conda_file: {EXAMPLE / "environment" / "conda.yaml"}, image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"}}
environment_variables: {{MARK: "{mark}"}}
instance_type: Standard_DS3_v2
instance_count: {count}
request_settings: {{max_concurrent_requests_per_instance: 200, max_queue_wait_ms: 5000, request_timeout_ms: 30000}}
""")
    return str(path)


def sockets(pid):
    """The inodes of a process's sockets."""
    found = set()
    try:
        for each in Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(each)
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        pass  # it is gone, or one of its files is
    return found


def busiest(server):
    """The instance's server to which the gateway has the most connections; the one that waits ahead of need has none."""
    established = set()
    for table_of in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table_of}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "01":
                established.add(fields[9])
    candidates = [pid for pid in tree(server.state["pid"]) if pid != server.state["pid"] and "java" in command_line(pid)]
    return max(candidates, key=lambda pid: len(sockets(pid) & established))


def measure_rollout(rate):
    server = Server(fresh_home())
    marks = iter(range(1, 1000))
    update = lambda count: server.farol("online-deployment", "update", "-f", definition(server, count, next(marks)))
    scale = lambda count: server.farol(
        "online-deployment", "update", "-n", "light", "-e", "diabetes", "--set", f"instance_count={count}")
    restart = lambda: server.farol("online-deployment", "restart", "-n", "light", "-e", "diabetes")
    rows = []

    def case(name, goal, change):
        load = OpenLoop(server, rate)
        time.sleep(4)
        start = time.monotonic()
        change()
        took = time.monotonic() - start
        time.sleep(3)
        figures = load.stop()
        bad = {what: count for what, count in figures["results"].items() if what != "200"}
        rows.append([name, f"{took:.1f}", figures["sent"], sum(bad.values()),
                     ", ".join(f"{count} x {what}" for what, count in bad.items()), figures["underWay"],
                     f"{figures['p50']:.1f}", f"{figures['p99']:.1f}", f"{figures['max']:.0f}", goal])
        say(f"{name}: {figures}")

    def kill():
        os.kill(busiest(server), signal.SIGKILL)
        time.sleep(8)  # until there are two again

    try:
        server.endpoint()
        server.farol("online-deployment", "create", "-f", definition(server, 1, 0), "--all-traffic")
        warming = OpenLoop(server, rate)
        time.sleep(10)
        warming.stop()
        case("nothing", "0", lambda: time.sleep(5))
        case("rolling update, 1 instance", "0", lambda: update(1))
        case("restart of one instance", "0", restart)
        case("scale 1 to 2", "0", lambda: scale(2))
        case("rolling update, 2 instances", "0", lambda: update(2))
        case("restart of two", "0", restart)
        case("kill -9 of 1 of 2 instances", "only 502, <= under way", kill)
        case("scale 2 to 1", "0", lambda: scale(1))
        table(f"Changes under {rate} requests a second",
              ["change", "s", "requests", "failed", "how", "most under way", "p50 ms", "p99 ms", "max ms", "to reach"], rows)
    finally:
        server.close()
