"""Requests and answers as scoring scripts know them: Flask's where there is a Flask, small ones of the same shape where not.

Importing this module makes `azureml_inference_server_http.api` and `azureml.contrib.services` importable; what is
installed of them comes first. Standard library only, Python 3.8 or newer.
"""

import codecs
import http
import http.cookies
import importlib.abc
import importlib.machinery
import io
import json
import os
import sys
from urllib.parse import parse_qsl, quote, unquote_to_bytes

HTML = "text/html; charset=utf-8"
APP = "azureml_inference_server_http.server.create_app"
API = "azureml_inference_server_http.api."
CONTRIB = "azureml.contrib.services."


def keep_quoted(error):
    """Bytes of a query that are no UTF-8 stay percent-encoded, as Werkzeug leaves them."""
    return quote(error.object[error.start : error.end], safe=""), error.end


codecs.register_error("farol.quoted", keep_quoted)


def pairs_of(query):
    return parse_qsl(query, keep_blank_values=True, errors="farol.quoted")


def mimetype_of(content_type):
    return content_type.partition(";")[0].strip().lower() if content_type else ""


def is_json(content_type):
    kind = mimetype_of(content_type)
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def environ_headers(pairs):
    """CGI names: repeated headers joined, those with an underscore dropped, as gunicorn does."""
    found = {}
    for name, value in pairs:
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            found[key] = value
        else:
            key = "HTTP_" + key
            found[key] = found[key] + "," + value if key in found else value
    return found


def shown_name(key):
    key = key[5:] if key.startswith("HTTP_") else key
    return key.replace("_", "-").title()


def header_dict(pairs):
    """What `request_headers` is: a plain dict, names as Flask shows them."""
    return {shown_name(key): value for key, value in environ_headers(pairs).items()}


