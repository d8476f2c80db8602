"""What a script writes: the logger `azmlinfsrv`, print(), stdout and stderr, each line with its request's id.

Standard library only, Python 3.8 or newer.
"""

import builtins
import contextvars
import functools
import io
import json
import logging
import logging.config
import os
import sys
import time

FORMAT = "%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s"

# The x-request-id of what runs now; empty outside of requests.
request_id = contextvars.ContextVar("farol_request_id", default="")


class Lines(io.TextIOWrapper):
    """A stream whose lines begin with the id of the request that writes them."""

    _inside = False

    def write(self, text):
        current = request_id.get()
        if current and text:
            prefix = "[%s] " % current
            lines = text.splitlines(keepends=True)
            marked = [prefix + line for line in lines]
            if self._inside:
                marked[0] = lines[0]
            super().write("".join(marked))
        else:
            super().write(text)
        if text:
            self._inside = not text.endswith("\n")
        return len(text)


def open_streams():
    """New stdout and stderr: those of a zygote believe to know what kind of file is behind them."""
    for fd, name in ((1, "stdout"), (2, "stderr")):
        stream = Lines(
            open(fd, "wb", closefd=False),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=True,
        )
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)


class AMLLogFormatter(logging.Formatter):
    """Azure ML's format, in UTC; a request's id stands before the message."""

    def __init__(self, fmt=FORMAT, datefmt=None, style="%"):
        super().__init__(fmt=fmt, datefmt=datefmt, style=style)
        self.converter = time.gmtime

    def formatMessage(self, record):
        current = request_id.get()
        if current:
            record.message = "[%s] %s" % (current, record.message.replace("\n", "\n[%s] " % current))
        return super().formatMessage(record)


class RootAccessFilter(logging.Filter):
    """Named by the logging.json that people copy from Azure ML's server."""

    def filter(self, record):
        return "GET / HTTP/1.1" not in record.getMessage()


class PlainHandler(logging.StreamHandler):
    """Writes records as they are: the formatter has seen to the request's id."""

    def emit(self, record):
        try:
            text = self.format(record)
            token = request_id.set("")
            try:
                self.stream.write(text + self.terminator)
                self.flush()
            finally:
                request_id.reset(token)
        except Exception:
            self.handleError(record)


def configure_logging(app_root, script_path):
    """The logger `azmlinfsrv`, unless logging.json in the code folder or beside the script says otherwise."""
    log = logging.getLogger("azmlinfsrv")
    for folder in (app_root, os.path.dirname(script_path)):
        own = os.path.join(folder, "logging.json")
        if os.path.isfile(own):
            with open(own, encoding="utf-8") as file:
                logging.config.dictConfig(json.load(file))
            log.info("Loaded logging config from %s", own)
            return log
    handler = PlainHandler(sys.stdout)
    handler.setFormatter(AMLLogFormatter())
    log.handlers[:] = [handler]
    log.propagate = False
    return log


def redirect_print():
    """print() to stdout becomes a line of the logger `azmlinfsrv.print`."""
    plain = builtins.print
    log = logging.getLogger("azmlinfsrv.print")

    @functools.wraps(plain)
    def to_logger(*objects, sep=" ", end="\n", file=None, flush=False):
        if file is None or file is sys.stdout:
            log.info("%s", (" " if sep is None else sep).join(map(str, objects)))
        else:
            plain(*objects, sep=sep, end=end, file=file, flush=flush)

    builtins.print = to_logger
