"""Scoring scripts and the requests that are sent to each of them, from the contract of the server (section 5)."""

JSON = ("Content-Type", "application/json")


class Scenario:
    """A code folder, its environment variables, and requests.

    A request is (label, method, target, headers, body) with an optional sixth: chunks.
    `exit` names the exit code of a server that must not start; `variables` may say {root}.
    """

    def __init__(self, name, script, requests=(), files=None, variables=None, exit=None, entry="score.py"):
        self.name = name
        self.files = dict(files or {})
        if script is not None:
            self.files[entry] = script
        self.requests = list(requests)
        self.variables = dict(variables or {})
        self.exit = exit
        self.entry = entry


def get(target, *headers, label=None):
    return (label or "GET " + target, "GET", target, headers, b"")


def post(body, *headers, label=None, target="/score"):
    data = body.encode() if isinstance(body, str) else body
    return (label or "POST %s %s" % (target, data[:60].decode("latin-1")), "POST", target, headers, data)


def call(method, target, *headers, body=b"", label=None):
    return (label or "%s %s" % (method, target), method, target, headers, body)


ECHO = """
def init(): pass
def run(raw): return {"type": type(raw).__name__, "value": raw}
"""

ROUTES = [
    call(method, target)
    for target in ("/", "/score", "/swagger.json", "/nope")
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK")
] + [
    get("/score/"),
    get("/score/x"),
    get("//score"),
    get("/./score"),
    get("/SCORE"),
    get("/%73core"),
    get("/score%2F"),
    get("/swagger.json/"),
    get("/swagger"),
    get("/?a=1"),
    get("/swagger.json?version=2"),
    get("/swagger.json?version=2.0"),
    get("/swagger.json?version=3"),
    get("/swagger.json?version=3.0"),
    get("/swagger.json?version=3.1"),
    get("/swagger.json?version=4"),
    get("/swagger.json?version=1"),
    get("/swagger.json?version="),
    get("/swagger.json?version=x%20y"),
    get("/swagger.json?version=%22"),
    get("/swagger.json?version=%C3%BC"),
    get("/swagger.json?version=3&version=2"),
    get("/swagger.json?Version=3"),
    get("/swagger.json?version=3&other=1"),
]

LONG = "x" * 101
IDS = [
    post("1", ("x-request-id", "r1"), label="x-request-id"),
    post("1", ("x-ms-request-id", "m1"), label="x-ms-request-id"),
    post("1", ("x-ms-client-request-id", "c1"), label="x-ms-client-request-id"),
    post("1", ("x-ms-request-id", "m1"), ("x-ms-client-request-id", "c1"), label="both ids of a client"),
    post("1", ("x-request-id", "r1"), ("x-ms-request-id", "m1"), ("x-ms-client-request-id", "c1"), label="all ids"),
    post("1", ("X-REQUEST-ID", "r1"), label="upper-case x-request-id"),
    post("1", ("x-request-id", ""), label="empty x-request-id"),
    post("1", ("x-ms-request-id", ""), label="empty x-ms-request-id"),
    post("1", ("x-ms-client-request-id", ""), ("x-request-id", "r"), label="empty x-ms-client-request-id"),
    post("1", ("x-request-id", "r"), ("x-request-id", "s"), label="x-request-id twice"),
    post("1", ("x-ms-client-request-id", "c"), ("x-ms-client-request-id", "d"), label="client id twice"),
    post("1", ("x-request-id", LONG[1:]), label="x-request-id of 100"),
    post("1", ("x-request-id", LONG), label="x-request-id of 101"),
    post("1", ("x-ms-request-id", LONG), label="x-ms-request-id of 101"),
    post("1", ("x-ms-client-request-id", LONG), label="x-ms-client-request-id of 101"),
    post("1", ("x-ms-client-request-id", LONG), ("x-request-id", "r"), label="client id of 101 beside a good one"),
    post("1", ("x-request-id", LONG), ("TraceId", "t"), label="x-request-id of 101 with TraceId"),
    get("/", ("x-request-id", LONG), label="health with an id of 101"),
    get("/", ("x-request-id", "r"), ("x-ms-client-request-id", "c"), ("TraceId", "t"), label="health with ids"),
    get("/swagger.json?version=9", ("x-request-id", "r"), label="swagger 404 with id"),
    get("/nope", ("x-request-id", "r"), label="404 with id"),
    get("/nope", ("x-request-id", LONG), label="404 with an id of 101"),
    call("PUT", "/score", ("x-request-id", "r"), label="405 with id"),
    post("1", ("TraceId", "t1"), label="TraceId"),
    post("1", ("traceid", ""), label="empty TraceId"),
    post("1", ("x-request-id", "a b, c"), label="x-request-id with spaces"),
    post("1", ("x-request-id", "\xe9"), label="x-request-id in latin-1"),
    post("1", ("Origin", "http://a.example"), label="Origin without CORS"),
]