def environ_of(meta, body):
    """A WSGI environment of a request."""
    environ = {
        "REQUEST_METHOD": meta["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(meta["path"]).decode("latin-1"),
        "QUERY_STRING": meta["query"],
        "RAW_URI": meta["path"] + ("?" + meta["query"] if meta["query"] else ""),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "farol",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ.update(environ_headers(meta["headers"]))
    return environ


class Arguments(dict):
    """Names with one or more values each, like Werkzeug's MultiDict."""

    def __init__(self, pairs=()):
        super().__init__()
        for name, value in pairs:
            self.setlistdefault(name).append(value)

    def setlistdefault(self, name):
        return dict.setdefault(self, name, [])

    def __getitem__(self, name):
        return dict.__getitem__(self, name)[0]

    def get(self, name, default=None, type=None):
        if name not in self:
            return default
        value = self[name]
        if type is None:
            return value
        try:
            return type(value)
        except (ValueError, TypeError):
            return default

    def getlist(self, name, type=None):
        found = dict.get(self, name, [])
        return list(found) if type is None else [type(one) for one in found]

    def items(self, multi=False):
        for name, several in dict.items(self):
            for value in several if multi else several[:1]:
                yield name, value

    def values(self):
        return (self[name] for name in self)

    def lists(self):
        return ((name, list(several)) for name, several in dict.items(self))

    def to_dict(self, flat=True):
        return dict(self.items()) if flat else {name: several for name, several in self.lists()}


class Headers:
    """HTTP headers in their order; names without regard to case."""

    def __init__(self, pairs=()):
        self._pairs = []
        for name, value in pairs.items() if hasattr(pairs, "items") else pairs:
            self.add(name, value)

    def add(self, name, value, **parameters):
        text = str(value)
        for key, one in parameters.items():
            text += "; %s=%s" % (key.replace("_", "-"), one)
        if "\r" in text or "\n" in text:
            raise ValueError("Header values must not contain newline characters.")
        self._pairs.append((str(name), text))

    add_header = add

    def set(self, name, value, **parameters):
        self.remove(name)
        self.add(name, value, **parameters)

    def remove(self, name):
        self._pairs = [pair for pair in self._pairs if pair[0].lower() != name.lower()]

    def get(self, name, default=None, type=None):
        for value in self.getlist(name):
            try:
                return value if type is None else type(value)
            except (ValueError, TypeError):
                return default
        return default

    def getlist(self, name):
        return [value for key, value in self._pairs if key.lower() == name.lower()]

    get_all = getlist

    def setdefault(self, name, value):
        if name not in self:
            self.add(name, value)
        return self[name]

    def update(self, other):
        for name, value in dict(other).items():
            self.set(name, value)

    extend = update

    def pop(self, name, default=None):
        value = self.get(name, default)
        self.remove(name)
        return value

    def items(self):
        return iter(list(self._pairs))

    def keys(self):
        return (name for name, _ in self._pairs)

    def values(self):
        return (value for _, value in self._pairs)

    def to_wsgi_list(self):
        return list(self._pairs)

    def __getitem__(self, name):
        for value in self.getlist(name):
            return value
        raise KeyError(name)

    __setitem__ = set
    __delitem__ = remove

    def __contains__(self, name):
        return bool(self.getlist(name))

    def __iter__(self):
        return self.items()

    def __len__(self):
        return len(self._pairs)


class BadRequest(Exception):
    """What the request holds is not what the script asks it for."""


class Request:
    """What @rawhttp gives to run() where there is no Flask."""

    def __init__(self, environ):
        self.environ = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        self.query_string = environ["QUERY_STRING"].encode("latin-1", "replace")
        self.remote_addr = environ["REMOTE_ADDR"]
        self.scheme = environ["wsgi.url_scheme"]
        self.stream = environ["wsgi.input"]
        self.headers = Headers(
            (shown_name(key), value)
            for key, value in environ.items()
            if key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        )
        self.args = Arguments(pairs_of(environ["QUERY_STRING"]))
        self._data = None
        self._form = None

    @property
    def content_type(self):
        return self.headers.get("Content-Type")

    @property
    def mimetype(self):
        return mimetype_of(self.content_type)

    @property
    def content_length(self):
        if "Transfer-Encoding" in self.headers:
            return None
        return self.headers.get("Content-Length", type=int)

    @property
    def is_json(self):
        return is_json(self.content_type)

    @property
    def host(self):
        return self.headers.get("Host", "")

    @property
    def url_root(self):
        return "%s://%s/" % (self.scheme, self.host)

    host_url = url_root

    @property
    def base_url(self):
        return self.url_root + quote(self.path.lstrip("/"), safe="/%:@!$&'()*+,;=~")

    @property
    def url(self):
        query = self.environ["QUERY_STRING"]
        return self.base_url + ("?" + query if query else "")

    @property
    def full_path(self):
        return self.path + "?" + self.environ["QUERY_STRING"]

    @property
    def cookies(self):
        found = http.cookies.SimpleCookie(self.headers.get("Cookie", ""))
        return Arguments((name, morsel.value) for name, morsel in found.items())

    def get_data(self, cache=True, as_text=False, parse_form_data=False):
        if self._data is None:
            self._data = self.stream.read()
        data = self._data
        if parse_form_data and self.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
            data = b""
        return data.decode("utf-8", "replace") if as_text else data

    @property
    def data(self):
        return self.get_data(parse_form_data=True)

    def get_json(self, force=False, silent=False, cache=True):
        if not (force or self.is_json):
            if silent:
                return None
            raise BadRequest(
                "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."
            )
        try:
            return json.loads(self.get_data())
        except ValueError as ex:
            if silent:
                return None
            raise BadRequest("Failed to decode JSON object: %s" % ex) from None

    @property
    def json(self):
        return self.get_json()

    @property
    def form(self):
        if self._form is None:
            self._read_form()
        return self._form[0]

    @property
    def files(self):
        if self._form is None:
            self._read_form()
        return self._form[1]

    @property
    def values(self):
        return Arguments(list(self.args.items(multi=True)) + list(self.form.items(multi=True)))

    def _read_form(self):
        fields, files = [], []
        if self.mimetype == "application/x-www-form-urlencoded":
            fields = pairs_of(self.get_data().decode("latin-1"))
        elif self.mimetype == "multipart/form-data":
            fields, files = multipart(self.content_type, self.get_data())
        self._form = Arguments(fields), Arguments(files)


class File(io.BytesIO):
    """A file of a form."""

    def __init__(self, name, filename, content_type, data):
        super().__init__(data)
        self.name = name
        self.filename = filename
        self.content_type = content_type
        self.stream = self

    def save(self, target):
        if hasattr(target, "write"):
            target.write(self.getvalue())
        else:
            with open(target, "wb") as file:
                file.write(self.getvalue())


def multipart(content_type, data):
    import email
    import email.policy

    head = ("Content-Type: %s\r\n\r\n" % content_type).encode("latin-1")
    fields, files = [], []
    for part in email.message_from_bytes(head + data, policy=email.policy.HTTP).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True) or b""
        if part.get_filename() is None:
            fields.append((name, content.decode("utf-8", "replace")))
        else:
            files.append((name, File(name, part.get_filename(), part.get_content_type(), content)))
    return fields, files


class Response:
    """An answer of a script's own making where there is no Flask."""

    default_mimetype = "text/html"

    def __init__(self, response=None, status=None, headers=None, mimetype=None, content_type=None):
        self.headers = Headers(headers or ())
        self._status = 200
        self._reason = None
        self.status = 200 if status is None else status
        if content_type is not None:
            self.headers.set("Content-Type", content_type)
        elif mimetype is not None:
            self.mimetype = mimetype
        elif "Content-Type" not in self.headers:
            self.mimetype = self.default_mimetype
        if response is None:
            self.response = []
        elif isinstance(response, (str, bytes, bytearray)):
            self.set_data(response)
        else:
            self.response = response

    @property
    def status_code(self):
        return self._status

    @status_code.setter
    def status_code(self, code):
        self._status, self._reason = code, None

    @property
    def status(self):
        if self._reason is None:
            try:
                return "%d %s" % (self._status, http.HTTPStatus(self._status).phrase.upper())
            except ValueError:
                return "%d UNKNOWN" % self._status
        return "%d %s" % (self._status, self._reason)

    @status.setter
    def status(self, value):
        code, _, reason = str(value).partition(" ")
        self._status, self._reason = int(code), reason or None

    @property
    def mimetype(self):
        return mimetype_of(self.headers.get("Content-Type"))

    @mimetype.setter
    def mimetype(self, value):
        text = value.startswith("text/") or value in ("application/xml", "application/javascript")
        self.headers.set("Content-Type", value + "; charset=utf-8" if text else value)

    @property
    def content_type(self):
        return self.headers.get("Content-Type")

    @content_type.setter
    def content_type(self, value):
        self.headers.set("Content-Type", value)

    @property
    def is_streamed(self):
        return not isinstance(self.response, (list, tuple))

    def iter_encoded(self):
        return (one.encode() if isinstance(one, str) else one for one in self.response)

    def get_data(self, as_text=False):
        if self.is_streamed:
            self.response = list(self.iter_encoded())
        data = b"".join(self.iter_encoded())
        return data.decode() if as_text else data

    def set_data(self, value):
        data = value.encode() if isinstance(value, str) else bytes(value)
        self.response = [data]
        self.headers.set("Content-Length", str(len(data)))

    data = property(get_data, set_data)

    def set_cookie(self, key, value="", max_age=None, expires=None, path="/", domain=None, secure=False, httponly=False):
        text = "%s=%s" % (key, value)
        for name, one in (("Domain", domain), ("Expires", expires), ("Max-Age", max_age)):
            if one is not None:
                text += "; %s=%s" % (name, one)
        text += "; Secure" if secure else ""
        text += "; HttpOnly" if httponly else ""
        self.headers.add("Set-Cookie", text + ("; Path=" + path if path else ""))

    def close(self):
        if hasattr(self.response, "close"):
            self.response.close()


def flask():
    """The module, where it is installed."""
    try:
        import flask as found
    except ModuleNotFoundError as ex:
        if ex.name != "flask":
            raise
        return None
    return found


def make_request(environ):
    found = flask()
    return Request(environ) if found is None else found.Request(environ)


def make_app(root):
    found = flask()
    folder = os.path.join(root, "instance")
    return found.Flask(APP, root_path=root, static_folder=None, instance_path=folder)


def as_response(value):
    """The value itself if it is an answer of the script's own making, else None."""
    found = sys.modules.get("flask")
    if isinstance(value, Response) or (found is not None and isinstance(value, found.Response)):
        return value
    return None


def head_and_body(response, method):
    """(status, headers as pairs, an iterable of bytes): what a WSGI server would send."""
    if isinstance(response, Response):
        headers = [pair for pair in response.headers.to_wsgi_list()]
        if response.status_code in (204, 304) or response.status_code < 200:
            headers = [pair for pair in headers if pair[0].lower() != "content-length"]
            if response.status_code == 304:
                headers = [pair for pair in headers if pair[0].lower() != "content-type"]
            return response.status_code, headers, ()
        return response.status_code, headers, response.iter_encoded()
    parts, _, headers = response.get_wsgi_response({"REQUEST_METHOD": method, "wsgi.url_scheme": "http"})
    return response.status_code, headers.to_wsgi_list() if hasattr(headers, "to_wsgi_list") else list(headers), parts


def raw_requested():
    """Whether a script used @rawhttp, from whichever package it imported it."""
    names = (API + "aml_request", CONTRIB + "aml_request")
    return any(getattr(sys.modules.get(name), "_rawHttpRequested", False) for name in names)


def fill_request_module(module):
    found = flask()
    base = Request if found is None else found.Request
    module._rawHttpRequested = False

    def rawhttp(func):
        """Attribute applied to run() function in score.py to request raw HTTP access"""
        module._rawHttpRequested = True
        return func

    class AMLRequest(base):
        """The type that scripts name; run() gets the request itself."""

    module.rawhttp, module.AMLRequest, module.Request = rawhttp, AMLRequest, base


def fill_response_module(module):
    found = flask()
    base = Response if found is None else found.Response

    class AMLResponse(base):
        """An answer with a status and headers of its own."""

        def __init__(self, message, status_code, response_headers={}, json_str=False, run_function_failed=False):
            if message is None:
                super().__init__(json.dumps({}), status=status_code, mimetype="application/json")
            elif json_str:
                super().__init__(json.dumps(message), status=status_code, mimetype="application/json")
            else:
                super().__init__(message, status=status_code)
                if "Content-Type" in response_headers:
                    self.headers.remove("Content-Type")
            self.headers["x-ms-run-function-failed"] = run_function_failed
            for name, value in response_headers.items():
                for one in value.split(","):
                    self.headers.add_header(name, one.strip())

    module.AMLResponse, module.Response = AMLResponse, base


def fill_services_package(module):
    module.rawhttp = importlib.import_module(CONTRIB + "aml_request").rawhttp


def fill_log_module(module):
    output = sys.modules.get("_farol_output")
    if output is not None:
        module.AMLLogFormatter, module.RootAccessFilter = output.AMLLogFormatter, output.RootAccessFilter


def nothing(module):
    return None


STAND_INS = {
    "azureml": (True, nothing),
    "azureml.contrib": (True, nothing),
    "azureml.contrib.services": (True, fill_services_package),
    CONTRIB + "aml_request": (False, fill_request_module),
    CONTRIB + "aml_response": (False, fill_response_module),
    "azureml_inference_server_http": (True, nothing),
    "azureml_inference_server_http.log_config": (False, fill_log_module),
    "azureml_inference_server_http.api": (True, nothing),
    API + "aml_request": (False, fill_request_module),
    API + "aml_response": (False, fill_response_module),
}


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last of all finders, and so only for what is not installed."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in STAND_INS:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=STAND_INS[fullname][0])

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        STAND_INS[module.__name__][1](module)


def install():
    if not any(isinstance(finder, StandIn) for finder in sys.meta_path):
        sys.meta_path.append(StandIn())
