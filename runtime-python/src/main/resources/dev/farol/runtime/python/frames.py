"""What a worker and its replica say to each other.

A frame is four bytes of length (big-endian) and its content, whose first byte is its kind:
    1 score   >BIBHI  kind, sequence, flags (1 GET, 2 a JSON type), lengths of the request's id and
              of the meta JSON; id; meta; body
    2 answer  >BIHBII  kind, sequence, status, run failed (2: the headers say it), microseconds + 1 or 0,
              length of the headers JSON; headers; body
    3 notice  kind; JSON: {"hello": id} or {"state": ...}
    4 begin   as answer, without a body: parts follow
    5 part    >BI  kind, sequence; bytes
    6 end     >BIB  kind, sequence, whole (0: it broke off)
    7 taken   >BII  kind, sequence, bytes: the client took so many, as many more may come
    8 cancel  >BI  kind, sequence: nobody waits for it any more

Standard library only, Python 3.8 or newer.
"""

import json
import select
import struct

SCORE = struct.Struct(">BIBHI")
ANSWER = struct.Struct(">IBIHBII")
PART = struct.Struct(">IBI")
END = struct.Struct(">IBIB")
CONTROL = struct.Struct(">BI")
TAKEN = struct.Struct(">BII")
KIND_SCORE, KIND_ANSWER, KIND_BEGIN, KIND_PART, KIND_END, KIND_TAKEN, KIND_CANCEL = 1, 2, 4, 5, 6, 7, 8
LENGTH = struct.Struct(">I")
MARK = struct.Struct("=Q")
JOINED = 64 * 1024
# How many bytes of a stream may be on their way to a client that does not take them.
WINDOW = 256 * 1024
PIECE = 64 * 1024


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

    def waiting(self, seconds=0):
        """Whether there is something to read, within so many seconds."""
        return self._end > self._start or bool(select.select([self._sock], [], [], seconds)[0])

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


def answer(send, sequence, result):
    status, told, took, names, body = result
    names = b"" if names is None else json.dumps(names).encode()
    micros = 0 if took < 0 else min(took // 1000, 0xFFFFFFF0) + 1
    total = ANSWER.size - 4 + len(names) + len(body)
    head = ANSWER.pack(total, KIND_ANSWER, sequence, status, told, micros, len(names)) + names
    if len(body) <= JOINED:
        send(head + body)
    else:
        send(head)
        send(body)


def begin_stream(send, sequence, stream):
    names = json.dumps(stream.headers).encode()
    micros = min(stream.took // 1000, 0xFFFFFFF0) + 1
    total = ANSWER.size - 4 + len(names)
    head = (total, KIND_BEGIN, sequence, stream.status, stream.failed, micros, len(names))
    send(ANSWER.pack(*head) + names)
