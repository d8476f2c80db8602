"""A replica that only plays one: speaks the event protocol, answers GET /, and fails as FAKE_MODE asks.

Workers are children of their own (python processes that hang, eat memory or hide), as those of a
zygote would be. Everything ends when standard input does.
"""
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time

spec = json.load(open(sys.argv[sys.argv.index("--spec") + 1]))
variables = spec["environmentVariables"]
mode = variables.get("FAKE_MODE", "serves")
if "FAKE_MODE_FILE" in variables:
    mode = open(variables["FAKE_MODE_FILE"]).read()
log = open(os.path.join(spec["logDir"], "console.log"), "a", buffering=1)
healthy = threading.Event()
told_to_end = threading.Event()
running = []
workers = []


def say(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def end(code):
    for worker in workers:
        worker.kill()
    os._exit(code)


def parent_watch():
    while os.read(0, 4096):
        pass
    end(9)


def worker(code):
    child = subprocess.Popen([sys.executable, "-S", "-E", "-c", code], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, start_new_session=mode == "hides")
    workers.append(child)
    say(event="worker", pid=child.pid, state="started", exitCode=None)
    return child


def watch(child):
    code = child.wait()
    say(event="worker", pid=child.pid, state="exited", exitCode=code if code >= 0 else 128 - code)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/crash":
            end(7)
        if self.path == "/sick":
            healthy.clear()
        if self.path == "/well":
            healthy.set()
        if self.path == "/slow":
            running.append(self)
            log.write("slow request begins\n")
            told_to_end.wait()
        ok = healthy.is_set() or self.path != "/"
        body = b"Healthy" if ok else b"no"
        self.send_response(200 if ok else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self in running:
            running.remove(self)

    def log_message(self, *args):
        pass


def drain(*_):
    log.write("draining\n")
    told_to_end.set()
    threading.Thread(target=finish, daemon=True).start()


def finish():
    server.shutdown()
    while running:
        time.sleep(0.01)
    end(0)


threading.Thread(target=parent_watch, daemon=True).start()
log.write(f"attempt of {spec['instance']} in {mode}, zygote {spec['script']['zygoteSocket']}\n")
if mode == "crashes-at-once":
    sys.stderr.write("no such library\n")
    sys.exit(5)
if mode == "fails":
    say(event="phase", phase="code")
    log.write('Traceback (most recent call last):\n  File "%s/score.py", line 3, in <module>\n'
              "    import joblb\nModuleNotFoundError: No module named 'joblb'\n" % spec["script"]["appRoot"])
    say(event="failed", phase="code", exception="ModuleNotFoundError: No module named 'joblb'",
        location="score.py:3 in <module>: import joblb", exitCode=1, message="worker ended")
    sys.exit(3)
if mode == "heals" and not os.path.exists(variables["FAKE_CURE"]):
    say(event="failed", phase="init", exception="OSError: [Errno 98] Address already in use",
        location="score.py:5 in init: server.bind(('127.0.0.1', 4242))", exitCode=1, message=None)
    sys.exit(3)
signal.signal(signal.SIGTERM, signal.SIG_IGN if mode == "ignores-sigterm" else drain)
if mode == "never-listens":
    time.sleep(3600)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
say(event="listening", host="127.0.0.1", port=server.server_address[1])
say(event="phase", phase="init")
if mode == "eats-memory":
    child = worker("b = []\nwhile True: b.append(bytearray(b'x' * (4 << 20)))")
    code = child.wait()
    say(event="worker", pid=child.pid, state="exited", exitCode=128 - code)
    say(event="failed", phase="init", exception=None, location=None, exitCode=128 - code,
        message="worker ended")
    end(3)
child = worker({
    "forks": "import subprocess, sys, time\n"
             "subprocess.Popen([sys.executable, '-S', '-E', '-c', 'import time; time.sleep(3600)'])\n"
             "time.sleep(3600)",
    "hides": "import subprocess, sys, time\n"
             "subprocess.Popen([sys.executable, '-S', '-E', '-c', 'import os, sys\\n"
             "if os.fork() == 0:\\n  os.setsid()\\n"
             "  os.execv(sys.executable, [sys.executable, \"-S\", \"-c\", \"import time; time.sleep(3600)\"])'])\n"
             "time.sleep(3600)",
}.get(mode, "import time; time.sleep(3600)"))
threading.Thread(target=watch, args=(child,), daemon=True).start()
if mode == "hangs-in-init":
    time.sleep(3600)
say(event="worker", pid=child.pid, state="ready", exitCode=None)
healthy.set()
say(event="ready")
while True:
    time.sleep(3600)