BODIES = [
    post("", label="empty body"),
    post("", JSON, label="empty body as JSON"),
    post('{"data": [1]}'),
    post('{"data": [1]}', JSON, label="JSON"),
    post("not json", JSON, label="not JSON"),
    post("\u00fc \u4e2d \U0001f600", label="UTF-8"),
    post(b"\xef\xbb\xbf{}", label="byte order mark"),
    post(b"a\xff", label="not UTF-8"),
    post(b"\xff\xfe{\x00", JSON, label="UTF-16"),
    post(b"a\x00b", label="a NUL"),
    post("a=1&b=2", ("Content-Type", "application/x-www-form-urlencoded"), label="a form"),
    post("a=1", ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), label="a form with charset"),
    post(b"\xff", ("Content-Type", "application/x-www-form-urlencoded"), label="a form that is not UTF-8"),
    post("a=" + "x" * 500000, ("Content-Type", "application/x-www-form-urlencoded"), label="a form too long"),
    post(
        '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
        ("Content-Type", "multipart/form-data; boundary=b"),
        label="multipart",
    ),
    post("x", ("Content-Type", "multipart/form-data"), label="multipart without boundary"),
    post("nothing of that kind", ("Content-Type", "multipart/form-data; boundary=b"), label="multipart, malformed"),
    post("<a/>", ("Content-Type", "application/xml"), label="XML"),
    post("t", ("Content-Type", "text/plain; charset=latin-1"), label="text"),
    post("o", ("Content-Type", "application/octet-stream"), label="octets"),
    post("odd", ("Content-Type", "odd"), label="an odd content type"),
    post("y" * 300000, label="300 KB"),
    ("chunked", "POST", "/score", (JSON,), b"", [b'{"a"', b": 1}"]),
    ("chunked, empty", "POST", "/score", (JSON,), b"", []),
    post("accept", ("Accept", "text/html"), label="Accept"),
    post("gz", ("Accept-Encoding", "gzip"), label="Accept-Encoding"),
    post("q", target="/score?a=1", label="POST with a query"),
    call("GET", "/score", JSON, body=b'{"a": 1}', label="GET with a body"),
    get("/score?a=1"),
    get("/score?a=1&b=%5B1%2C2%5D&c=a&d=null"),
    get("/score?foo=bar1&foo=bar2&x=y"),
    get("/score?a=%7B%22b%22%3A1%7D"),
    get("/score?a"),
    get("/score?a="),
    get("/score?=1"),
    get("/score?&&a=1&"),
    get("/score?a=x+y"),
    get("/score?a=%C3%BC"),
    get("/score?a=%ff"),
    get("/score?a=%zz"),
    get("/score?a=1;b=2"),
    get("/score?a=NaN&b=Infinity&c=1e400"),
    get("/score?a=true&a=false&a=01"),
    get("/score?a=%22q%22"),
    get("/score?b=1&a=2&b=3"),
]

