package dev.farol.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;

/** One end of a connection that reads and writes HTTP/1.1 by hand. */
final class RawConnection implements AutoCloseable {
    /** A message as it came. */
    record Message(String head, String body) {
        String start() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        String header(String name) {
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
                    return line.substring(name.length() + 1).trim();
                }
            }
            return null;
        }

        int status() {
            return Integer.parseInt(start().split(" ")[1]);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private String trailers = "";

    RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    static RawConnection to(int port) throws IOException {
        return new RawConnection(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    RawConnection write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return this;
    }

    /** The head of the next message with its blank line; null at the end of the connection. */
    String readHead() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    Message readRequest() throws IOException {
        return read(false);
    }

    Message readAnswer() throws IOException {
        return read(true);
    }

    private Message read(boolean answer) throws IOException {
        String head = readHead();
        if (head == null) {
            return null;
        }
        var message = new Message(head, "");
        String length = message.header("Content-Length");
        if ("chunked".equalsIgnoreCase(message.header("Transfer-Encoding"))) {
            return new Message(head, readChunked());
        }
        if (length != null) {
            byte[] body = in.readNBytes(Integer.parseInt(length));
            return new Message(head, new String(body, StandardCharsets.ISO_8859_1));
        }
        return answer && message.status() >= 200
                ? new Message(head, new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                : message;
    }

    /** One chunk's content; empty for the last. */
    String readChunk() throws IOException {
        int size = Integer.parseInt(readLine(), 16);
        String content = new String(in.readNBytes(size), StandardCharsets.ISO_8859_1);
        readLine();
        return content;
    }

    private String readChunked() throws IOException {
        var body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(readLine(), 16);
            if (size == 0) {
                var lines = new ArrayList<String>();
                String line;
                while (!(line = readLine()).isEmpty()) {
                    lines.add(line);
                }
                trailers = String.join("\n", lines);
                return body.toString();
            }
            body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
            readLine();
        }
    }

    /** What followed the last chunked body that was read whole. */
    String trailers() {
        return trailers;
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended in the middle of a chunked body");
            }
            if (next == '\n') {
                return line.toString().trim();
            }
            line.append((char) next);
        }
    }

    /** Whether the other end closes without another byte. */
    boolean ends() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
