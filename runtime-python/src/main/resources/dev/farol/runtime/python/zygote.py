"""A zygote: a process that has imported what workers import, and forks them.

    zygote.py --socket PATH --imports FILE

Prints `ready` when it listens and ends when its stdin does. A replica connects to the socket and
writes JSON lines:
    {"op": "spawn", "id": ..., "launch": {...}, "env": {...}, "own": [...], "fresh": bool}
    {"op": "kill", "pid": ...}
    {"op": "learn", "modules": [...]}
and reads:
    {"event": "spawned", "id": ..., "pid": ..., "fresh": bool}
    {"event": "exited", "pid": ..., "code": exit code or 128 + signal}
    {"event": "refused", "id": ..., "message": ...}
When a connection closes, the workers that were asked for through it are killed. When stdin ends,
nobody is left who would end what their scripts have started: that is killed too.

There is one thread, because only a process of one thread may fork without fear. What a worker
reports to have imported is tried in a process of its own first; only what proves harmless is
imported here, when nobody waits.

Standard library only, Python 3.8 or newer.
"""

import argparse
import errno
import gc
import json
import os
import random
import selectors
import signal
import socket
import struct
import sys
import time

QUIET = 0.5  # seconds without a request before something is imported
STATE = "FAROL_ZYGOTE_STATE"
MARK = "FAROL_INSTANCE"  # a variable that says of every process whose it is
PATIENCE = 5.0  # seconds until what was killed is given up
LATELY = 10.0  # seconds by which a replica may end before the one that started it is missed here
CHECKED_SIGNALS = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