RETURNS = '''
import datetime, decimal, enum, collections
class Colour(enum.IntEnum):
    RED = 1
class Odd(Exception):
    def __str__(self): raise RuntimeError("no text")
def boom(ex): raise ex
def deep():
    value = []
    for _ in range(100000): value = [value]
    return value
def loop():
    value = []
    value.append(value)
    return value
Point = collections.namedtuple("Point", "x y")
DO = {
    "none": lambda: None, "true": lambda: True, "int": lambda: 7, "big": lambda: 2 ** 70, "float": lambda: 0.1,
    "small": lambda: 1e-9, "nan": lambda: float("nan"), "inf": lambda: float("-inf"), "text": lambda: "a\\u00fc\\"",
    "json": lambda: '{"a": 1}', "empty": lambda: "", "list": lambda: [1, "a", None], "tuple": lambda: (1, 2),
    "dict": lambda: {"b": 1, "a": {"c": []}}, "intkeys": lambda: {1: 2, None: 3, True: 4}, "enum": lambda: Colour.RED,
    "named": lambda: Point(1, 2), "ordered": lambda: collections.OrderedDict(z=1, a=2), "zero": lambda: 0,
    "surrogate": lambda: "\\ud800", "bytes": lambda: b"x", "set": lambda: {1}, "object": lambda: object(),
    "date": lambda: datetime.date(2020, 1, 1), "decimal": lambda: decimal.Decimal("1.5"), "complex": lambda: 1j,
    "tuplekey": lambda: {(1, 2): 3}, "loop": loop, "deep": deep, "function": lambda: boom,
    "exception": lambda: ValueError("as a value"), "pair": lambda: ({"a": 1}, 404),
    "value": lambda: boom(ValueError("no")), "key": lambda: boom(KeyError("k")), "odd": lambda: boom(Odd()),
    "unicode": lambda: boom(Exception("\\u00fc")), "timeout": lambda: boom(TimeoutError("mine")),
    "socket": lambda: boom(__import__("socket").timeout("mine")), "assert": lambda: boom(AssertionError()),
    "stop": lambda: boom(StopIteration()), "zerodiv": lambda: 1 / 0, "memory": lambda: boom(MemoryError()),
    "recursion": lambda: boom(RecursionError()), "exit": lambda: __import__("sys").exit(1), "import": lambda: __import__("nothing_of_that_name"),
}
def init(): pass
def run(raw): return DO[raw]()
'''
RETURN_NAMES = (
    "none true int big float small nan inf text json empty list tuple dict intkeys enum named ordered zero surrogate bytes "
    "set object date decimal complex tuplekey loop function exception pair value key odd unicode timeout socket assert stop "
    "zerodiv memory recursion import exit"
).split()

AML = '''
%s
DO = {
    "text": lambda: AMLResponse("teapot", 418), "empty": lambda: AMLResponse("", 200), "none": lambda: AMLResponse(None, 201),
    "bytes": lambda: AMLResponse(b"\\xff\\x00", 200, {"Content-Type": "image/png"}),
    "json": lambda: AMLResponse({"a": [1, "\\u00fc"]}, 200, json_str=True),
    "jsonheaders": lambda: AMLResponse([1], 200, {"X-A": "1"}, json_str=True),
    "jsontype": lambda: AMLResponse([1], 200, {"Content-Type": "application/problem+json"}, json_str=True),
    "two": lambda: AMLResponse("x", 200, {"X-Two": "a, b,c"}), "lower": lambda: AMLResponse("x", 200, {"content-type": "text/x"}),
    "type": lambda: AMLResponse("x", 200, {"Content-Type": "text/x; charset=latin-1"}),
    "401": lambda: AMLResponse("no", 401, {"WWW-Authenticate": "Basic"}), "404": lambda: AMLResponse({"m": 1}, 404, {}, True),
    "500": lambda: AMLResponse("down", 500), "503": lambda: AMLResponse({"a": 1}, 503, json_str=True),
    "failed": lambda: AMLResponse("x", 200, run_function_failed=True), "unserialisable": lambda: AMLResponse({1}, 200, json_str=True),
    "204": lambda: AMLResponse("", 204), "304": lambda: AMLResponse("", 304), "badheader": lambda: AMLResponse("x", 200, {"X-N": 1}),
    "number": lambda: AMLResponse(5, 200), "list": lambda: AMLResponse([b"a", b"b"], 200), "textlist": lambda: AMLResponse(["a", "b"], 200),
    "unicode": lambda: AMLResponse("\\u00fc\\u4e2d", 200), "302": lambda: AMLResponse("", 302, {"Location": "/other"}),
    "cookie": lambda: AMLResponse("x", 200, {"Set-Cookie": "a=b; Path=/"}), "strstatus": lambda: AMLResponse("x", "409 Conflict"),
    "ownid": lambda: AMLResponse("x", 200, {"x-ms-request-id": "mine", "x-request-id": "mine"}),
    "length": lambda: AMLResponse("abc", 200, {"Content-Length": "3"}), "server": lambda: AMLResponse("x", 200, {"x-ms-server-version": "mine"}),
    "mutated": lambda: mutated(), "newline": lambda: AMLResponse("x", 200, {"X-A": "a\\nb"}),
}
def mutated():
    answer = AMLResponse("x", 200)
    answer.headers["X-Own"] = "1"
    answer.headers.add("X-Own", "2")
    answer.status_code = 202
    answer.mimetype = "text/csv"
    answer.set_data("a,b")
    return answer
def init(): pass
def run(raw): return DO[raw]()
'''
AML_NAMES = (
    "text empty none bytes json jsonheaders jsontype two lower type 401 404 500 503 failed unserialisable 204 304 badheader number list "
    "textlist unicode 302 cookie strstatus ownid length server mutated newline"
).split()

