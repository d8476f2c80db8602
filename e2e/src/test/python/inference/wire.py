"""HTTP/1.1 by hand: what is sent is exactly what a case says, what came is exactly what is compared."""

import socket


class Answer:
    """Status, headers as a list of pairs with lower-case names, body without its chunks."""

    def __init__(self, status, headers, body, whole=True):
        self.status = status
        self.headers = headers
        self.body = body
        self.whole = whole

    def header(self, name):
        for key, value in self.headers:
            if key == name:
                return value
        return None


def send(port, method, target, headers=(), body=b"", chunks=None, timeout=20):
    """One request on a connection of its own; None when the server closes it without an answer."""
    names = {name.lower() for name, _ in headers}
    lines = ["%s %s HTTP/1.1" % (method, target)]
    if "host" not in names:
        lines.append("Host: scoring.example")
    lines += ["%s: %s" % (name, value) for name, value in headers]
    if chunks is not None:
        lines.append("Transfer-Encoding: chunked")
    elif "content-length" not in names and (body or method in ("POST", "PUT", "PATCH")):
        lines.append("Content-Length: %d" % len(body))
    lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if chunks is not None:
        body = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in chunks) + b"0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as sock:
        try:
            sock.sendall(head + body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        data = b""
        try:
            while True:
                part = sock.recv(1 << 16)
                if not part:
                    break
                data += part
        except ConnectionResetError:
            pass
    return parse(data, method) if data else None


def parse(data, method):
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        headers.append((name.strip().lower(), value.strip()))
    whole, body = True, rest
    fields = dict(headers)
    if method != "HEAD" and fields.get("transfer-encoding", "").lower() == "chunked":
        body, whole = dechunk(rest)
    elif method != "HEAD" and "content-length" in fields:
        whole = len(rest) == int(fields["content-length"])
    return Answer(int(first.split()[1]), headers, body, whole)


def dechunk(data):
    body = b""
    while True:
        line, found, data = data.partition(b"\r\n")
        if not found:
            return body, False
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return body, True
        if len(data) < size:
            return body + data, False
        body += data[:size]
        data = data[size + 2 :]