def load_sibling(name):
    """Imports a file beside this one under a name that no user's module has."""
    import importlib.util

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
    spec = importlib.util.spec_from_file_location("_farol_" + name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["_farol_" + name] = module
    spec.loader.exec_module(module)
    return module


class Forked(BaseException):
    """Raised in the child, so that it leaves the zygote's frames behind."""

    def __init__(self, launch):
        super().__init__()
        self.launch = launch


class Client:
    """A connected replica and its workers."""

    def __init__(self, sock, buffer=b"", pids=(), marks=()):
        self.sock = sock
        self.buffer = buffer
        self.pids = set(pids)
        self.marks = set(marks)

    def send(self, message):
        try:
            self.sock.setblocking(True)
            self.sock.settimeout(5)
            self.sock.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            # The reading side notices that the replica is gone.
            return
        finally:
            self.sock.setblocking(False)


class Probe:
    """A child that tries imports and writes what it finds, one JSON line a module."""

    def __init__(self, pid, pipe, names):
        self.pid = pid
        self.pipe = pipe
        self.names = names
        self.output = b""


class Zygote:
    def __init__(self, path, preload, worker, listener, state):
        self._path = path
        self._preload = preload
        self._worker = worker
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._clients = {}
        self._dropped = []
        self._probe = None
        self._learn = []
        self._last_use = time.monotonic()
        self._wake, self._wake_write = socket.socketpair()
        for sock in (self._wake, self._wake_write, listener):
            sock.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write.fileno(), warn_on_full_buffer=False)
        self._selector.register(0, selectors.EVENT_READ)
        self._selector.register(listener, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        for kept in state:
            sock = socket.socket(fileno=kept["fd"])
            sock.set_inheritable(False)
            self._add(Client(sock, kept["buffer"].encode("latin-1"), kept["pids"], kept["marks"]))

    def _add(self, client):
        client.sock.setblocking(False)
        self._clients[client.sock.fileno()] = client
        self._selector.register(client.sock, selectors.EVENT_READ)

    def run(self):
        """Serves until stdin ends."""
        self._reap()
        while True:
            for key, _ in self._selector.select(self._pause()):
                if key.fd == 0:
                    if not os.read(0, 4096):
                        return
                elif key.fd == self._listener.fileno():
                    self._accept()
                elif key.fd == self._wake.fileno():
                    self._drain_wake()
                    self._reap()
                elif self._probe is not None and key.fd == self._probe.pipe:
                    self._read_probe()
                elif key.fd in self._clients:
                    self._read(self._clients[key.fd])
            self._idle()

    def _pause(self):
        """How long to wait at most: until there is something to import."""
        if self._probe is None and (self._learn or self._preload.pending()):
            return max(0.0, self._last_use + QUIET - time.monotonic())
        return None

    def _idle(self):
        if self._pause() != 0.0:
            return
        if self._preload.pending():
            self.preload()
        elif self._learn:
            names, self._learn = self._preload.unknown(self._learn), []
            if names:
                self._start_probe(names)

    def preload(self):
        """Imports what is known to be good; starts over without what was not after all."""
        culprit = self._preload.load()
        if culprit is not None:
            text = "%s does not survive a fork; starting over without it" % culprit
            print(text, file=sys.stderr, flush=True)
            self._start_over()

    def _accept(self):
        try:
            sock, _ = self._listener.accept()
        except BlockingIOError:
            return
        self._add(Client(sock))

    def _drain_wake(self):
        try:
            while self._wake.recv(4096):
                pass
        except BlockingIOError:
            return

    def _read(self, client):
        try:
            data = client.sock.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        *lines, client.buffer = (client.buffer + data).split(b"\n")
        for line in lines:
            self._handle(client, json.loads(line))

    def _handle(self, client, request):
        self._last_use = time.monotonic()
        op = request["op"]
        if op == "spawn":
            self._spawn(client, request)
        elif op == "kill":
            if request["pid"] in client.pids:
                kill_worker(request["pid"])
        elif op == "learn":
            self._learn += self._preload.unknown(request["modules"])

    def _spawn(self, client, request):
        launch, env = request["launch"], request["env"]
        reason = "asked for" if request.get("fresh") else None
        if reason is None:
            reason = self._preload.needs_fresh(env, request["own"], launch["appRoot"])
        launch["parent"] = os.getpid()
        try:
            pid = self._fork(launch, env) if reason is None else self._start(launch, env)
        except OSError as ex:
            client.send({"event": "refused", "id": request["id"], "message": str(ex)})
            return
        client.pids.add(pid)
        if MARK in env:
            client.marks.add(env[MARK])
        client.send(
            {"event": "spawned", "id": request["id"], "pid": pid, "fresh": reason is not None}
        )

    def _start(self, launch, env):
        """A process that shares nothing with this one."""
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
        nothing = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
        return os.posix_spawn(
            sys.executable,
            [sys.executable, script, json.dumps(launch)],
            env,
            file_actions=nothing + [(os.POSIX_SPAWN_DUP2, 2, 1)],
            setsigmask=[],
            setsigdef=CHECKED_SIGNALS,
        )

    def _fork(self, launch, env):
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()
        pid = os.fork()
        if pid:
            return pid
        try:
            self._become_child()
            os.environ.clear()
            os.environ.update(env)
            time.tzset()
            reseed()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        raise Forked(launch)

    def _become_child(self):
        """Lets go of everything that belongs to the zygote."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in CHECKED_SIGNALS:
            default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else default)
        self._selector.close()
        for client in self._clients.values():
            client.sock.close()
        for sock in (self._listener, self._wake, self._wake_write):
            sock.close()
        if self._probe is not None:
            os.close(self._probe.pipe)

    def _reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for client in self._clients.values():
                if pid in client.pids:
                    client.pids.discard(pid)
                    # What the worker itself left running goes with it.
                    kill_group(pid)
                    client.send({"event": "exited", "pid": pid, "code": exit_code(status)})

    def _drop(self, client):
        self._selector.unregister(client.sock)
        del self._clients[client.sock.fileno()]
        lately = time.monotonic() - LATELY
        self._dropped = [one for one in self._dropped if one[0] > lately]
        self._dropped.append((time.monotonic(), peer(client.sock), client.marks))
        client.sock.close()
        for pid in client.pids:
            kill_worker(pid)

    def _start_probe(self, names):
        read, write = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            try:
                self._worker.die_with_parent(None)
                self._become_child()
                os.close(read)
                for stream in (0, 1):
                    os.dup2(os.open(os.devnull, os.O_RDWR), stream)
                for found in self._preload.probe(names):
                    os.write(write, json.dumps(found).encode() + b"\n")
                os.write(write, b"null\n")
            finally:
                os._exit(0)
        os.close(write)
        self._probe = Probe(pid, read, names)
        self._selector.register(read, selectors.EVENT_READ)

    def _read_probe(self):
        probe = self._probe
        data = os.read(probe.pipe, 1 << 16)
        if data:
            probe.output += data
            return
        self._selector.unregister(probe.pipe)
        os.close(probe.pipe)
        self._probe = None
        found = [json.loads(line) for line in probe.output.splitlines()]
        ended_well = found[-1:] == [None]
        found = [one for one in found if one is not None]
        bad = {culprit: problem for _, culprit, problem in found if culprit is not None}
        tried = {name for name, _, _ in found}
        rest = [n for n in probe.names if n not in tried and n.partition(".")[0] not in bad]
        if rest and not ended_well:
            bad[rest[0].partition(".")[0]] = "ends the process that imports it"
        self._preload.add([name for name, culprit, _ in found if culprit is None], bad)
        self._learn += rest

    def close(self):
        """Kills every worker and what they started, and removes the socket."""
        for client in list(self._clients.values()):
            self._drop(client)
        lately = time.monotonic() - LATELY
        dropped = [one for one in self._dropped if one[0] > lately]
        # A replica ends by itself, in its own order.
        kill_marked(set().union(*(one[2] for one in dropped)), {one[1] for one in dropped})
        if self._probe is not None:
            kill_worker(self._probe.pid)
        try:
            os.unlink(self._path)
        except FileNotFoundError:
            return

    def _start_over(self):
        """The same process id, connections and children; nothing imported."""
        state = []
        for fd, client in self._clients.items():
            os.set_inheritable(fd, True)
            kept = {"fd": fd, "buffer": client.buffer.decode("latin-1")}
            state.append({**kept, "pids": list(client.pids), "marks": list(client.marks)})
        os.set_inheritable(self._listener.fileno(), True)
        kept = json.dumps({"listener": self._listener.fileno(), "clients": state})
        signal.set_wakeup_fd(-1)
        if self._probe is not None:
            kill_worker(self._probe.pid)
        sys.stdout.flush()
        sys.stderr.flush()
        environ = dict(os.environ)
        environ[STATE] = kept
        os.execve(sys.executable, [sys.executable] + sys.argv, environ)


def kill_group(pid):
    """Kills the process group that a worker leads, or led."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def kill_worker(pid):
    """Kills a child that was not waited for yet, and its group if it leads one already."""
    kill_group(pid)
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def peer(sock):
    """The process at the other end of a connection, where the system tells it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    size = struct.calcsize("3i")
    return struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[0]


def kill_marked(marks, spared):
    """Kills what carries one of the marks, however far from its worker it has gone."""
    wanted = {os.fsencode("%s=%s" % (MARK, mark)) for mark in marks}
    deadline = time.monotonic() + PATIENCE
    while wanted and time.monotonic() < deadline:
        found = [pid for pid in processes() if pid not in spared and wanted & variables(pid)]
        if not found:
            return
        for pid in found:
            kill_worker(pid)
        time.sleep(0.01)


def processes():
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def variables(pid):
    """What a process was started with; nothing when it is gone or somebody else's."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as file:
            return set(file.read().split(b"\0"))
    except OSError:
        return set()


def exit_code(status):
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def reseed():
    """Forks must not draw the same numbers."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None and "numpy.random" in sys.modules:
        numpy.random.seed()


def listen(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.bind(path)
    os.chmod(path, 0o600)
    sock.listen(64)
    return sock


def close_inherited(kept):
    """Nothing that the starter left open may reach a worker."""
    try:
        fds = [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        fds = range(3, 256)
    for fd in fds:
        if fd > 2 and fd not in kept:
            try:
                os.close(fd)
            except OSError as ex:
                if ex.errno != errno.EBADF:
                    raise


def serve():
    parser = argparse.ArgumentParser(prog="zygote.py")
    parser.add_argument("--socket", required=True)
    parser.add_argument("--imports", required=True)
    options = parser.parse_args()
    state = json.loads(os.environ.pop(STATE, "{}"))
    if not state:
        # A Ctrl-C in the starter's terminal is the starter's to handle.
        os.setsid()
    clients = state.get("clients", [])
    close_inherited({kept["fd"] for kept in clients} | {state.get("listener")})
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != own]
    for name in ("frames", "output", "script"):
        load_sibling(name)
    worker = load_sibling("worker")
    preload = load_sibling("preload").Preload(options.imports)
    if state:
        listener = socket.socket(fileno=state["listener"])
        listener.set_inheritable(False)
    else:
        listener = listen(options.socket)
    zygote = Zygote(options.socket, preload, worker, listener, clients)
    if not state:
        print("ready", flush=True)
    zygote.preload()
    zygote.run()
    zygote.close()


if __name__ == "__main__":
    try:
        serve()
    except Forked as forked:
        launch = forked.launch
        forked = None
    else:
        sys.exit(0)
    sys.modules.pop("_farol_preload", None)
    sys.modules["_farol_worker"].main(launch)