FLASK = '''
import io
from flask import Response, abort, after_this_request, current_app, g, jsonify, make_response, redirect, request, send_file
def stream():
    yield "a"
    yield b"b"
def later():
    @after_this_request
    def add(response):
        response.headers["X-Later"] = "1"
        return response
    return Response("x")
def cookies():
    answer = make_response("x", 200)
    answer.set_cookie("a", "b", httponly=True)
    answer.set_cookie("c", "d")
    return answer
DO = {
    "text": lambda: Response("x"), "bytes": lambda: Response(b"\\x00\\xff", mimetype="image/png"), "json": lambda: jsonify(a=1, b=[1]),
    "404": lambda: Response("no", 404), "500": lambda: Response("down", 500), "503": lambda: Response("busy", 503, {"Retry-After": "3"}),
    "preset": lambda: Response("x", 500, {"x-ms-run-function-failed": "False"}), "preset200": lambda: Response("x", 200, {"x-ms-run-function-failed": "odd"}),
    "204": lambda: Response(status=204), "304": lambda: Response(status=304), "stream": lambda: Response(stream()),
    "streamtype": lambda: Response(stream(), mimetype="text/event-stream", headers={"Cache-Control": "no-cache"}),
    "file": lambda: send_file(io.BytesIO(b"abc"), mimetype="text/x", download_name="a.txt", max_age=0), "redirect": lambda: redirect("/other"),
    "cookies": cookies, "made": lambda: make_response({"a": 1}, 201, {"X-A": "b"}), "abort": lambda: abort(403), "later": later,
    "args": lambda: [request.method, request.path, request.headers.get("X-Own"), request.args.to_dict(), request.content_type],
    "app": lambda: [current_app.name, sorted(k for k in ("request_id", "client_request_id") if hasattr(g, k)), g.request_id],
    "list": lambda: Response(["a", "b"]), "length": lambda: Response(stream(), headers={"Content-Length": "2"}),
}
def init(): pass
def run(raw): return DO[raw]()
'''
FLASK_NAMES = (
    "text bytes json 404 500 503 preset preset200 204 304 stream streamtype file redirect cookies made abort later args app list length"
).split()

