"""A worker process: runs a scoring script for the requests that its replica sends in frames.

    worker.py LAUNCH          LAUNCH is a JSON object, see `Worker`
    worker.py --check ...     loads and tries a script in the foreground

A frame is four bytes of length (big-endian) and its content, whose first byte is its kind:
    1 score   >BIBI  kind, sequence, method (1 is GET), length of the meta JSON; meta; body
    2 answer  >BIHBII  kind, sequence, status, run failed, microseconds + 1 or 0, length of the
              headers JSON; headers; body
    3 notice  kind; JSON: {"hello": id} or {"state": ...}

Standard library only, Python 3.8 or newer.
"""

import argparse
import ctypes
import faulthandler
import json
import logging
import logging.config
import mmap
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
import traceback
import types

SCORE = struct.Struct(">BIBI")
ANSWER = struct.Struct(">IBIHBII")
LENGTH = struct.Struct(">I")
MARK = struct.Struct("=Q")
FAILED_EXIT = 3
JOINED = 64 * 1024


def die_with_parent(parent):
    """The kernel kills this process when the thread that made it ends."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(1, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


class Frames:
    """Reads frames from a socket into one buffer that it uses again and again."""

    def __init__(self, sock, size=256 * 1024):
        self._sock = sock
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0

    def next(self):
        """The next frame as a view that is valid until the next call; None at the end."""
        while self._end - self._start < 4:
            if not self._fill(4):
                return None
        (length,) = LENGTH.unpack_from(self._buffer, self._start)
        if length + 4 > len(self._buffer):
            return self._big(length)
        while self._end - self._start < length + 4:
            if not self._fill(length + 4):
                return None
        begin = self._start + 4
        self._start = begin + length
        return self._view[begin : begin + length]

    def _fill(self, needed):
        if self._start == self._end:
            self._start = self._end = 0
        elif len(self._buffer) - self._start < needed:
            kept = bytes(self._view[self._start : self._end])
            self._view[: len(kept)] = kept
            self._start, self._end = 0, len(kept)
        count = self._sock.recv_into(self._view[self._end :])
        self._end += count
        return count > 0

    def _big(self, length):
        frame = bytearray(length)
        view = memoryview(frame)
        have = self._end - self._start - 4
        view[:have] = self._view[self._start + 4 : self._end]
        self._start = self._end = 0
        while have < length:
            count = self._sock.recv_into(view[have:])
            if count == 0:
                return None
            have += count
        return view


class Worker:
    """One worker.

    `launch` names: id; socket (frames); log (socket for stdout and stderr, or null); mark (a file
    of eight bytes that says which request has begun, or null); appRoot; entryScript; modelDir;
    startTimeout (seconds); parent (pid, or null).
    """

    def __init__(self, launch, script_module):
        self._launch = launch
        self._scripts = script_module
        self._script = script_module.Script(launch["appRoot"], launch["entryScript"])
        self._phase = "code"
        self._started = threading.Event()
        self._send_lock = threading.Lock()
        self._sock = None
        self._mark = None

    def run(self):
        """Serves until the replica closes the connection. Returns the exit code."""
        launch = self._launch
        redirect_output(launch.get("log"))
        faulthandler.enable(all_threads=False)
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sock.connect(launch["socket"])
        self._mark = open_mark(launch.get("mark"))
        deadline = time.monotonic() + launch["startTimeout"]
        threading.Thread(
            target=self._watch, args=(deadline,), name="farol-watch", daemon=True
        ).start()
        self._notice({"hello": launch["id"], "pid": os.getpid()})
        prepare_python(launch["appRoot"], self._script.path)
        log = configure_logging(launch["appRoot"])
        try:
            self._start_script(log)
        except self._scripts.ScriptFailure as failure:
            self._notice(failure.report)
            return FAILED_EXIT
        self._started.set()
        self._notice(
            {
                "state": "ready",
                "wantsHeaders": self._script.wants_headers,
                "modules": self._scripts.third_party_modules(),
            }
        )
        log.info("Worker with pid %d ready for serving traffic", os.getpid())
        self._serve()
        return 0

    def _start_script(self, log):
        self._notice({"state": "phase", "phase": "code"})
        self._script.load()
        log.info("Found user script at %s", self._script.path)
        self._phase = "init"
        self._notice({"state": "phase", "phase": "init"})
        log.info("Invoking user's init function")
        self._script.init(self._launch.get("modelDir"))
        log.info("Users's init has completed successfully")

    def _serve(self):
        frames = Frames(self._sock)
        score, mark, send = self._script.score, self._mark, self._sock.sendall
        while True:
            frame = frames.next()
            if frame is None:
                return
            _, sequence, method, length = SCORE.unpack_from(frame)
            begin = SCORE.size + length
            query, headers = "", ()
            if length:
                meta = json.loads(bytes(frame[SCORE.size : begin]))
                query, headers = meta.get("query", ""), meta.get("headers", ())
            if mark is not None:
                MARK.pack_into(mark, 0, sequence)
            status, failed, took, names, body = score(method == 1, query, headers, frame[begin:])
            names = b"" if names is None else json.dumps(names).encode()
            micros = 0 if took < 0 else min(took // 1000, 0xFFFFFFF0) + 1
            total = ANSWER.size - 4 + len(names) + len(body)
            head = ANSWER.pack(total, 2, sequence, status, failed, micros, len(names)) + names
            if len(body) <= JOINED:
                send(head + body)
            else:
                send(head)
                send(body)

    def _notice(self, notice):
        content = b"\x03" + json.dumps(notice).encode()
        with self._send_lock:
            self._sock.sendall(LENGTH.pack(len(content)) + content)

    def _watch(self, deadline):
        """Ends the process when the replica is gone, or when the script never gets ready."""
        poll = select.poll()
        poll.register(self._sock, 0)
        while not self._started.is_set():
            left = deadline - time.monotonic()
            if left <= 0:
                self._give_up()
            if poll.poll(max(1, min(left, 0.5) * 1000)):
                break
        poll.poll()
        # The main thread sees the end too and leaves in order, unless it is busy.
        time.sleep(1.0)
        os._exit(0)

    def _give_up(self):
        main = threading.main_thread().ident
        frame = sys._current_frames().get(main)
        where = None if frame is None else self._script.slow_location(frame)
        name = "init()" if self._phase == "init" else "the import of " + self._script.entry_script
        text = "%s did not end within %g s" % (name, self._launch["startTimeout"])
        sys.stderr.write(text + "; it was here:\n")
        sys.stderr.write("".join(traceback.format_stack(frame)))
        sys.stderr.flush()
        self._notice(
            {
                "state": "failed",
                "phase": self._phase,
                "message": text + ".",
                "exception": None,
                "location": where,
            }
        )
        os._exit(FAILED_EXIT)


def redirect_output(path):
    """stdin from nowhere, stdout and stderr to the log's socket."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if path:
        log = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        log.connect(path)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        log.close()
    # New ones: those of a zygote believe to know what kind of file is behind them.
    for fd, name in ((1, "stdout"), (2, "stderr")):
        stream = open(
            fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)


