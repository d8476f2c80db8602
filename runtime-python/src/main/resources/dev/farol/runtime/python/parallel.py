"""How a worker serves a script whose run() is asynchronous.

Standard library only, Python 3.8 or newer.
"""

import asyncio
import json
import socket
import sys

frames = sys.modules["_farol_frames"]


class Parallel:
    """Serves a script whose run() is asynchronous: all its requests share one event loop."""

    def __init__(self, sock, script):
        self._sock = sock
        self._script = script
        self._request_id = sys.modules["_farol_output"].request_id
        self._buffer = bytearray()
        self._running = {}
        self._loop = None
        self._over = None

    def serve(self):
        asyncio.run(self._main())

    async def _main(self):
        self._loop = asyncio.get_running_loop()
        self._over = self._loop.create_future()
        self._loop.add_reader(self._sock.fileno(), self._read)
        await self._over
        self._loop.remove_reader(self._sock.fileno())

    def _read(self):
        try:
            data = self._sock.recv(256 * 1024, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            if not self._over.done():
                self._over.set_result(None)
            return
        self._buffer += data
        begin = 0
        while len(self._buffer) - begin >= 4:
            (length,) = frames.LENGTH.unpack_from(self._buffer, begin)
            if len(self._buffer) - begin - 4 < length:
                break
            self._frame(bytes(self._buffer[begin + 4 : begin + 4 + length]))
            begin += 4 + length
        del self._buffer[:begin]

    def _frame(self, frame):
        kind, sequence = frames.CONTROL.unpack_from(frame)
        if kind == frames.KIND_SCORE:
            self._running[sequence] = Running(self._loop.create_task(self._answer(sequence, frame)), frames.WINDOW)
        elif sequence in self._running:
            running = self._running[sequence]
            if kind == frames.KIND_CANCEL:
                running.task.cancel()
            else:
                running.take(frames.TAKEN.unpack_from(frame)[2])

    async def _answer(self, sequence, frame):
        _, _, flags, id_length, length = frames.SCORE.unpack_from(frame)
        middle = frames.SCORE.size + id_length
        begin = middle + length
        meta = json.loads(frame[middle:begin]) if length else {}
        self._request_id.set(frame[frames.SCORE.size : middle].decode("latin-1"))
        send = self._sock.sendall
        try:
            result = await self._script.score_async(flags, meta, frame[begin:])
            if type(result) is tuple:
                frames.answer(send, sequence, result)
            else:
                await self._stream(sequence, result)
        except asyncio.CancelledError:
            frames.answer(send, sequence, (499, 0, -1, None, b""))
        finally:
            del self._running[sequence]

    async def _stream(self, sequence, stream):
        send = self._sock.sendall
        frames.begin_stream(send, sequence, stream)
        running, whole = self._running[sequence], False
        try:
            if hasattr(stream.parts, "__anext__"):
                async for part in stream.parts:
                    await self._send_part(sequence, running, part)
            else:
                for part in stream.parts:
                    await self._send_part(sequence, running, part)
            whole = True
        except asyncio.CancelledError:
            # Told to the script below; the replica waits for the end.
            pass
        except Exception as ex:
            sys.modules["_farol_script"].log_exception(ex)
        finally:
            await stream.aclose()
            send(frames.END.pack(6, frames.KIND_END, sequence, whole))

    async def _send_part(self, sequence, running, part):
        for at in range(0, len(part), frames.PIECE):
            piece = part[at : at + frames.PIECE]
            await running.room_for(len(piece))
            self._sock.sendall(frames.PART.pack(5 + len(piece), frames.KIND_PART, sequence) + piece)
        # Others get their turn even if the script never waits.
        await asyncio.sleep(0)


class Running:
    """A request on its way, and how many bytes of its stream may still be sent."""

    def __init__(self, task, room):
        self.task = task
        self._room = room
        self._more = asyncio.Event()

    def take(self, count):
        self._room += count
        self._more.set()

    async def room_for(self, count):
        while self._room <= 0:
            self._more.clear()
            await self._more.wait()
        self._room -= count