RAW = '''
%s
def init(): pass
@rawhttp
def run(request):
    data = request.get_data(cache=True)
    told = {
        "method": request.method, "path": request.path, "full": request.full_path, "query": request.query_string.decode("latin-1"),
        "args": request.args.to_dict(flat=False), "type": request.content_type, "mimetype": request.mimetype, "is_json": request.is_json,
        "length": request.content_length, "data": data.decode("latin-1"), "own": request.headers.get("X-Own"),
        "names": sorted(request.headers.keys()), "host": request.host, "url": request.url, "base": request.base_url, "root": request.url_root,
        "scheme": request.scheme, "cookies": dict(request.cookies), "silent": request.get_json(silent=True),
        "missing": request.headers.get("nothing", "d"), "contains": "x-own" in request.headers,
    }
    if request.args.get("answer") == "aml":
        return AMLResponse(data, 200, {"Content-Type": "application/octet-stream"})
    if request.args.get("answer") == "raise":
        raise ValueError("raised")
    if request.args.get("answer") == "json":
        return request.get_json()
    if request.args.get("answer") == "text":
        return request.get_data(as_text=True)
    if request.args.get("answer") == "form":
        return [request.form.to_dict(flat=False), sorted(request.files)]
    if request.args.get("answer") == "int":
        return [request.args.get("n", type=int), request.args.get("n", 5, int), request.args.getlist("m"), request.args["m"]]
    return told
'''
RAW_REQUESTS = [
    get("/score"),
    get("/score?a=1&a=2&b=%20x", ("X-Own", "v"), ("Cookie", "a=b; c=d")),
    post("", label="raw empty"),
    post('{"a": 1}', JSON, label="raw JSON"),
    post('{"a": 1}', ("Content-Type", "application/vnd.x+json; charset=utf-8"), label="raw +json"),
    post(b"\xff\x00", ("Content-Type", "application/octet-stream"), label="raw bytes"),
    post(b"\xff\x00", target="/score?answer=aml", label="raw bytes back"),
    post("x", target="/score?answer=raise", label="raw raises"),
    post("[1]", JSON, target="/score?answer=json", label="raw get_json"),
    post("no", JSON, target="/score?answer=json", label="raw get_json of what is none"),
    post("no", target="/score?answer=json", label="raw get_json without its type"),
    post("\u00fc", target="/score?answer=text", label="raw text"),
    post("a=1&b=2&a=3&c=%C3%BC", ("Content-Type", "application/x-www-form-urlencoded"), label="raw form as data"),
    post("x", target="/score?answer=int&n=7&m=1&m=2", label="raw typed arguments"),
    post("x", target="/score?answer=int&n=x&m=", label="raw arguments of a wrong type"),
    post("x", target="/score?answer=int", label="raw missing argument"),
    call("OPTIONS", "/score"),
    call("HEAD", "/score"),
    call("PUT", "/score", body=b"x"),
    call("DELETE", "/score"),
    post("x", ("X-Own", "a"), ("X-Own", "b"), label="raw header twice"),
    post("x", ("X_Under", "a"), label="raw header with an underscore"),
    post("x", ("X-Own", "\xe9"), label="raw header in latin-1"),
    post("x", ("Host", "other.example:8080"), label="raw other host"),
    ("raw chunked", "POST", "/score", (), b"", [b"ab", b"c"]),
]

HEADERS = """
def init(): pass
def run(data, request_headers): return [data, request_headers, type(request_headers).__name__]
"""

NUMPY = """
import numpy as np
from inference_schema.schema_decorators import input_schema, output_schema
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
def init(): pass
@input_schema("data", NumpyParameterType(np.array([[1.0, 2.0], [3.0, 4.0]])))
@output_schema(NumpyParameterType(np.array([1.0])))
def run(data):
    return [type(data).__name__, str(data.dtype), list(data.shape), data.sum(axis=1).tolist()]
"""
PANDAS = """
import pandas as pd
from inference_schema.schema_decorators import input_schema, output_schema
from inference_schema.parameter_types.pandas_parameter_type import PandasParameterType
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
SAMPLE = pd.DataFrame([{"age": 1, "name": "a", "ok": True, "w": 0.5, "at": pd.Timestamp("2020-01-02")}])
def init(): pass
@input_schema("data", PandasParameterType(SAMPLE))
@input_schema("split", PandasParameterType(SAMPLE[["age", "w"]], orient="split"), optional=True)
@input_schema("scale", StandardPythonParameterType(2))
@output_schema(StandardPythonParameterType({"predictions": [1.0]}))
def run(data, split=None, scale=1):
    return {"type": type(data).__name__, "sum": float(data["age"].sum() * scale), "columns": list(data.columns), "split": None if split is None else split.shape}
"""
STANDARD = """
import datetime
from inference_schema.schema_decorators import input_schema, output_schema
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
import numpy as np
NESTED = StandardPythonParameterType({"inner": StandardPythonParameterType({"x": StandardPythonParameterType(1.0)}), "n": NumpyParameterType(np.array([1]))})
def init(): pass
@input_schema("name", StandardPythonParameterType("a"))
@input_schema("count", StandardPythonParameterType(1))
@input_schema("ratio", StandardPythonParameterType(0.5))
@input_schema("flag", StandardPythonParameterType(True))
@input_schema("items", StandardPythonParameterType([1, 2]), optional=True)
@input_schema("day", StandardPythonParameterType(datetime.date(2020, 1, 2)), optional=True)
@input_schema("nested", NESTED, optional=True)
@output_schema(StandardPythonParameterType({"a": 1}))
def run(name, count, ratio=0.25, flag=False, items=None, day=None, nested=None, request_headers=None):
    return {"name": name, "count": count, "ratio": ratio, "flag": flag, "items": items, "day": str(day), "nested": str(nested), "headers": request_headers is not None}
"""
OUTPUT_ONLY = """
from inference_schema.schema_decorators import output_schema
from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType
def init(): pass
@output_schema(StandardPythonParameterType([1]))
def run(data): return data
"""
DECORATED_BODIES = [
    post("", JSON, label="decorated, empty"),
    post("no", JSON, label="decorated, not JSON"),
    post("[1]", JSON, label="decorated, a list"),
    post("null", JSON, label="decorated, null"),
    post('"a"', JSON, label="decorated, a string"),
    post("{}", JSON, label="decorated, nothing given"),
    post(b"\xff", JSON, label="decorated, not UTF-8"),
    post(b"\xef\xbb\xbf{}", JSON, label="decorated, byte order mark"),
    post("{}", label="decorated, no content type"),
    post("{}", ("Content-Type", "text/plain"), label="decorated, text"),
    post("{}", ("Content-Type", "application/x-www-form-urlencoded"), label="decorated, a form"),
    post("{}", ("Content-Type", "application/json; charset=utf-8"), label="decorated, with charset"),
    post("{}", ("Content-Type", "APPLICATION/JSON"), label="decorated, upper case"),
    post("{}", ("Content-Type", "application/vnd.api+json"), label="decorated, +json"),
    post("{}", ("Content-Type", "text/json"), label="decorated, text/json"),
    call("OPTIONS", "/score", label="decorated OPTIONS"),
    call("HEAD", "/score", label="decorated HEAD"),
    call("PUT", "/score", label="decorated PUT"),
    get("/swagger.json"),
    get("/swagger.json?version=3"),
    get("/swagger.json?version=3.1"),
    get("/swagger.json?version=9"),
]