def open_mark(path):
    if not path:
        return None
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), MARK.size)


def prepare_python(app_root, script_path):
    """sys.path, sys.argv, the working folder and __main__ as if the script ran by itself."""
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != own]
    sys.path.insert(0, app_root)
    source = os.environ.get("AZUREML_SOURCE_DIRECTORY")
    if source:
        sys.path.append(os.path.join(app_root, source))
    sys.argv[:] = [script_path]
    sys.modules["__main__"] = types.ModuleType("__main__")
    if os.path.isdir(app_root):
        os.chdir(app_root)


def configure_logging(app_root):
    """The logger `azmlinfsrv`, unless the code folder brings its own logging.json."""
    log = logging.getLogger("azmlinfsrv")
    own = os.path.join(app_root, "logging.json")
    if os.path.isfile(own):
        try:
            with open(own, encoding="utf-8") as file:
                logging.config.dictConfig(json.load(file))
            return log
        except Exception:
            traceback.print_exc()
    formatter = logging.Formatter(
        "%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    log.handlers[:] = [handler]
    log.propagate = False
    try:
        log.setLevel(os.environ.get("AZUREML_LOG_LEVEL", "INFO").upper())
    except ValueError:
        log.setLevel("INFO")
    return log


def load_sibling(name):
    """Imports a file beside this one under a name that no user's module has."""
    import importlib.util

    full = "_farol_" + name
    if full not in sys.modules:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
        spec = importlib.util.spec_from_file_location(full, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


def check(arguments):
    """Loads the script, calls init() and, with a request, run(); tells what happens."""
    parser = argparse.ArgumentParser(prog="worker.py --check")
    parser.add_argument("--app-root", required=True)
    parser.add_argument("--entry-script", required=True)
    parser.add_argument("--model-dir")
    parser.add_argument("--request", help="a file with the body of a request")
    options = parser.parse_args(arguments)
    scripts = load_sibling("script")
    root = os.path.abspath(options.app_root)
    os.environ["AML_APP_ROOT"] = root
    os.environ["AZUREML_ENTRY_SCRIPT"] = options.entry_script
    if options.model_dir:
        os.environ["AZUREML_MODEL_DIR"] = os.path.abspath(options.model_dir)
    body = None
    if options.request:
        with open(options.request, "rb") as file:
            body = file.read()
    script = scripts.Script(root, options.entry_script)
    prepare_python(root, script.path)
    configure_logging(root)
    try:
        script.load()
        print("The script is loaded.", flush=True)
        script.init(os.environ.get("AZUREML_MODEL_DIR"))
        print("init() succeeded.", flush=True)
    except scripts.ScriptFailure as failure:
        print("failed in phase %s: %s" % (failure.report["phase"], failure), file=sys.stderr)
        if failure.report["location"]:
            print("at %s" % failure.report["location"], file=sys.stderr)
        return FAILED_EXIT
    if body is None:
        return 0
    status, _, took, _, answer = script.score(False, "", (), body)
    print("run() answered %d in %.3f ms:" % (status, max(took, 0) / 1e6), flush=True)
    print(bytes(answer).decode("utf-8", "replace"), flush=True)
    return 0 if status < 400 else FAILED_EXIT


def main(launch):
    """The whole life of a worker in this process; does not return."""
    code = 1
    try:
        die_with_parent(launch.get("parent"))
        code = Worker(launch, load_sibling("script")).run()
    except OSError as ex:
        print("farol worker: %s" % ex, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        sys.exit(check(sys.argv[2:]))
    if hasattr(os, "setsid") and os.getpid() != os.getsid(0):
        os.setsid()
    main(json.loads(sys.argv[1]))
