package dev.farol.runtime.face;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.Millis;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.RpcService;
import dev.farol.runtime.lane.Lane;
import dev.farol.wire.GrpcCall;
import dev.farol.wire.GrpcHandler;
import dev.farol.wire.GrpcStatus;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Leads the messages of gRPC calls through the lane to the model. A stream's messages are answered
 * one after the other, in their order; its caller is held back meanwhile.
 */
public final class RpcFace implements GrpcHandler {
    /** So many messages of a stream may wait before its caller is held back. */
    private static final int AHEAD = 4;

    private final RpcService service;
    private final Lane lane;
    private final ConsoleLog console;

    public RpcFace(RpcService service, Lane lane, ConsoleLog console) {
        this.service = service;
        this.lane = lane;
        this.console = console;
    }

    @Override
    public Receiver begin(GrpcCall call) {
        Route route = service.route(call.method());
        var visit = new Visit(call, route, service.streams(call.method()));
        if (route == Route.NONE) {
            visit.close(GrpcStatus.UNIMPLEMENTED, "There is no method " + call.method() + ".");
        }
        return visit;
    }

    /** A call from its begin to its status. */
    private final class Visit implements Receiver {
        private final GrpcCall call;
        private final Route route;
        private final boolean stream;
        private final long begin = System.nanoTime();
        private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
        private @Nullable Turn current;
        private boolean noMore;
        private boolean received;

        Visit(GrpcCall call, Route route, boolean stream) {
            this.call = call;
            this.route = route;
            this.stream = stream;
            call.onGone(this::gone);
        }

        @Override
        public void message(ByteBuffer message) {
            if (received && !stream) {
                close(GrpcStatus.INTERNAL, "The call is of one message, and more came.");
                return;
            }
            received = true;
            waiting.add(message);
            if (stream && current == null) {
                next();
            } else if (stream && waiting.size() >= AHEAD) {
                call.pause();
            }
        }

        @Override
        public void halfClosed() {
            noMore = true;
            if (!received && !stream) {
                close(GrpcStatus.INTERNAL, "The call is of one message, and none came.");
            } else if (current == null) {
                next();
            }
        }

        private void next() {
            if (call.ended()) {
                waiting.clear();
                return;
            }
            ByteBuffer message = waiting.poll();
            if (message == null) {
                if (noMore && stream) {
                    close(GrpcStatus.OK, "");
                }
                return;
            }
            call.resume();
            var turn = new Turn(message);
            current = turn;
            if (route == Route.LANE) {
                lane.enter(turn);
            } else {
                turn.granted();
            }
        }

        private void done(Turn turn) {
            if (current == turn) {
                current = null;
                next();
            }
        }

        private void gone() {
            waiting.clear();
            Turn turn = current;
            if (turn != null && !turn.granted) {
                lane.leave(turn);
            }
            log("gone");
        }

        void close(GrpcStatus status, String message) {
            if (!call.ended()) {
                call.close(status, message);
                log(Integer.toString(status.code()));
            }
        }

        private void log(String status) {
            long micros = (System.nanoTime() - begin) / 1000;
            console.accessLine(
                    "gRPC /" + call.method() + ' ' + status + ' ' + Millis.of(micros) + "ms");
        }

        /** A message on its way through the lane. */
        private final class Turn extends Lane.Ride implements RpcService.Listener {
            private final ByteBuffer message;
            private boolean granted;
            private boolean over;

            Turn(ByteBuffer message) {
                this.message = message;
            }

            @Override
            protected void granted() {
                granted = true;
                try {
                    service.call(call.method(), message, this);
                } catch (RuntimeException fault) {
                    lane.leave(this);
                    throw fault;
                }
            }

            @Override
            public void answered(List<ByteBuffer> answer) {
                if (!over) {
                    call.send(answer);
                    if (!stream) {
                        close(GrpcStatus.OK, "");
                    }
                }
                end();
            }

            @Override
            public void failed(GrpcStatus status, String why) {
                if (!over) {
                    tell(status, why);
                }
                end();
            }

            private void tell(GrpcStatus status, String why) {
                if (stream) {
                    call.send(service.failure(call.method(), why));
                } else {
                    close(status, why);
                }
            }

            private void end() {
                lane.leave(this);
                if (!over) {
                    over = true;
                    done(this);
                }
            }

            @Override
            protected void shed() {
                tell(
                        GrpcStatus.RESOURCE_EXHAUSTED,
                        "No place on the instance became free within max_queue_wait_ms, or as many"
                                + " requests as may wait were waiting. Raise"
                                + " request_settings.max_concurrent_requests_per_instance,"
                                + " max_queue_wait_ms or instance_count, or send fewer at once.");
                over = true;
                done(this);
            }

            @Override
            protected void timedOut() {
                tell(
                        GrpcStatus.DEADLINE_EXCEEDED,
                        "The model took longer than request_timeout_ms: raise"
                                + " request_settings.request_timeout_ms, or let the model answer"
                                + " sooner.");
                over = true;
                done(this);
            }
        }
    }
}