ORIGINS = [
    post("1", label="no Origin"),
    post("1", ("Origin", "http://a.example"), label="Origin allowed"),
    post("1", ("Origin", "HTTP://A.EXAMPLE"), label="Origin in upper case"),
    post("1", ("Origin", "http://b.example"), label="Origin, the second"),
    post("1", ("Origin", "http://evil.example"), label="Origin refused"),
    call("OPTIONS", "/score", ("Origin", "http://a.example"), ("Access-Control-Request-Method", "POST"), label="preflight"),
    call("OPTIONS", "/score", ("Origin", "http://a.example"), ("Access-Control-Request-Method", "post"),
         ("Access-Control-Request-Headers", "X-B, authorization,x-a"), label="preflight with headers"),
    call("OPTIONS", "/score", ("Origin", "http://a.example"), ("Access-Control-Request-Method", "DELETE"), label="preflight for DELETE"),
    call("OPTIONS", "/score", ("Origin", "http://evil.example"), ("Access-Control-Request-Method", "POST"), label="preflight refused"),
    call("OPTIONS", "/", ("Origin", "http://a.example"), ("Access-Control-Request-Method", "GET"), label="preflight of health"),
    call("OPTIONS", "/score", ("Origin", "http://a.example"), ("Access-Control-Request-Method", "POST"),
         ("Access-Control-Request-Private-Network", "true"), label="preflight from a private network"),
    get("/", ("Origin", "http://a.example"), label="health with Origin"),
    get("/swagger.json", ("Origin", "http://a.example"), label="swagger with Origin"),
    get("/nope", ("Origin", "http://a.example"), label="404 with Origin"),
    post(b"\xff", ("Origin", "http://a.example"), label="400 with Origin"),
    post("1", ("Origin", "http://a.example"), ("x-request-id", LONG), label="431 with Origin"),
]

SLOW = """
import time
def init(): pass
def run(raw):
    if raw == "busy":
        while True: pass
    time.sleep(float(raw))
    return raw
"""

STREAMS = """
async def later(raw): return raw
def pieces():
    yield "a"
    yield "b"
async def apieces():
    yield {"a": 1}
    yield {"b": 2}
def init(): pass
def run(raw): return pieces() if raw == "generator" else apieces() if raw == "asyncgenerator" else later(raw)
"""

ASYNC = """
def init(): pass
async def run(raw): return [raw]
"""

AZML_API = "from azureml_inference_server_http.api.aml_request import rawhttp, AMLRequest\nfrom azureml_inference_server_http.api.aml_response import AMLResponse"
CONTRIB = "from azureml.contrib.services.aml_request import rawhttp, AMLRequest\nfrom azureml.contrib.services.aml_response import AMLResponse"
SIMPLE = "def init(): pass\ndef run(raw): return raw\n"


