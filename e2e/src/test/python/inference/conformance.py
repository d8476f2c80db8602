"""Sends the same requests to azureml-inference-server-http and to a replica of Farol, and compares every answer.

    conformance.py --farol ./farol --python VENV/bin/python [--only NAME] [--record FILE]
    conformance.py --farol ./farol --python python3 --recorded FILE

With --recorded the other server's answers come from a file, and only scenarios run that need no package. Dates, made
ids, milliseconds and the servers' names are left out of the comparison; whatever else differs must be in
differences.py with its reason, and whatever is in there must differ.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import cases
import differences
import wire

LEFT_OUT = {"date", "server", "connection", "keep-alive"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
START = 90
# A longer body is compared, and recorded, by its digest.
LONG = 5000


class Failed(Exception):
    pass


class Running:
    """A started server, or the exit code of one that did not start."""

    def __init__(self, process, port, exit_code, log):
        self.process = process
        self.port = port
        self.exit_code = exit_code
        self.log = log

    def stop(self):
        if self.process.poll() is None:
            if self.process.stdin:
                self.process.stdin.close()
            else:
                self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def folder_of(scenario, parent, name):
    root = os.path.join(parent, name)
    for path, content in scenario.files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(content)
    os.makedirs(root, exist_ok=True)
    return root


def variables_of(scenario, root):
    return {name: value.replace("{root}", root) for name, value in scenario.variables.items()}


def base_environment():
    kept = ("PATH", "HOME", "LANG", "JAVA_HOME", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def start_peer(python, scenario, parent):
    root = folder_of(scenario, parent, "peer")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = open(os.path.join(parent, "peer.log"), "w+b")
    environment = dict(base_environment(), PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1")
    environment.update(variables_of(scenario, root))
    process = subprocess.Popen(
        [python, "-m", "azureml_inference_server_http", "--entry_script", scenario.entry, "--port", str(port)],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return Running(process, None, process.returncode, log.name)
        try:
            if wire.send(port, "GET", "/") is not None:
                return Running(process, port, None, log.name)
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise Failed("%s: the other server did not start" % scenario.name)


def start_farol(farol, python, scenario, parent):
    root = folder_of(scenario, parent, "farol")
    spec = {
        "instance": "i",
        "endpoint": "",
        "deployment": "d",
        "script": {
            "python": python,
            "environmentKey": "e",
            "zygoteSocket": None,
            "appRoot": root,
            "scoringScript": scenario.entry,
            "workers": 1,
        },
        "nativeModel": None,
        "modelDir": None,
        "environmentVariables": variables_of(scenario, root),
        "requestSettings": {
            "maxConcurrentRequestsPerInstance": 4,
            "maxQueueWait": "PT5S",
            "requestTimeout": "PT30S",
        },
        "startTimeout": "PT60S",
        "runDir": os.path.join(parent, "run"),
        "logDir": os.path.join(parent, "logs"),
    }
    path = os.path.join(parent, "replica.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(spec, file)
    log = open(os.path.join(parent, "farol.log"), "w+b")
    process = subprocess.Popen(
        [farol, "replica", "--spec", path],
        env=base_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
    )
    guard = threading.Timer(START, process.kill)
    guard.start()
    console = os.path.join(spec["logDir"], "console.log")
    port = None
    try:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "listening":
                port = event["port"]
            elif event["event"] == "ready":
                return Running(process, port, None, console)
        return Running(process, None, process.wait(), console)
    finally:
        guard.cancel()


def seen(answer):
    """What is compared of an answer."""
    if answer is None:
        return {"closed": True}
    headers = sorted([name, shown(name, value)] for name, value in answer.headers if name not in LEFT_OUT)
    body = answer.body.decode("latin-1")
    if len(body) > LONG:
        body = "%d bytes, SHA-256 %s" % (len(body), hashlib.sha256(answer.body).hexdigest())
    told = {"status": answer.status, "headers": headers, "body": body}
    if not answer.whole:
        told["cut"] = True
    return told


def shown(name, value):
    if name == "x-ms-run-fn-exec-ms" and re.fullmatch(r"\d+\.\d{3}", value):
        return "<ms>"
    if name in ("x-request-id", "x-ms-request-id", "x-ms-client-request-id"):
        return UUID.sub("<uuid>", value)
    if name == "expires":
        return "<date>"
    if name == "allow":
        return ", ".join(sorted(value.split(", ")))
    if name == "x-ms-server-version" and re.fullmatch(r"(azmlinfsrv|farol)/\S+", value):
        return "<server>/<version>"
    return value


def answers(running, scenario):
    if running.port is None:
        return {"start": {"exit": running.exit_code}}
    found = {"start": {"exit": None}}
    for label, method, target, headers, body, *chunks in scenario.requests:
        if label in found:
            raise Failed("%s: two requests are called %s" % (scenario.name, label))
        found[label] = seen(wire.send(running.port, method, target, headers, body, *chunks))
    return found


def run(start, scenario):
    parent = tempfile.mkdtemp(prefix="farol-inference-")
    try:
        running = start(scenario, parent)
        try:
            return answers(running, scenario), text_of(running.log)
        finally:
            running.stop()
    finally:
        shutil.rmtree(parent)


def text_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def difference(one, other):
    """One line, or None."""
    parts = []
    for key in ("exit", "closed", "status", "cut"):
        if one.get(key) != other.get(key):
            parts.append("%s %s, here %s" % (key, one.get(key), other.get(key)))
    mine, theirs = other.get("headers", []), one.get("headers", [])
    for name, value in theirs:
        if [name, value] not in mine:
            parts.append("-%s: %s" % (name, value[:120]))
    for name, value in mine:
        if [name, value] not in theirs:
            parts.append("+%s: %s" % (name, value[:120]))
    if one.get("body") != other.get("body"):
        parts.append("body %r, here %r" % (short(one.get("body")), short(other.get("body"))))
    if not parts and one != other:
        parts.append("repeated headers differ")
    return "; ".join(parts) or None


def short(text):
    return text if text is None or len(text) < 400 else text[:300] + "..." + text[-60:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--farol", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--only", action="append")
    parser.add_argument("--recorded")
    parser.add_argument("--record")
    parser.add_argument("--logs", action="store_true")
    options = parser.parse_args()
    recorded = None
    if options.recorded:
        with open(options.recorded, encoding="utf-8") as file:
            recorded = json.load(file)
    python = subprocess.run(
        [options.python, "-c", "import sys; print(sys.executable)"], check=True, capture_output=True, text=True
    ).stdout.strip()
    kept, wrong, compared, used = {}, [], 0, set()
    for scenario in cases.SCENARIOS:
        if options.only and scenario.name not in options.only:
            continue
        quick = scenario.name in cases.QUICK
        if recorded is not None and not quick:
            continue
        if recorded is None:
            theirs, log = run(lambda *a: start_peer(python, *a), scenario)
            if options.logs:
                print(log)
        else:
            theirs = recorded[scenario.name]
        if theirs["start"]["exit"] != scenario.exit:
            raise Failed("%s: the other server ended with %s" % (scenario.name, theirs["start"]["exit"]))
        if quick:
            kept[scenario.name] = theirs
        mine, log = run(lambda *a: start_farol(options.farol, python, *a), scenario)
        if options.logs:
            print(log)
        for label, answer in theirs.items():
            compared += 1
            found = difference(answer, mine.get(label, {}))
            reason = differences.reason(scenario.name, label)
            if reason is not None:
                used.add(reason)
            if found is not None and reason is None:
                wrong.append("%s | %s | %s" % (scenario.name, label, found))
            elif found is None and reason is not None:
                wrong.append("%s | %s | does not differ any more" % (scenario.name, label))
    if not options.only and recorded is None:
        wrong += ["%s | nobody asks for it" % one for one in differences.REASONS if one not in used]
    if options.record:
        with open(options.record, "w", encoding="utf-8") as file:
            # A line an answer: a change is read at a glance.
            file.write("{\n")
            for at, (name, found) in enumerate(sorted(kept.items())):
                file.write(",\n" if at else "")
                rows = ["  %s: %s" % (json.dumps(label), json.dumps(one)) for label, one in found.items()]
                file.write("%s: {\n%s\n}" % (json.dumps(name), ",\n".join(rows)))
            file.write("\n}\n")
    for line in wrong:
        print(line)
    print("%d answers compared, %d differ without a reason, %d differ with one" % (compared, len(wrong), len(used)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
