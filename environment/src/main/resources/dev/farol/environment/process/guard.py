"""Runs a program and ends it, with all it started, when the pipe on stdin closes.

usage: guard.py LOCK PROGRAM ARGUMENT...      LOCK: a file locked as long as the program runs, or -

Farol holds the other end of the pipe. A Farol that is killed closes it, so nothing goes on writing
into a folder that the next Farol takes over; that one waits for the lock first.
"""

import os
import signal
import subprocess
import sys
import threading

if sys.argv[1] != "-":
    import fcntl

    held = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.lockf(held, fcntl.LOCK_EX)

child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, start_new_session=True)


def end(*_):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def watch():
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    end()


signal.signal(signal.SIGTERM, end)
threading.Thread(target=watch, daemon=True).start()
code = child.wait()
end()
os._exit(128 - code if code < 0 else code)
