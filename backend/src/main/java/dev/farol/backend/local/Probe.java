package dev.farol.backend.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks an instance how it is: {@code GET /} on a connection of its own. Blocks. */
final class Probe {
    /**
     * What came back.
     *
     * @param text for a verdict, such as {@code HTTP status 503}
     */
    record Answer(boolean healthy, String text) {}

    private static final int LONGEST_STATUS_LINE = 256;

    private Probe() {}

    static Answer get(String host, int port, Duration timeout) {
        long until = System.nanoTime() + timeout.toNanos();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), millisUntil(until));
            String request =
                    "GET / HTTP/1.1\r\nHost: "
                            + host
                            + ":"
                            + port
                            + "\r\nUser-Agent: farol-probe\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return answer(statusLine(socket, until));
        } catch (SocketTimeoutException slow) {
            return new Answer(false, "no answer within " + timeout.toMillis() + " ms");
        } catch (ConnectException refused) {
            return new Answer(false, "connection refused");
        } catch (IOException failure) {
            return new Answer(false, "connection lost: " + failure.getMessage());
        }
    }

    private static Answer answer(String statusLine) {
        String[] parts = statusLine.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/")) {
            return new Answer(false, "no HTTP answer");
        }
        return new Answer(parts[1].matches("[23]\\d\\d"), "HTTP status " + parts[1]);
    }

    private static String statusLine(Socket socket, long until) throws IOException {
        var line = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (line.length() < LONGEST_STATUS_LINE) {
            socket.setSoTimeout(millisUntil(until));
            int next = in.read();
            if (next < 0 || next == '\r' || next == '\n') {
                break;
            }
            line.append((char) next);
        }
        return line.toString();
    }

    private static int millisUntil(long until) throws SocketTimeoutException {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("late");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