def broken(name, script, **more):
    return Scenario(name, script, exit=3, **more)


SCENARIOS = [
    Scenario("routes", ECHO, ROUTES),
    Scenario("ids", ECHO, IDS),
    Scenario("bodies", ECHO, BODIES),
    Scenario("returns", RETURNS, [post(name) for name in RETURN_NAMES]),
    Scenario("aml-response", AML % AZML_API, [post(name) for name in AML_NAMES]),
    Scenario("aml-response-contrib", AML % CONTRIB, [post(name) for name in ("text", "json", "500", "bytes")]),
    Scenario("flask", FLASK, [post(name, ("X-Own", "v"), ("x-request-id", "r1")) for name in FLASK_NAMES]),
    Scenario("raw", RAW % AZML_API, RAW_REQUESTS),
    Scenario("raw-form", RAW % AZML_API, [
        post("a=1&b=2&a=3&c=%C3%BC", ("Content-Type", "application/x-www-form-urlencoded"), target="/score?answer=form", label="form"),
    ]),
    Scenario("raw-contrib", RAW % CONTRIB, RAW_REQUESTS[:4]),
    Scenario("request-headers", HEADERS, [
        post("d", ("X-Own", "v"), label="headers"),
        get("/score?a=1", ("x-lower", "v"), label="headers of a GET"),
        post("d", ("X-Two", "a"), ("X-Two", "b"), JSON, label="headers twice"),
        post("d", ("X-Empty", ""), label="an empty header"),
        post("d", ("X_Under", "v"), label="a header with an underscore"),
        post("d", ("X-Latin", "\xe9"), label="a header in latin-1"),
        ("headers, chunked", "POST", "/score", (), b"", [b"ab"]),
    ]),
    Scenario("numpy", NUMPY, DECORATED_BODIES + [
        post('{"data": [[1, 2], [3, 4]]}', JSON), post('{"data": [[1, 2]], "other": 1}', JSON), post('{"data": "text"}', JSON),
        post('{"data": [[1], [2, 3]]}', JSON), post('{"data": null}', JSON), post('{"Data": [[1]]}', JSON),
        get("/score?data=%5B%5B1%2C2%5D%5D"), get("/score?other=1"), get("/score"),
    ]),
    Scenario("pandas", PANDAS, DECORATED_BODIES + [
        post('{"data": [{"age": 3, "name": "x", "ok": false, "w": 1, "at": "2021-01-01"}], "scale": 2}', JSON),
        post('{"data": [{"age": 3}]}', JSON), post('{"data": 5, "scale": 1}', JSON),
        post('{"data": [{"age": 3}], "scale": 3, "split": {"columns": ["age", "w"], "index": [0], "data": [[1, 2]]}}', JSON),
    ]),
    Scenario("standard", STANDARD, DECORATED_BODIES + [
        post('{"name": "n", "count": 2}', JSON), post('{"name": "n"}', JSON), post('{"name": 1, "count": "x"}', JSON),
        post('{"name": "n", "count": 2, "day": "2021-03-04", "items": [3], "flag": true, "ratio": 1}', JSON),
        post('{"name": "n", "count": 2, "nested": {"inner": {"x": 2.5}, "n": [1, 2]}}', JSON), post('{"name": "n", "count": 2, "nested": 5}', JSON),
        post('{"name": "n", "count": 2, "request_headers": 5}', JSON), get("/score?name=n&count=3"), get("/score?count=3"),
    ]),
    Scenario("output-only", OUTPUT_ONLY, [post('{"data": 1}', JSON), post("1"), get("/swagger.json")]),
    Scenario("service", SIMPLE, [get("/swagger.json"), get("/swagger.json?version=3")],
             variables={"SERVICE_NAME": "my service", "SERVICE_VERSION": "7", "SERVICE_PATH_PREFIX": "/a/b/"}),
    Scenario("config-file", SIMPLE, [get("/swagger.json"), get("/swagger.json?version=3.1"), post("0.1")],
             files={"config.json": '{"SERVICE_VERSION": "from file", "SERVICE_PATH_PREFIX": "p", "UNKNOWN": 1}'},
             variables={"SERVICE_NAME": "from environment"}),
    Scenario("config-elsewhere", SIMPLE, [get("/swagger.json")], files={"sub/mine.json": '{"SERVICE_VERSION": "elsewhere"}'},
             variables={"AZUREML_CONFIG_FILE": "{root}/sub/mine.json", "SERVICE_NAME": "n"}),
    Scenario("swagger-files", SIMPLE, [get("/swagger.json?version=%s" % v) for v in ("2", "2.0", "3", "3.0", "3.1", "4")],
             files={"swagger2.json": '{"mine": 2}', "swagger3.json": '{"mine": [3, "\u00fc"]}', "swagger3.1.json": '{"mine": 3.1}'}),
    Scenario("swagger-file", SIMPLE, [get("/swagger.json"), get("/swagger.json?version=3")],
             files={"swagger.json": '{"b": 1, "a":  2}', "swagger2.json": '{"mine": 2}'}, variables={"SERVICE_NAME": "n"}),
    Scenario("cors", ECHO, ORIGINS, variables={"AML_CORS_ORIGINS": "http://a.example, http://b.example"}),
    Scenario("cors-one", ECHO, ORIGINS, variables={"AML_CORS_ORIGINS": "http://a.example"}),
    Scenario("cors-any", ECHO, ORIGINS, variables={"AML_CORS_ORIGINS": "*"}),
    Scenario("timeout", SLOW, [post("1", label="slow"), post("0.01", label="quick"), post("busy", label="busy")],
             variables={"SCORING_TIMEOUT_MS": "300"}),
    Scenario("no-server-version", SIMPLE, [post("1"), get("/")], variables={"SERVER_VERSION_LOG_RESPONSE_ENABLED": "false"}),
    Scenario("driver", "import real as driver_module\nSEEN = []\ndef init(): driver_module.init(); SEEN.append(1)\ndef run(*args): return 'driver'\n",
             [post("1")], files={"real.py": "def init(): pass\ndef run(raw): return 'real ' + raw\n"}),
    Scenario("nested-folder", "import helper\ndef init(): pass\ndef run(raw): return helper.NAME + __name__\n", [post("1")],
             entry="src/score.py", files={"helper.py": "NAME = 'helper '\n"}),
    Scenario("source-folder", "import lib\ndef init(): pass\ndef run(raw): return lib.NAME\n", [post("1")],
             files={"libs/lib.py": "NAME = 'lib'\n"}, variables={"AZUREML_SOURCE_DIRECTORY": "libs"}),
    Scenario("keyword-only", "def init(): pass\ndef run(*, data): return data\n", [post("1"), get("/score?data=1")]),
    Scenario("streams", STREAMS, [post("generator"), post("asyncgenerator"), post("coroutine")]),
    Scenario("async", ASYNC, [post("1")]),
    broken("init-raises", "def init(): raise ValueError('no')\ndef run(raw): pass\n"),
    broken("init-exits", "import sys\ndef init(): sys.exit(7)\ndef run(raw): pass\n"),
    broken("import-raises", "import nothing_of_that_name\ndef init(): pass\ndef run(raw): pass\n"),
    broken("syntax", "def init(: pass\n"),
    broken("no-init", "def run(raw): pass\n"),
    broken("no-run", "def init(): pass\n"),
    broken("run-varargs", "def init(): pass\ndef run(*args): pass\n"),
    broken("run-kwargs", "def init(): pass\ndef run(raw, **more): pass\n"),
    broken("run-positional", "def init(): pass\ndef run(raw, /): pass\n"),
    broken("run-nothing", "def init(): pass\ndef run(): pass\n"),
    broken("run-only-headers", "def init(): pass\ndef run(request_headers): pass\n"),
    broken("no-script", None),
    broken("raw-and-schema", NUMPY.replace('@input_schema("data"', AZML_API.replace(", AMLRequest", "") + '\n@rawhttp\n@input_schema("data"')),
    broken("bad-timeout", SIMPLE, variables={"SCORING_TIMEOUT_MS": "soon"}),
    broken("bad-config", SIMPLE, files={"config.json": "{no"}),
    broken("bad-config-value", SIMPLE, files={"config.json": '{"SCORING_TIMEOUT_MS": "soon"}'}),
    broken("bad-swagger", SIMPLE, files={"swagger.json": "{no"}),
]

# What is compared with recorded answers in every run of the tests; the rest takes the other server.
QUICK = frozenset(
    "routes ids bodies returns aml-response aml-response-contrib raw request-headers cors config-file swagger-files "
    "timeout driver".split()
)
