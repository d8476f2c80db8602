"""A scoring script: how it is loaded, called, and how its failures and answers are told.

Standard library only, Python 3.8 or newer.
"""

import importlib.util
import inspect
import json
import linecache
import os
import sys
import sysconfig
import time
import traceback
import types
from urllib.parse import parse_qsl

JSON_TYPE = "application/json"
RUN_FAILED = "An unexpected error occurred in scoring script. Check the logs for more info."
INTERNAL = "An unexpected internal error occurred. Check the logs for more info."
MODEL_LINES = 200


class ScriptFailure(Exception):
    """The script cannot serve. `report` is what a verdict is made of."""

    def __init__(self, phase, message, cause=None, app_root=None):
        super().__init__(message)
        self.report = {
            "state": "failed",
            "phase": phase,
            "message": message,
            "exception": last_line(cause) if cause is not None else None,
            "location": location_of(cause, app_root) if cause is not None else None,
        }


class Script:
    """The user's module with its init() and run()."""

    def __init__(self, app_root, entry_script):
        self.app_root = os.path.realpath(app_root)
        self.entry_script = entry_script
        self.path = os.path.join(self.app_root, entry_script.replace("/", os.sep))
        self.wants_headers = False
        self._init = None
        self._run = None
        self._parameter = None

    def load(self):
        """Phase code: imports the script and looks at its functions."""
        if not os.path.isfile(self.path):
            raise ScriptFailure(
                "code", "There is no scoring script %s in the code folder." % self.entry_script
            )
        try:
            spec = importlib.util.spec_from_file_location("entry_module", self.path)
            if spec is None:
                raise ImportError("%s is not a Python file" % self.entry_script)
            module = importlib.util.module_from_spec(spec)
            sys.modules["entry_module"] = module
            spec.loader.exec_module(module)
        except BaseException as ex:
            log_exception(ex)
            raise ScriptFailure(
                "code",
                "%s cannot be imported: %s" % (self.entry_script, last_line(ex)),
                ex,
                self.app_root,
            ) from None
        for name in ("init", "run"):
            if not callable(getattr(module, name, None)):
                message = "User script at %s does not have a %s() function defined." % (
                    self.path,
                    name,
                )
                print(message, file=sys.stderr, flush=True)
                raise ScriptFailure("code", message)
        self._init = module.init
        self._run = self._find_run(module)
        self._look_at_run()

    @staticmethod
    def _find_run(module):
        driven = getattr(module, "driver_module", None)
        if isinstance(driven, types.ModuleType) and callable(getattr(driven, "run", None)):
            return driven.run
        return module.run

    def _look_at_run(self):
        parameters = list(inspect.signature(self._run).parameters.values())
        problem = None
        if any(p.kind not in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
            problem = "run() cannot accept positional-only arguments, *args, or **kwargs."
        names = [p.name for p in parameters]
        self.wants_headers = "request_headers" in names
        data = [name for name in names if name != "request_headers"]
        if problem is None and not data:
            problem = "run() needs to accept an argument for input data."
            if self.wants_headers:
                problem = 'run() needs to accept an argument other than "request_headers".'
        if problem is not None:
            print(problem, file=sys.stderr, flush=True)
            raise ScriptFailure("code", problem)
        self._parameter = data[0]

    def init(self, model_dir=None):
        """Phase init: calls init()."""
        try:
            self._init()
        except BaseException as ex:
            log_exception(ex)
            list_model(model_dir)
            raise ScriptFailure(
                "init", "init() raised %s" % last_line(ex), ex, self.app_root
            ) from None

    def score(self, get, query, headers, body):
        """One request: (status, run failed, run's nanoseconds or -1, headers, body)."""
        try:
            text = json.dumps(query_values(query)) if get else str(body, "utf-8")
        except UnicodeDecodeError as ex:
            return message(400, "Input cannot be decoded as UTF-8: %s" % ex)
        arguments = {self._parameter: text}
        if self.wants_headers:
            arguments["request_headers"] = request_headers(headers)
        begin = time.perf_counter_ns()
        try:
            value = self._run(**arguments)
        except Exception as ex:
            log_exception(ex)
            return message(500, RUN_FAILED, True)
        took = time.perf_counter_ns() - begin
        try:
            return render(value, took)
        except Exception as ex:
            log_exception(ex)
            return message(500, INTERNAL)

    def slow_location(self, frame):
        """Where the user's code is just now, seen from the innermost `frame`."""
        while frame is not None:
            if is_under(frame.f_code.co_filename, self.app_root):
                return place(
                    frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, self.app_root
                )
            frame = frame.f_back
        return None


def message(status, text, failed=False):
    """An error as Azure ML's inference server writes it."""
    return status, failed, -1, None, json.dumps({"message": text}).encode()


def render(value, took):
    """What run() returned, as an answer. Headers None means plain JSON."""
    if hasattr(value, "get_data") and hasattr(value, "status_code") and hasattr(value, "headers"):
        return render_flask(value, took)
    if hasattr(value, "message") and hasattr(value, "status_code"):
        return render_aml(value, took)
    return 200, False, took, None, json.dumps({} if value is None else value).encode()


def render_flask(value, took):
    failed = str(value.headers.get("x-ms-run-function-failed", "")).lower() == "true"
    status = int(value.status_code)
    skip = ("content-length", "connection", "transfer-encoding", "x-ms-run-function-failed")
    headers = [[k, str(v)] for k, v in value.headers.items() if k.lower() not in skip]
    body = value.get_data()
    return status, failed or status >= 500, took, headers, body


def render_aml(value, took):
    status = int(value.status_code)
    content, kind = value.message, "text/html; charset=utf-8"
    if content is None:
        content, kind = json.dumps({}), JSON_TYPE
    elif getattr(value, "json_str", False):
        content, kind = json.dumps(content), JSON_TYPE
    headers = []
    for name, several in dict(getattr(value, "response_headers", None) or {}).items():
        for one in str(several).split(","):
            headers.append([name, one.strip()])
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(["Content-Type", kind])
    body = content.encode() if isinstance(content, str) else bytes(content)
    return status, status >= 500, took, headers, body


def query_values(query):
    """The arguments of a GET: each value as JSON if it is, else as text; repeated ones a list."""
    values = {}
    for key, text in parse_qsl(query, keep_blank_values=True):
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def request_headers(pairs):
    """The headers as Flask shows them: `Content-Type`, repeated ones joined."""
    headers = {}
    for name, value in pairs:
        name = name.title()
        headers[name] = headers[name] + "," + value if name in headers else value
    return headers


def last_line(ex):
    """The exception as Python prints its last line."""
    lines = traceback.format_exception_only(type(ex), ex)
    if isinstance(ex, SyntaxError):
        name = type(ex).__name__
        lines = [line for line in lines if line.startswith(name)] or lines
    return lines[0].strip()[:2000]


def location_of(ex, app_root):
    """The innermost place in the user's own files: `score.py:12 in init: model = load()`."""
    if isinstance(ex, SyntaxError) and ex.filename and is_under(ex.filename, app_root):
        return place(ex.filename, ex.lineno or 0, "<module>", app_root)
    found = None
    for frame, line in traceback.walk_tb(ex.__traceback__):
        code = frame.f_code
        if is_under(code.co_filename, app_root):
            found = place(code.co_filename, line, code.co_name, app_root)
    return found


def place(filename, line, function, app_root):
    name = os.path.relpath(os.path.realpath(filename), app_root)
    text = linecache.getline(filename, line).strip()
    return "%s:%d in %s%s" % (name, line, function, ": " + text if text else "")


def is_under(filename, app_root):
    if app_root is None or filename.startswith("<"):
        return False
    real = os.path.realpath(filename)
    parts = real[len(app_root) :].split(os.sep)
    return real.startswith(app_root + os.sep) and "site-packages" not in parts


def log_exception(ex):
    """The traceback without Farol's own frames at its top."""
    own = os.path.dirname(os.path.abspath(__file__))
    trace = ex.__traceback__
    while trace is not None and (
        trace.tb_frame.f_code.co_filename.startswith(own)
        or "importlib" in trace.tb_frame.f_code.co_filename
    ):
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(ex), ex, trace))
    sys.stderr.write(text)
    sys.stderr.flush()


def list_model(model_dir):
    """Shows what is in the model's folder: the usual cause of a failed init() is a wrong path."""
    if not model_dir or not os.path.isdir(model_dir):
        return
    print("Model Directory Contents:", file=sys.stderr)
    left = MODEL_LINES
    for folder, folders, files in os.walk(model_dir):
        folders.sort()
        for name in sorted(files):
            if left == 0:
                print("Output Truncated. First %d lines shown." % MODEL_LINES, file=sys.stderr)
                sys.stderr.flush()
                return
            left -= 1
            print(os.path.join(folder, name), file=sys.stderr)
    sys.stderr.flush()


def third_party_modules():
    """Names of the imported modules that came from installed packages, in order of import."""
    installed = [
        path for key, path in sysconfig.get_paths().items() if key in ("purelib", "platlib")
    ]
    roots = tuple({real(path) + os.sep for path in installed for real in (str, os.path.realpath)})
    names = []
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None)
        if spec is None or spec.name != name or not isinstance(origin, str):
            continue
        if origin.startswith(roots):
            names.append(name)
    return names
