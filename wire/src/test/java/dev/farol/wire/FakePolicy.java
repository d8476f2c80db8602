package dev.farol.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Sends everything to one target, and keeps what it is told. */
final class FakePolicy implements ProxyPolicy {
    final List<ProxyOutcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    final List<ProxyFailure> failures = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> mirrored = Collections.synchronizedList(new ArrayList<>());
    final Queue<Target> others = new ArrayDeque<>();
    volatile Duration timeout = Duration.ofSeconds(10);
    volatile long bodyLimit = Long.MAX_VALUE;
    volatile @Nullable Target mirror;
    volatile @Nullable ProxyAnswer answer;
    volatile @Nullable Throttle throttle;

    /** What goes wrong in this policy when an answer's trailers are asked for. */
    volatile @Nullable RuntimeException fault;

    /** Runs on the event loop when a request has come. */
    volatile Runnable asked = () -> {};

    private final Target target;

    FakePolicy(Target target) {
        this.target = target;
    }

    @Override
    public ProxyDecision decide(ProxyRequest request) {
        asked.run();
        ProxyAnswer fixed = answer;
        return fixed != null ? fixed : new Forward(request);
    }

    private final class Forward implements ProxyForward {
        private final String asked;

        Forward(ProxyRequest request) {
            asked =
                    request.query().isEmpty()
                            ? request.path()
                            : request.path() + "?" + request.query();
        }

        @Override
        public Target target() {
            return target;
        }

        @Override
        public String requestTarget() {
            return asked;
        }

        @Override
        public Duration timeout() {
            return timeout;
        }

        @Override
        public long bodyLimit() {
            return bodyLimit;
        }

        @Override
        public void requestHeaders(HeaderEdit headers) {
            headers.set("x-up", "1");
        }

        @Override
        public @Nullable ProxyMirror mirror(boolean whole, long now) {
            Target copyTo = mirror;
            return copyTo == null || !whole ? null : new Copy(copyTo, asked);
        }

        @Override
        public @Nullable Target retry() {
            return others.poll();
        }

        @Override
        public int responseHead(int status, HeaderEdit headers, long now) {
            headers.set("x-down", "1");
            return status == 204 ? 424 : status;
        }

        @Override
        public ProxyAnswer failed(ProxyFailure failure) {
            failures.add(failure);
            int status =
                    switch (failure) {
                        case TIMEOUT -> 408;
                        case TOO_LARGE -> 413;
                        case CONNECT, LOST -> 502;
                    };
            return text(status, failure.name());
        }

        @Override
        public @Nullable Throttle throttle() {
            return throttle;
        }

        @Override
        public void trailers(HeaderEdit trailers, Duration requestDelay, Duration responseDelay) {
            RuntimeException wrong = fault;
            if (wrong != null) {
                throw wrong;
            }
        }

        @Override
        public void done(ProxyOutcome outcome) {
            outcomes.add(outcome);
        }
    }

    private final class Copy implements ProxyMirror {
        private final Target to;
        private final String asked;

        Copy(Target to, String asked) {
            this.to = to;
            this.asked = asked;
        }

        @Override
        public Target target() {
            return to;
        }

        @Override
        public String requestTarget() {
            return asked;
        }

        @Override
        public Duration timeout() {
            return timeout;
        }

        @Override
        public void requestHeaders(HeaderEdit headers) {
            headers.set("x-copy", "1");
        }

        @Override
        public void done(int status) {
            mirrored.add(status);
        }
    }

    static ProxyAnswer text(int status, String text) {
        return new ProxyAnswer(
                status,
                Headers.of("Content-Type", "text/plain"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
