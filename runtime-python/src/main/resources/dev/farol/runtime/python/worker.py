"""A worker process: runs a scoring script for the requests that its replica sends in frames.

    worker.py LAUNCH          LAUNCH is a JSON object, see `Worker`
    worker.py --check ...     loads and tries a script in the foreground

Standard library only, Python 3.8 or newer.
"""

import argparse
import collections
import ctypes
import faulthandler
import json
import logging
import mmap
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
import types

FAILED_EXIT = 3
NOTHING = {}


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


frames = load_sibling("frames")


def die_with_parent(parent):
    """The kernel kills this process when the thread that made it ends."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(1, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


class Worker:
    """One worker.

    `launch` names: id; socket (frames); log (socket for stdout and stderr, or null); mark (a file
    of eight bytes that says which request has begun, or null); appRoot; entryScript; modelDir;
    startTimeout and requestTimeout (seconds); parent (pid, or null).
    """

    def __init__(self, launch, script_module):
        self._launch = launch
        self._scripts = script_module
        self._output = load_sibling("output")
        self._script = script_module.Script(launch["appRoot"], launch["entryScript"])
        self._phase = "code"
        self._started = threading.Event()
        self._send_lock = threading.Lock()
        self._sock = None
        self._mark = None
        self._queue = collections.deque()

    def run(self):
        """Serves until the replica closes the connection. Returns the exit code."""
        launch = self._launch
        redirect_output(launch.get("log"), self._output)
        faulthandler.enable(all_threads=False)
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sock.connect(launch["socket"])
        self._mark = open_mark(launch.get("mark"))
        deadline = time.monotonic() + launch["startTimeout"]
        threading.Thread(
            target=self._watch, args=(deadline,), name="farol-watch", daemon=True
        ).start()
        self._notice({"hello": launch["id"], "pid": os.getpid()})
        try:
            facts = self._start_script()
        except self._scripts.ScriptFailure as failure:
            self._notice(failure.report)
            return FAILED_EXIT
        self._started.set()
        self._notice(dict(facts, state="ready", modules=self._scripts.third_party_modules()))
        log = logging.getLogger("azmlinfsrv")
        log.info("Scoring timeout is set to %d", self._script.timeout_ms)
        log.info("Worker with pid %d ready for serving traffic", os.getpid())
        if self._script.concurrent:
            # Not at the top: its import takes a while, and few scripts need it.
            load_sibling("parallel").Parallel(self._sock, self._script).serve()
        elif self._script.max_batch > 1:
            load_sibling("batches").Batches(self._sock, self._script, self._mark).serve()
        else:
            self._serve()
        return 0

    def _start_script(self):
        self._notice({"state": "phase", "phase": "code"})
        settings = prepare(self._launch["appRoot"], self._script, self._scripts, self._output)
        self._output.redirect_print()
        connect_debugger(settings, self._scripts)
        self._script.load(self._launch.get("requestTimeout"))
        log = logging.getLogger("azmlinfsrv.user_script")
        self._phase = "init"
        self._notice({"state": "phase", "phase": "init"})
        log.info("Invoking user's init function")
        self._script.init(self._launch.get("modelDir"))
        log.info("Users's init has completed successfully")
        return self._script.facts()

    def _serve(self):
        reader = frames.Frames(self._sock)
        score, mark, send, queue = self._script.score, self._mark, self._sock.sendall, self._queue
        request_id = self._output.request_id
        while True:
            frame = queue.popleft() if queue else reader.next()
            if frame is None:
                return
            if frame[0] != frames.KIND_SCORE:
                # About a stream that has ended meanwhile.
                continue
            _, sequence, flags, id_length, length = frames.SCORE.unpack_from(frame)
            middle = frames.SCORE.size + id_length
            begin = middle + length
            meta = json.loads(bytes(frame[middle:begin])) if length else NOTHING
            request_id.set(str(frame[frames.SCORE.size : middle], "latin-1"))
            if mark is not None:
                frames.MARK.pack_into(mark, 0, sequence)
            result = score(flags, meta, frame[begin:])
            if type(result) is tuple:
                frames.answer(send, sequence, result)
            else:
                self._stream(reader, sequence, result)
            request_id.set("")

    def _stream(self, reader, sequence, stream):
        """Sends the parts as the client takes them; what else comes meanwhile waits."""
        send = self._sock.sendall
        frames.begin_stream(send, sequence, stream)
        room, whole = frames.WINDOW, False
        try:
            for part in stream.parts:
                for at in range(0, len(part), frames.PIECE):
                    while room <= 0 or reader.waiting():
                        taken = self._told(reader, sequence)
                        if taken is None:
                            return
                        room += taken
                    piece = part[at : at + frames.PIECE]
                    send(frames.PART.pack(5 + len(piece), frames.KIND_PART, sequence) + piece)
                    room -= len(piece)
            whole = True
        except Exception as ex:
            self._scripts.log_exception(ex)
        finally:
            stream.close()
            send(frames.END.pack(6, frames.KIND_END, sequence, whole))

    def _told(self, reader, sequence):
        """How many bytes more the client took; None when it is gone."""
        frame = reader.next()
        if frame is None:
            os._exit(0)
        kind, about = frames.CONTROL.unpack_from(frame)
        if kind == frames.KIND_SCORE:
            self._queue.append(bytes(frame))
        elif about == sequence:
            return None if kind == frames.KIND_CANCEL else frames.TAKEN.unpack_from(frame)[2]
        return 0

    def _notice(self, notice):
        content = b"\x03" + json.dumps(notice).encode()
        with self._send_lock:
            self._sock.sendall(frames.LENGTH.pack(len(content)) + content)

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


def redirect_output(path, output):
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
    output.open_streams()


def open_mark(path):
    if not path:
        return None
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), frames.MARK.size)


def prepare(app_root, script, scripts, output):
    """Settings, logging, sys.path, the working folder and __main__ as if the script ran by itself."""
    try:
        settings = scripts.settings_module.Settings(app_root)
    except scripts.settings_module.BadSetting as bad:
        print("Configuration Error: %s" % bad, file=sys.stderr, flush=True)
        raise scripts.ScriptFailure("code", "Configuration Error: %s" % bad) from None
    script.settings = settings
    prepare_python(app_root, script.path, settings.get("AZUREML_SOURCE_DIRECTORY"))
    try:
        log = output.configure_logging(app_root, script.path)
    except Exception as ex:
        traceback.print_exc()
        raise scripts.ScriptFailure("code", "logging.json cannot be used: %s" % ex) from None
    try:
        log.setLevel(settings.get("AZUREML_LOG_LEVEL").upper())
    except ValueError:
        log.warning("AZUREML_LOG_LEVEL: %r is no level", settings.get("AZUREML_LOG_LEVEL"))
    if settings.unknown:
        log.warning("Found extra keys in the config file that are not supported by the server.\nExtra keys = %s", settings.unknown)
    if settings.get("AML_APP_INSIGHTS_ENABLED"):
        log.warning("Application Insights is not supported: nothing is sent, logs and metrics are kept by Farol")
    return settings


def prepare_python(app_root, script_path, source):
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != own]
    sys.path.insert(0, app_root)
    if source:
        sys.path.append(os.path.join(app_root, source))
    sys.argv[:] = [script_path]
    sys.modules["__main__"] = types.ModuleType("__main__")
    if os.path.isdir(app_root):
        os.chdir(app_root)


def connect_debugger(settings, scripts):
    port = settings.get("AZUREML_DEBUG_PORT")
    if port is None:
        return
    try:
        import debugpy
    except ModuleNotFoundError:
        raise scripts.ScriptFailure(
            "code", "AZUREML_DEBUG_PORT is set, and debugpy is not installed in the environment."
        ) from None
    print("Connecting to a debugger at port %d, and waiting for it" % port, flush=True)
    debugpy.connect(port)
    debugpy.wait_for_client()


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
    try:
        prepare(root, script, scripts, load_sibling("output"))
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
    meta = {"method": "POST", "path": "/score", "query": "", "headers": [["Content-Type", "application/json"]]}
    if script.concurrent:
        import asyncio

        result = asyncio.run(whole_of(script, meta, body))
    elif script.max_batch > 1:
        (result,) = script.score_batch([(scripts.IS_JSON, meta, body)])
    else:
        result = script.score(scripts.IS_JSON, meta, body)
        if type(result) is not tuple:
            result = (result.status, 0, result.took, None, b"".join(result.parts))
    status, _, took, _, content = result
    print("run() answered %d in %.3f ms:" % (status, max(took, 0) / 1e6), flush=True)
    print(bytes(content).decode("utf-8", "replace"), flush=True)
    return 0 if status < 400 else FAILED_EXIT


async def whole_of(script, meta, body):
    result = await script.score_async(2, meta, body)
    if type(result) is tuple:
        return result
    parts = [part async for part in result.parts] if hasattr(result.parts, "__anext__") else list(result.parts)
    return result.status, 0, result.took, None, b"".join(parts)


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
