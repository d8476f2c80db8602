"""A scoring script: how it is loaded, called, and how its failures and answers are told.

Standard library only, Python 3.8 or newer.
"""

import importlib
import importlib.util
import inspect
import json
import linecache
import logging
import os
import signal
import sys
import sysconfig
import threading
import time
import traceback
import types

JSON_TYPE = "application/json"
RUN_FAILED = "An unexpected error occurred in scoring script. Check the logs for more info."
INTERNAL = "An unexpected internal error occurred. Check the logs for more info."
MODEL_LINES = 200
# Flags of a request, as the replica sets them.
GET, IS_JSON = 1, 2
# What an answer says of run(): x-ms-run-function-failed, or that the headers say it themselves.
FINE, FAILED, TOLD = 0, 1, 2
PLAIN = frozenset([dict, list, str, int, float, bool, tuple])

log = logging.getLogger("azmlinfsrv.user_script")


def sibling(name):
    """A module beside this one, under a name that no user's module has."""
    full = "_farol_" + name
    if full not in sys.modules:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
        spec = importlib.util.spec_from_file_location(full, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


web = sibling("web")
swagger = sibling("swagger")
settings_module = sibling("settings")


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


class Refused(Exception):
    """The request is not what run() takes."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Stream:
    """An answer whose body comes in parts: an iterator, or an asynchronous one, of bytes."""

    def __init__(self, status, failed, took, headers, parts, close=None):
        self.status = status
        self.failed = failed
        self.took = took
        self.headers = headers
        self.parts = parts
        self._close = close

    def close(self):
        """Ends the script's generator where it stands: it sees a GeneratorExit."""
        try:
            if self._close is not None:
                self._close()
        except Exception as ex:
            log_exception(ex)

    async def aclose(self):
        """The same for an asynchronous one."""
        try:
            found = self._close() if self._close is not None else None
            if inspect.isawaitable(found):
                await found
        except Exception as ex:
            log_exception(ex)


class Script:
    """The user's module with its init() and run()."""

    def __init__(self, app_root, entry_script, settings=None):
        self.app_root = os.path.realpath(app_root)
        self.entry_script = entry_script or "main.py"
        self.path = os.path.join(self.app_root, self.entry_script.replace("/", os.sep))
        # Where the user's own files are, for telling places in them.
        self.home = self.app_root if is_under(self.path, self.app_root) else os.path.dirname(self.path)
        self.settings = settings
        # What of a request the replica has to send along.
        self.wants_headers = False
        self.wants_everything = False
        self.raw = False
        self.concurrent = False
        self.timeout_ms = 3600 * 1000
        self._init = None
        self._run = None
        self._call = None
        self._parameters = ()
        self._arguments = None
        self._take = None
        self._app = None
        self._loop = None
        # How many requests run_batch() takes at once; 1 means that there is no run_batch().
        self.max_batch = 1
        self.max_delay = 0.0
        self._run_batch = None
        self._call_batch = None

    def load(self, limit=None):
        """Phase code: imports the script and looks at its functions.

        `limit` (seconds) is how long the replica waits for an answer: a longer scoring timeout needs no timer.
        """
        if not os.path.isfile(self.path):
            raise ScriptFailure(
                "code", "There is no scoring script %s in the code folder." % self.entry_script
            )
        web.install()
        try:
            module = self._import()
        except BaseException as ex:
            log_exception(ex)
            raise ScriptFailure(
                "code",
                "%s cannot be imported: %s" % (self.entry_script, last_line(ex)),
                ex,
                self.home,
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
        self._look_for_flask()
        self._look_for_batches(module)
        self._set_timer(limit)

    def _import(self):
        spec = importlib.util.spec_from_file_location("entry_module", self.path)
        if spec is None:
            raise ImportError("%s is not a Python file" % self.entry_script)
        module = importlib.util.module_from_spec(spec)
        sys.modules["entry_module"] = module
        spec.loader.exec_module(module)
        return module

    def _find_run(self, module):
        driven = getattr(module, "driver_module", None)
        if isinstance(driven, types.ModuleType) and callable(getattr(driven, "run", None)):
            where = getattr(driven, "__file__", None)
            log.info("Found driver script at %s and the score script at %s", self.path, where)
            return driven.run
        log.info("Found user script at %s", self.path)
        return module.run

    def _look_at_run(self):
        parameters = list(inspect.signature(self._run).parameters.values())
        problem = None
        if any(p.kind not in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
            problem = "run() cannot accept positional-only arguments, *args, or **kwargs."
        self.wants_headers = any(p.name == "request_headers" for p in parameters)
        data = [p for p in parameters if p.name != "request_headers"]
        if problem is None and not data:
            problem = "run() needs to accept an argument for input data."
            if self.wants_headers:
                problem = 'run() needs to accept an argument other than "request_headers".'
        schemas = sys.modules.get("inference_schema.schema_util")
        decorated = swagger.described(self._run) or schemas is not None and schemas.is_schema_decorated(self._run)
        self.raw = web.raw_requested()
        if problem is None and self.raw and decorated:
            problem = "run() cannot be decorated with both @rawhttp and @input_schema"
        if problem is not None:
            print(problem, file=sys.stderr, flush=True)
            raise ScriptFailure("code", problem)
        self._parameters = data
        if self.raw:
            self._arguments = self._raw_arguments
            log.info("run() is decorated with @rawhttp. Server will invoke it with the flask request object.")
        elif decorated:
            self._arguments = self._named_arguments
            log.info(
                "run() is decorated with @input_schema. Server will invoke it with the following arguments: %s.",
                ", ".join(p.name for p in data),
            )
        else:
            self._arguments = self._text_argument
            log.info("run() is not decorated. Server will invoke it with the input in JSON string.")
        self._take = self._arguments_and_headers if self.wants_headers else self._arguments
        self.concurrent = inspect.iscoroutinefunction(self._run) or inspect.isasyncgenfunction(self._run)

    def _look_for_flask(self):
        """A script that names Flask may use what Flask keeps for the current request."""
        if self._names_flask():
            self._app = web.make_app(self.app_root)
        self.wants_everything = self.raw or self._app is not None

    def _names_flask(self):
        if "flask" not in sys.modules:
            return False
        for module in list(sys.modules.values()):
            name = getattr(module, "__file__", None)
            if not isinstance(name, str) or not is_under(name, self.home):
                continue
            if any(of_flask(value) for value in list(vars(module).values())):
                return True
        return False

    def _look_for_batches(self, module):
        """A script takes several requests at once when FAROL_MAX_BATCH asks for it, never by a mere name."""
        if self.settings is None:
            return
        most, delay = self.settings.get("FAROL_MAX_BATCH"), self.settings.get("FAROL_MAX_DELAY_MS")
        problem = None
        if most < 1:
            problem = "FAROL_MAX_BATCH: %d (expected: 1 or more)" % most
        elif delay < 0:
            problem = "FAROL_MAX_DELAY_MS: %d (expected: 0 or more)" % delay
        elif most == 1:
            return
        elif not callable(getattr(module, "run_batch", None)):
            problem = "FAROL_MAX_BATCH is %d, and %s has no run_batch() function." % (most, self.entry_script)
        elif self._arguments != self._text_argument or self.wants_headers or self._app is not None or self.concurrent:
            problem = (
                "FAROL_MAX_BATCH is %d, and run() takes more than the text of a request (expected: a plain run(data),"
                " without decorators, request_headers, Flask and async)." % most
            )
        if problem is not None:
            print(problem, file=sys.stderr, flush=True)
            raise ScriptFailure("code", problem)
        self._run_batch = module.run_batch
        self.max_batch, self.max_delay = most, delay / 1000
        log.info("run_batch() is called with the texts of up to %d requests at once.", most)

    def _set_timer(self, limit):
        self._call = self._run
        self._call_batch = self._run_batch
        if self.settings is not None:
            self.timeout_ms = self.settings.get("SCORING_TIMEOUT_MS")
        needed = limit is None or self.timeout_ms < limit * 1000
        main = threading.current_thread() is threading.main_thread()
        if needed and self.settings is not None and main and not self.concurrent and hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, out_of_time)
            self._call = self._timed(self._run)
            self._call_batch = self._timed(self._run_batch)

    def _timed(self, function):
        def timed(*values, **arguments):
            signal.setitimer(signal.ITIMER_REAL, self.timeout_ms / 1000)
            try:
                return function(*values, **arguments)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)

        return timed

    def init(self, model_dir=None):
        """Phase init: calls init()."""
        try:
            self._init()
        except BaseException as ex:
            log_exception(ex)
            list_model(model_dir)
            raise ScriptFailure(
                "init", "init() raised %s" % last_line(ex), ex, self.home
            ) from None

    def facts(self):
        """What the replica answers by itself from now on."""
        try:
            texts, supported = swagger.documents(self.app_root, self._run, self.settings)
        except ValueError as ex:
            raise ScriptFailure("code", "Swagger file %s" % ex) from None
        logging.getLogger("azmlinfsrv.swagger").info(
            "Swaggers are prepared for the following versions: [%s].", ", ".join(supported)
        )
        return {
            "raw": self.raw,
            "concurrent": self.concurrent,
            "maxBatch": self.max_batch,
            "wantsHeaders": self.wants_headers or self.wants_everything,
            "wantsEverything": self.wants_everything,
            "swagger": texts,
            "swaggerVersions": supported,
            "origins": self.settings.origins(),
            "tellsVersion": self.settings.tells_version(),
        }

    # --- arguments

    def _text_argument(self, flags, meta, body):
        if flags & GET:
            text = json.dumps(query_values(meta.get("query", "")))
        else:
            try:
                text = str(body, "utf-8")
            except UnicodeDecodeError as ex:
                raise Refused(400, "Input cannot be decoded as UTF-8: %s" % ex) from None
        return {self._parameters[0].name: text}

    def _named_arguments(self, flags, meta, body):
        if flags & GET:
            values = query_values(meta.get("query", ""))
        else:
            if not flags & IS_JSON:
                raise Refused(415, "Expects Content-Type to be application/json")
            try:
                values = json.loads(bytes(body))
            except json.JSONDecodeError as ex:
                if not len(body):
                    raise Refused(400, "POST body is empty. Expecting a JSON dictionary.") from None
                raise Refused(400, "POST body could not be decoded as JSON: %s" % ex) from None
            if not isinstance(values, dict):
                raise Refused(400, "POST body should be a JSON dictionary.")
        arguments = {}
        for parameter in self._parameters:
            value = values.get(parameter.name, parameter.default)
            if value is inspect.Parameter.empty:
                raise Refused(400, "A value is not provided for the %r parameter." % parameter.name)
            arguments[parameter.name] = value
        return arguments

    def _raw_arguments(self, flags, meta, body):
        return {self._parameters[0].name: web.make_request(web.environ_of(meta, bytes(body)))}

    def _arguments_and_headers(self, flags, meta, body):
        arguments = self._arguments(flags, meta, body)
        arguments["request_headers"] = web.header_dict(meta["headers"])
        return arguments

    # --- calls

    def score(self, flags, meta, body):
        """One request: (status, told, run's nanoseconds or -1, headers or None, body), or a Stream."""
        if self._app is not None:
            return self._score_with_flask(flags, meta, body)
        try:
            arguments = self._take(flags, meta, body)
        except Refused as ex:
            return message(ex.status, str(ex))
        except Exception as ex:
            log_exception(ex)
            return message(500, INTERNAL)
        begin = time.perf_counter_ns()
        try:
            value = self._call(**arguments)
        except Exception as ex:
            return self._failure(ex)
        took = time.perf_counter_ns() - begin
        if type(value) in PLAIN:
            try:
                return 200, FINE, took, None, json.dumps(value).encode()
            except Exception as ex:
                log_exception(ex)
                return message(500, INTERNAL)
        if inspect.isawaitable(value) or hasattr(value, "__anext__"):
            begin = time.perf_counter_ns() - took
            try:
                value = self._waited_for(value)
            except Exception as ex:
                return self._failure(ex)
            took = time.perf_counter_ns() - begin
        return self._render(value, took, meta)

    def _score_with_flask(self, flags, meta, body):
        """The same inside Flask's contexts, so that its request, g, current_app and jsonify work."""
        flask = sys.modules["flask"]
        request = self._app.request_context(web.environ_of(meta, bytes(body)))
        with request:
            ids = {name.lower(): value for name, value in meta["headers"]}
            flask.g.request_id = ids.get("x-request-id") or meta.get("id", "")
            legacy, client = ids.get("x-ms-request-id", ""), ids.get("x-ms-client-request-id", "")
            flask.g.client_request_id = client or legacy
            flask.g.legacy_client_request_id = legacy or client or flask.g.request_id
            try:
                arguments = self._take(flags, meta, body)
            except Refused as ex:
                return message(ex.status, str(ex))
            except Exception as ex:
                log_exception(ex)
                return message(500, INTERNAL)
            begin = time.perf_counter_ns()
            try:
                value = self._call(**arguments)
                if inspect.isawaitable(value) or hasattr(value, "__anext__"):
                    value = self._waited_for(value)
            except Exception as ex:
                return self._failure(ex)
            took = time.perf_counter_ns() - begin
            try:
                if not isinstance(value, flask.Response) and not is_stream(value):
                    text = json.dumps({} if value is None else value)
                    value = flask.Response(text, mimetype=JSON_TYPE)
                    value.headers["x-ms-run-function-failed"] = "False"
                if isinstance(value, flask.Response):
                    value = self._app.process_response(value)
            except Exception as ex:
                log_exception(ex)
                return message(500, INTERNAL)
            return self._render(value, took, meta)

    def score_batch(self, requests):
        """Several requests at once, each as `score` takes it: an answer for each, in their order."""
        answers, texts, places = [None] * len(requests), [], []
        for place, request in enumerate(requests):
            try:
                texts.append(self._take(*request)[self._parameters[0].name])
                places.append(place)
            except Refused as ex:
                answers[place] = message(ex.status, str(ex))
        for place, answer in zip(places, self._answers(texts, [requests[place][1] for place in places])):
            answers[place] = answer
        return answers

    def _answers(self, texts, metas):
        if not texts:
            return []
        begin = time.perf_counter_ns()
        try:
            values = self._call_batch(texts)
            if isinstance(values, (str, bytes, dict)) or len(values) != len(texts):
                raise TypeError(
                    "run_batch() returned %s (expected: a list of %d, one for each request)" % (of(values), len(texts))
                )
        except Exception as ex:
            if len(texts) == 1:
                return [self._failure(ex)]
            log.warning("run_batch() raised %s for %d requests: each runs alone.", last_line(ex), len(texts))
            return [self._answers([text], [meta])[0] for text, meta in zip(texts, metas)]
        took = time.perf_counter_ns() - begin
        return [self._one_of_batch(value, took, meta) for value, meta in zip(values, metas)]

    def _one_of_batch(self, value, took, meta):
        if isinstance(value, Exception):
            return self._failure(value)
        answer = self._render(value, took, meta)
        if type(answer) is not tuple:
            answer.close()
            return self._failure(TypeError("run_batch() cannot answer a stream"))
        return answer

    async def score_async(self, flags, meta, body):
        """One request of a script whose run() is asynchronous; many may be on their way."""
        try:
            arguments = self._take(flags, meta, body)
        except Refused as ex:
            return message(ex.status, str(ex))
        except Exception as ex:
            log_exception(ex)
            return message(500, INTERNAL)
        import asyncio

        begin = time.perf_counter_ns()
        try:
            value = self._run(**arguments)
            if inspect.isawaitable(value):
                value = await asyncio.wait_for(value, self.timeout_ms / 1000)
            if is_stream(value):
                return await first_of(value, begin)
        except Exception as ex:
            return self._failure(ex)
        return self._render(value, time.perf_counter_ns() - begin, meta)

    def _failure(self, ex):
        logging.getLogger("azmlinfsrv").error("Encountered Exception: %s", last_line(ex))
        log_exception(ex)
        if isinstance(ex, TimeoutError) or type(ex).__name__ == "TimeoutError" and "asyncio" in type(ex).__module__:
            return message(500, "Scoring timeout after %d ms" % self.timeout_ms, FAILED)
        return message(500, RUN_FAILED, FAILED)

    def _waited_for(self, value):
        """The result of what a plain run() left unfinished."""
        if self._loop is None:
            import asyncio

            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        if hasattr(value, "__anext__"):
            return in_steps(self._loop, value)
        result = self._loop.run_until_complete(awaited(value))
        return in_steps(self._loop, result) if hasattr(result, "__anext__") else result

    def _render(self, value, took, meta):
        try:
            return render(value, took, meta)
        except StreamFailed as ex:
            log_exception(ex.__cause__)
            return message(500, RUN_FAILED, FAILED)
        except Exception as ex:
            log_exception(ex)
            return message(500, INTERNAL)

    def slow_location(self, frame):
        """Where the user's code is just now, seen from the innermost `frame`."""
        while frame is not None:
            if is_under(frame.f_code.co_filename, self.home):
                return place(
                    frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, self.home
                )
            frame = frame.f_back
        return None


def of(values):
    kind = type(values).__name__
    return "%s of %d" % (kind, len(values)) if hasattr(values, "__len__") else kind


def of_flask(value):
    """Whether it is Flask, or something of Flask's; a proxy is not touched, as it has nothing behind it yet."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in ("flask", "werkzeug"):
        return True
    if kind is types.ModuleType:
        where = value.__name__
    elif kind in (type, types.FunctionType):
        where = value.__module__
    else:
        return False
    return isinstance(where, str) and where.partition(".")[0] == "flask"


def out_of_time(number, frame):
    raise TimeoutError


async def awaited(value):
    return await value


def in_steps(loop, parts):
    """An asynchronous generator as a plain one, for a worker that does one thing at a time."""
    try:
        while True:
            try:
                yield loop.run_until_complete(parts.__anext__())
            except StopAsyncIteration:
                return
    finally:
        if hasattr(parts, "aclose"):
            loop.run_until_complete(parts.aclose())


def message(status, text, told=FINE):
    """An error as Azure ML's inference server writes it."""
    return status, told, -1, None, json.dumps({"message": text}).encode()


def is_stream(value):
    return hasattr(value, "__next__") or hasattr(value, "__anext__")


def render(value, took, meta):
    """What run() returned, as an answer. Headers None means plain JSON."""
    response = web.as_response(value)
    if response is not None:
        return render_response(response, took, meta)
    if hasattr(value, "__next__"):
        return render_parts(value, took)
    return 200, FINE, took, None, json.dumps({} if value is None else value).encode()


def render_response(response, took, meta):
    if response.status_code >= 500:
        response.headers["x-ms-run-function-failed"] = "True"
    iter(response.response)
    status, headers, parts = web.head_and_body(response, meta.get("method", "POST"))
    headers = [[name, value] for name, value in headers]
    if response.is_streamed:
        close = getattr(parts, "close", response.close)
        return Stream(status, TOLD, took, headers, iter(parts), close)
    body = b"".join(parts)
    return status, TOLD, took, headers, body


class StreamFailed(Exception):
    """A generator raised before it gave its first part."""


def render_parts(parts, took):
    """A plain iterator: texts and bytes as they are, anything else a line of JSON each."""
    try:
        first = next(parts, None)
    except Exception as ex:
        raise StreamFailed from ex
    close = getattr(parts, "close", None)
    return Stream(200, FINE, took, parts_type(first), encoded(first, parts), close)


def encoded(first, parts):
    if first is not None:
        yield part_bytes(first)
        for part in parts:
            yield part_bytes(part)


async def first_of(parts, begin):
    """A Stream from an asynchronous or a plain iterator, once its first part is there."""
    if not hasattr(parts, "__anext__"):
        return render_parts(parts, time.perf_counter_ns() - begin)
    try:
        first = await parts.__anext__()
    except StopAsyncIteration:
        first = None
    took = time.perf_counter_ns() - begin
    return Stream(200, FINE, took, parts_type(first), encoded_async(first, parts), getattr(parts, "aclose", None))


async def encoded_async(first, parts):
    if first is not None:
        yield part_bytes(first)
        async for part in parts:
            yield part_bytes(part)


def parts_type(first):
    if isinstance(first, (bytes, bytearray, memoryview)):
        return [["Content-Type", "application/octet-stream"]]
    if first is None or isinstance(first, str):
        return [["Content-Type", "text/plain; charset=utf-8"]]
    return [["Content-Type", "application/x-ndjson"]]


def part_bytes(part):
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, (bytes, bytearray, memoryview)):
        return bytes(part)
    return json.dumps(part).encode() + b"\n"


def query_values(query):
    """The arguments of a GET: each value as JSON if it is, else as text; repeated ones a list."""
    values = {}
    for key, text in web.pairs_of(query):
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


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
