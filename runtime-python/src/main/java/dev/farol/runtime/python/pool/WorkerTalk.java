package dev.farol.runtime.python.pool;

import dev.farol.wire.FrameConnection;
import dev.farol.wire.FrameHandler;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Knows which connection is which worker's, and what a frame means. */
final class WorkerTalk implements FrameHandler {
    /** What the pool hears. */
    interface Listener {
        void notice(Worker worker, JsonNode notice);

        /**
         * @return false when the worker was not asked for this
         */
        boolean answered(Worker worker, Frames.Answer answer);

        /**
         * @return false when the worker was not asked for this
         */
        boolean begins(Worker worker, Frames.Answer head);

        /**
         * @return false when the worker was not asked for this
         */
        boolean part(Worker worker, int sequence, ByteBuffer bytes);

        /**
         * @return false when the worker was not asked for this
         */
        boolean ended(Worker worker, int sequence, boolean whole);

        void disconnected(Worker worker);
    }

    private static final Logger LOG = LoggerFactory.getLogger(WorkerTalk.class);

    private static final int PART_HEAD = 5;

    private final Function<String, @Nullable Worker> workers;
    private final Listener listener;

    /**
     * @param workers finds a worker by its id
     */
    WorkerTalk(Function<String, @Nullable Worker> workers, Listener listener) {
        this.workers = workers;
        this.listener = listener;
    }

    @Override
    public void onOpen(FrameConnection connection) {
        LOG.debug("A worker connects");
    }

    @Override
    public void onFrame(FrameConnection connection, ByteBuffer frame) {
        try {
            if (!understood(connection, frame)) {
                LOG.error("A worker sent a frame out of order; its connection ends");
                connection.close();
            }
        } catch (JacksonException
                | IndexOutOfBoundsException
                | BufferUnderflowException malformed) {
            LOG.error("A worker sent a malformed frame; its connection ends", malformed);
            connection.close();
        }
    }

    private boolean understood(FrameConnection connection, ByteBuffer frame) {
        var worker = (Worker) connection.attachment();
        byte kind = frame.get(0);
        return switch (kind) {
            case Frames.ANSWER -> worker != null && listener.answered(worker, Frames.answer(frame));
            case Frames.BEGIN -> worker != null && listener.begins(worker, Frames.answer(frame));
            case Frames.PART ->
                    worker != null
                            && listener.part(
                                    worker,
                                    frame.getInt(1),
                                    frame.slice(PART_HEAD, frame.remaining() - PART_HEAD));
            case Frames.END ->
                    worker != null
                            && listener.ended(worker, frame.getInt(1), frame.get(PART_HEAD) != 0);
            case Frames.NOTICE -> noticed(connection, worker, frame);
            default -> false;
        };
    }

    private boolean noticed(FrameConnection connection, @Nullable Worker worker, ByteBuffer frame) {
        JsonNode notice = Frames.notice(frame);
        if (worker != null) {
            listener.notice(worker, notice);
            return true;
        }
        var named = workers.apply(notice.path("hello").asString());
        if (named == null || named.connection != null) {
            return false;
        }
        named.connection = connection;
        connection.attach(named);
        return true;
    }

    @Override
    public void onClose(FrameConnection connection) {
        if (connection.attachment() instanceof Worker worker) {
            listener.disconnected(worker);
        }
    }
}
