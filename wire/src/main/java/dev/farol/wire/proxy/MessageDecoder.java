package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of HTTP/1 (RFC 9112) for a proxy: a head is found whole, copied once, and taken
 * apart where it lies; a body is passed on in slices of what came. It repairs nothing that two
 * readers could take differently: lines end with CR LF, names are tokens that touch their colon, a
 * length is said once and in one way.
 *
 * <p>What is not HTTP becomes one message with a failure as its decoder result, and the rest of the
 * connection is thrown away.
 */
abstract class MessageDecoder extends ChannelInboundHandlerAdapter {
    private static final int MAX_CHUNK_LINE = 4096;
    private static final byte CR = '\r';
    private static final byte LF = '\n';

    /** Of letters, digits and {@code !#$%&'*+-.^_`|~} (RFC 9110, 5.6.2). */
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int i = '0'; i <= 'z'; i++) {
            TOKEN[i] = Character.isLetterOrDigit(i);
        }
        for (char each : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[each] = true;
        }
    }

    /** What comes next. */
    private enum State {
        HEAD,
        FIXED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        UNTIL_CLOSE,
        OTHER_PROTOCOL,
        BAD
    }

    /** How the body of a message is framed. */
    enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        OTHER_PROTOCOL
    }

    private final int maxLine;
    private final int maxHead;
    private State state = State.HEAD;

    /** Ends of the lines found so far of a head or of trailers, and where the next one begins. */
    private int[] ends = new int[32];

    private int endCount;
    private int lineStart;
    private int scanned;
    private long left;

    /** What has come and is not taken apart yet. */
    private @Nullable ByteBuf rest;

    private boolean decoding;

    /** Whether {@link #rest} went on as a body: the same object may come back with new bytes. */
    private boolean given;

    /**
     * @param maxLine of the first line, in bytes
     * @param maxHead of all other lines of a head together, in bytes
     */
    MessageDecoder(int maxLine, int maxHead) {
        this.maxLine = maxLine;
        this.maxHead = maxHead;
    }

    /**
     * Takes the first line apart and begins a message.
     *
     * @throws IllegalArgumentException when it is none
     */
    abstract void begin(byte[] text, int end);

    /**
     * How the body of the message is framed.
     *
     * @throws IllegalArgumentException when that cannot be said, or in two ways
     */
    abstract Framing framing(LineHeaders headers);

    /** The length that {@link Framing#LENGTH} stands for. */
    abstract long length();

    /** The message without its body. */
    abstract Object message(LineHeaders headers);

    /** The message and its whole body. */
    abstract Object whole(LineHeaders headers, ByteBuf body);

    /** What stands for a message that is none. */
    abstract Object broken(Exception cause);

    /** What is done with a line that goes on with the one before; false refuses it. */
    abstract boolean unfolds();

    // ---- the connection

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuf before = rest;
        rest =
                before == null
                        ? bytes
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                                context.alloc(), before, bytes);
        if (!decoding) {
            decoding = true;
            try {
                decodeAll(context);
            } finally {
                decoding = false;
            }
        }
    }

    /** Who is told of a message may read more meanwhile, or take this handler away. */
    @SuppressWarnings("ReferenceEquality") // whether it is the same memory
    private void decodeAll(ChannelHandlerContext context) {
        ByteBuf in = rest;
        while (in != null && in.isReadable()) {
            int before = in.readerIndex();
            given = false;
            decode(context, in);
            ByteBuf now = rest;
            if (now == in && !given && in.readerIndex() == before) {
                return;
            }
            in = now;
        }
        if (in != null) {
            rest = null;
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ByteBuf left = rest;
        if (left != null && left.refCnt() == 1) {
            left.discardSomeReadBytes();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ByteBuf left = rest;
        rest = null;
        if (left != null) {
            left.release();
        }
        if (state == State.UNTIL_CLOSE) {
            state = State.HEAD;
            context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            context.fireChannelReadComplete();
        }
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ByteBuf left = rest;
        rest = null;
        if (left == null) {
            return;
        }
        if (left.isReadable()) {
            context.fireChannelRead(left);
            context.fireChannelReadComplete();
        } else {
            left.release();
        }
    }

    /**
     * The next step, if all of what it needs is here. What it tells of is the last that it does.
     */
    private void decode(ChannelHandlerContext context, ByteBuf in) {
        switch (state) {
            case HEAD -> head(context, in);
            case FIXED -> fixed(context, in);
            case CHUNK_SIZE, CHUNK_END, TRAILERS -> chunked(context, in);
            case CHUNK -> chunk(context, in);
            case UNTIL_CLOSE ->
                    context.fireChannelRead(
                            new DefaultHttpContent(
                                    in.readRetainedSlice(
                                            Math.min(in.readableBytes(), BodyRoom.MAX_PIECE))));
            case OTHER_PROTOCOL -> context.fireChannelRead(in.readBytes(in.readableBytes()));
            case BAD -> in.skipBytes(in.readableBytes());
        }
    }

    // ---- heads

    private void head(ChannelHandlerContext context, ByteBuf in) {
        try {
            if (endCount == 0 && lineStart == 0 && !skipEmptyLines(in)) {
                return;
            }
            if (!findEnd(in)) {
                return;
            }
            byte[] text = new byte[lineStart];
            in.readBytes(text);
            begin(text, ends[0]);
            LineHeaders headers = headers(text, 1);
            Framing framing = framing(headers);
            forgetLines();
            emit(context, framing, headers, in);
        } catch (IllegalArgumentException
                | TooLongHttpLineException
                | TooLongHttpHeaderException bad) {
            fail(in);
            context.fireChannelRead(broken(bad));
        }
    }

    private void emit(
            ChannelHandlerContext context, Framing framing, LineHeaders headers, ByteBuf in) {
        switch (framing) {
            case NONE -> context.fireChannelRead(whole(headers, Unpooled.EMPTY_BUFFER));
            case OTHER_PROTOCOL -> {
                state = State.OTHER_PROTOCOL;
                context.fireChannelRead(message(headers));
                context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            }
            case UNTIL_CLOSE -> {
                state = State.UNTIL_CLOSE;
                context.fireChannelRead(message(headers));
            }
            case CHUNKED -> {
                state = State.CHUNK_SIZE;
                context.fireChannelRead(message(headers));
            }
            case LENGTH -> {
                long length = length();
                if (length == in.readableBytes() && length <= BodyRoom.MAX_PIECE) {
                    rest = null;
                    given = true;
                    context.fireChannelRead(whole(headers, in));
                } else if (length <= Math.min(in.readableBytes(), BodyRoom.MAX_PIECE)) {
                    context.fireChannelRead(whole(headers, in.readRetainedSlice((int) length)));
                } else {
                    state = State.FIXED;
                    left = length;
                    context.fireChannelRead(message(headers));
                }
            }
        }
    }

    /** Empty lines before a message are no fault (RFC 9112, 2.2). False when there is no more. */
    private boolean skipEmptyLines(ByteBuf in) {
        while (in.readableBytes() >= 2
                && in.getByte(in.readerIndex()) == CR
                && in.getByte(in.readerIndex() + 1) == LF) {
            in.skipBytes(2);
        }
        return in.isReadable() && !(in.readableBytes() == 1 && in.getByte(in.readerIndex()) == CR);
    }

    /** Whether all lines up to an empty one are here; {@link #lineStart} is then their length. */
    private boolean findEnd(ByteBuf in) {
        int base = in.readerIndex();
        int end = in.writerIndex();
        while (true) {
            int lf = in.indexOf(base + scanned, end, LF);
            if (lf < 0) {
                scanned = end - base;
                limit(scanned);
                return false;
            }
            int at = lf - base;
            if (at == lineStart || in.getByte(lf - 1) != CR) {
                throw new IllegalArgumentException("a line that does not end with CR LF");
            }
            int length = at - 1 - lineStart;
            scanned = at + 1;
            if (endCount == ends.length) {
                ends = Arrays.copyOf(ends, endCount * 2);
            }
            ends[endCount++] = at - 1;
            lineStart = scanned;
            limit(scanned);
            if (length == 0) {
                return true;
            }
        }
    }

    /** Refuses what has become too long, whether or not its end is here. */
    private void limit(int found) {
        boolean trailers = state == State.TRAILERS;
        int first = trailers ? 0 : endCount == 0 ? found : ends[0];
        if (first > maxLine) {
            throw new TooLongHttpLineException(
                    "the first line has more than " + maxLine + " bytes");
        }
        if (found - first - 2 > maxHead) {
            throw new TooLongHttpHeaderException(
                    "the headers have more than " + maxHead + " bytes");
        }
    }

    private void forgetLines() {
        endCount = 0;
        lineStart = 0;
        scanned = 0;
    }

    /** The lines from the given one on, but for the empty one at their end. */
    private LineHeaders headers(byte[] text, int from) {
        var headers = new LineHeaders(text, endCount - 1 - from);
        for (int i = from; i < endCount - 1; i++) {
            int start = i == 0 ? 0 : ends[i - 1] + 2;
            line(headers, text, start, ends[i]);
        }
        return headers;
    }

    private void line(LineHeaders headers, byte[] text, int start, int end) {
        if (isBlank(text[start])) {
            unfold(headers, text, start, end);
            return;
        }
        int colon = start;
        while (colon < end && TOKEN[text[colon] & 0xFF]) {
            colon++;
        }
        int nameEnd = colon;
        while (unfolds() && colon < end && isBlank(text[colon])) {
            colon++;
        }
        if (nameEnd == start || colon == end || text[colon] != ':') {
            throw new IllegalArgumentException("a header without a name that is a token");
        }
        int from = colon + 1;
        while (from < end && isBlank(text[from])) {
            from++;
        }
        int to = end;
        while (to > from && isBlank(text[to - 1])) {
            to--;
        }
        for (int i = from; i < to; i++) {
            if (isControl(text[i])) {
                throw new IllegalArgumentException("a header whose value has control characters");
            }
        }
        if (colon == nameEnd) {
            headers.line(start, nameEnd, from, to);
        } else {
            headers.add(latin(text, start, nameEnd), latin(text, from, to));
        }
    }

    private void unfold(LineHeaders headers, byte[] text, int start, int end) {
        if (!unfolds() || headers.isEmpty()) {
            throw new IllegalArgumentException("a folded header");
        }
        var before = headers.takeLast();
        if (before.getValue().isEmpty()) {
            throw new IllegalArgumentException("a folded header without a beginning");
        }
        String rest = latin(text, start, end).strip();
        headers.add(before.getKey(), before.getValue() + " " + rest);
    }

    private static boolean isBlank(byte letter) {
        return letter == ' ' || letter == '\t';
    }

    private static boolean isControl(byte letter) {
        return (letter >= 0 && letter < ' ' && letter != '\t') || letter == 0x7F;
    }

    static String latin(byte[] text, int start, int end) {
        return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
    }

    static boolean isToken(byte[] text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!TOKEN[text[i] & 0xFF]) {
                return false;
            }
        }
        return end > start;
    }

    static boolean isText(byte[] text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (isControl(text[i]) || text[i] == '\t') {
                return false;
            }
        }
        return true;
    }

    // ---- bodies

    private void fixed(ChannelHandlerContext context, ByteBuf in) {
        int size = (int) Math.min(left, Math.min(in.readableBytes(), BodyRoom.MAX_PIECE));
        if (size == 0) {
            return;
        }
        left -= size;
        ByteBuf piece = in.readRetainedSlice(size);
        if (left > 0) {
            context.fireChannelRead(new DefaultHttpContent(piece));
        } else {
            state = State.HEAD;
            context.fireChannelRead(new DefaultLastHttpContent(piece, EmptyHttpHeaders.INSTANCE));
        }
    }

    private void chunk(ChannelHandlerContext context, ByteBuf in) {
        int size = (int) Math.min(left, Math.min(in.readableBytes(), BodyRoom.MAX_PIECE));
        if (size == 0) {
            return;
        }
        left -= size;
        if (left == 0) {
            state = State.CHUNK_END;
        }
        context.fireChannelRead(new DefaultHttpContent(in.readRetainedSlice(size)));
    }

    private void chunked(ChannelHandlerContext context, ByteBuf in) {
        try {
            switch (state) {
                case CHUNK_END -> chunkEnd(in);
                case CHUNK_SIZE -> chunkSize(in);
                default -> trailers(context, in);
            }
        } catch (IllegalArgumentException | TooLongHttpHeaderException bad) {
            fail(in);
            var last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, EmptyHttpHeaders.INSTANCE);
            last.setDecoderResult(DecoderResult.failure(bad));
            context.fireChannelRead(last);
        }
    }

    private void chunkEnd(ByteBuf in) {
        if (in.readableBytes() < 2) {
            return;
        }
        if (in.readByte() != CR || in.readByte() != LF) {
            throw new IllegalArgumentException("a chunk that is longer than it says");
        }
        state = State.CHUNK_SIZE;
    }

    private void chunkSize(ByteBuf in) {
        int start = in.readerIndex();
        int lf = in.indexOf(start, in.writerIndex(), LF);
        if ((lf < 0 ? in.readableBytes() : lf - start) > MAX_CHUNK_LINE) {
            throw new IllegalArgumentException("the line of a chunk's size is too long");
        }
        if (lf < 0) {
            return;
        }
        byte[] line = new byte[lf + 1 - start];
        in.readBytes(line);
        int end = line.length - 2;
        if (end < 1 || line[end] != CR) {
            throw new IllegalArgumentException("no size of a chunk");
        }
        int at = 0;
        long size = 0;
        while (at < end && Character.digit(line[at], 16) >= 0) {
            size = size * 16 + Character.digit(line[at], 16);
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("a chunk that is too long");
            }
            at++;
        }
        if (at == 0 || !extensions(line, at, end)) {
            throw new IllegalArgumentException("the size of a chunk is no number");
        }
        left = size;
        state = size == 0 ? State.TRAILERS : State.CHUNK;
    }

    /** Whether these are no more than extensions: {@code *( ";" name [ "=" value ] )}. */
    private static boolean extensions(byte[] line, int start, int end) {
        int at = start;
        while (at < end) {
            int name = at + 1;
            int nameEnd = token(line, name, end);
            if (line[at] != ';' || nameEnd == name) {
                return false;
            }
            at = nameEnd;
            if (at < end && line[at] == '=') {
                int value = at + 1;
                at =
                        value < end && line[value] == '"'
                                ? quoted(line, value, end)
                                : token(line, value, end);
                if (at <= value) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int token(byte[] line, int start, int end) {
        int at = start;
        while (at < end && TOKEN[line[at] & 0xFF]) {
            at++;
        }
        return at;
    }

    /** After the closing quote; -1 when there is none. */
    private static int quoted(byte[] line, int start, int end) {
        for (int at = start + 1; at < end; at++) {
            if (line[at] == '"') {
                return at + 1;
            }
            if (line[at] == '\\') {
                at++;
            }
            if (at == end || line[at] < ' ' || line[at] == 0x7F) {
                return -1;
            }
        }
        return -1;
    }

    private void trailers(ChannelHandlerContext context, ByteBuf in) {
        if (!findEnd(in)) {
            return;
        }
        byte[] text = new byte[lineStart];
        in.readBytes(text);
        LineHeaders trailers = headers(text, 0);
        forgetLines();
        state = State.HEAD;
        if (trailers.isEmpty()) {
            context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            return;
        }
        // Where they come, they frame nothing any more (RFC 9110, 6.5.1).
        trailers.remove(HttpHeaderNames.CONTENT_LENGTH);
        trailers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        trailers.remove(HttpHeaderNames.TRAILER);
        context.fireChannelRead(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
    }

    private void fail(ByteBuf in) {
        state = State.BAD;
        in.skipBytes(in.readableBytes());
    }
}
