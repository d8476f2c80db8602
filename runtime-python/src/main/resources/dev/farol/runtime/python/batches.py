"""How a worker serves a script that takes several requests at once, by its run_batch().

Standard library only, Python 3.8 or newer.
"""

import json
import sys
import time

frames = sys.modules["_farol_frames"]


class Batches:
    """Takes what waits when the script is free, up to the script's most, and answers in that order."""

    def __init__(self, sock, script, mark):
        self._sock = sock
        self._script = script
        self._mark = mark
        self._request_id = sys.modules["_farol_output"].request_id
        self._reader = frames.Frames(sock)

    def serve(self):
        send = self._sock.sendall
        while True:
            batch = self._gather()
            if not batch:
                return
            if self._mark is not None:
                # All up to this one have begun.
                frames.MARK.pack_into(self._mark, 0, batch[-1][0])
            self._request_id.set(",".join(request_id for _, request_id, _ in batch))
            answers = self._script.score_batch([request for _, _, request in batch])
            for (sequence, _, _), answer in zip(batch, answers):
                frames.answer(send, sequence, answer)
            self._request_id.set("")

    def _gather(self):
        """At least one request, unless the replica is gone; others as far as they are there in time."""
        batch, until = [], None
        while len(batch) < self._script.max_batch:
            if batch and not self._reader.waiting(max(0.0, until - time.monotonic())):
                break
            frame = self._reader.next()
            if frame is None:
                return []
            if frame[0] == frames.KIND_SCORE:
                batch.append(request_of(frame))
            until = until or time.monotonic() + self._script.max_delay
        return batch


def request_of(frame):
    """Its sequence, its id, and what the script's `score` takes; the frame is not needed any more."""
    _, sequence, flags, id_length, length = frames.SCORE.unpack_from(frame)
    middle = frames.SCORE.size + id_length
    begin = middle + length
    meta = json.loads(bytes(frame[middle:begin])) if length else {}
    return sequence, str(frame[frames.SCORE.size : middle], "latin-1"), (flags, meta, bytes(frame[begin:]))
