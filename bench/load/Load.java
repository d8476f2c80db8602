import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The two ends of a measured server: a fast upstream, and callers that wrk is not. */
@SuppressWarnings("FutureReturnValueIgnored")
final class Load {
    private static final EventLoopGroup GROUP =
            new MultiThreadIoEventLoopGroup(
                    1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    private Load() {}

    /** The first argument says which end; the others are {@code name=value}. */
    public static void main(String[] args) throws Exception {
        var settings = new HashMap<String, String>();
        for (int i = 1; i < args.length; i++) {
            String[] pair = args[i].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        switch (args[0]) {
            case "upstream" -> upstream(settings.containsKey("hangs"));
            case "open" -> new OpenLoop(settings).run();
            case "streams" -> new Streams(settings).run();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    // ---- upstream

    /**
     * Prints its port, and answers by the query until stdin ends: {@code n=BYTES} of body, {@code
     * wait=MS} before it; {@code events=N&every=MS}, each event the time on
     * the machine's clock at which it was written.
     *
     * @param hangs whether it never answers, whatever is asked
     */
    private static void upstream(boolean hangs) throws Exception {
        var bound =
                (InetSocketAddress)
                        new ServerBootstrap()
                                .group(GROUP)
                                .channel(
                                        Epoll.isAvailable()
                                                ? EpollServerSocketChannel.class
                                                : NioServerSocketChannel.class)
                                .option(ChannelOption.SO_BACKLOG, 1024)
                                .childOption(ChannelOption.TCP_NODELAY, true)
                                .childHandler(
                                        new ChannelInitializer<Channel>() {
                                            @Override
                                            protected void initChannel(Channel channel) {
                                                channel.pipeline()
                                                        .addLast(
                                                                new HttpServerCodec(),
                                                                new Answering(hangs));
                                            }
                                        })
                                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .sync()
                                .channel()
                                .localAddress();
        System.out.println(bound.getPort());
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    private static final class Answering extends SimpleChannelInboundHandler<HttpObject> {
        private static final Map<Integer, ByteBuf> BODIES = new HashMap<>();

        private final boolean hangs;
        private Map<String, Integer> asked = Map.of();

        Answering(boolean hangs) {
            this.hangs = hangs;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpRequest request) {
                asked = query(request.uri());
            }
            if (part instanceof LastHttpContent && !hangs) {
                int wait = asked.getOrDefault("wait", 0);
                if (asked.containsKey("events")) {
                    stream(context, asked.get("events"), asked.get("every"));
                } else if (wait == 0) {
                    answer(context, asked.getOrDefault("n", 0));
                } else {
                    int length = asked.getOrDefault("n", 0);
                    context.executor()
                            .schedule(
                                    () -> {
                                        answer(context, length);
                                        context.flush();
                                    },
                                    wait,
                                    TimeUnit.MILLISECONDS);
                }
            }
        }

        private static Map<String, Integer> query(String uri) {
            if (uri.indexOf('?') < 0) {
                return Map.of();
            }
            var found = new HashMap<String, Integer>();
            new QueryStringDecoder(uri)
                    .parameters()
                    .forEach((name, values) -> found.put(name, Integer.valueOf(values.getFirst())));
            return found;
        }

        private static void answer(ChannelHandlerContext context, int length) {
            ByteBuf body =
                    BODIES.computeIfAbsent(
                            length,
                            n -> Unpooled.directBuffer(n, n).writeBytes("a".repeat(n).getBytes(US_ASCII)));
            var answer =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body.retainedDuplicate());
            answer.headers().set("Content-Type", "application/json");
            answer.headers().set("Content-Length", length);
            context.write(answer);
        }

        private static void stream(ChannelHandlerContext context, int events, int every) {
            var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set("Content-Type", "text/event-stream");
            HttpUtil.setTransferEncodingChunked(head, true);
            context.writeAndFlush(head);
            next(context, events, every, System.nanoTime());
        }

        private static void next(ChannelHandlerContext context, int left, int every, long due) {
            if (left == 0) {
                context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
                return;
            }
            long then = due + TimeUnit.MILLISECONDS.toNanos(every);
            context.executor()
                    .schedule(
                            () -> {
                                String event = "data: " + System.nanoTime() + "\n\n";
                                context.writeAndFlush(
                                        new DefaultHttpContent(
                                                Unpooled.copiedBuffer(event, US_ASCII)));
                                next(context, left - 1, every, then);
                            },
                            then - System.nanoTime(),
                            TimeUnit.NANOSECONDS);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    // ---- what callers share

    private static Bootstrap dialling(URI uri, ChannelInitializer<Channel> handlers) {
        return new Bootstrap()
                .group(GROUP)
                .channel(
                        Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
                .remoteAddress(uri.getHost(), uri.getPort())
                .handler(handlers);
    }

    private static DefaultFullHttpRequest request(URI uri, String key, byte[] body) {
        var request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.POST,
                        uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()),
                        Unpooled.wrappedBuffer(body));
        request.headers().set("Host", uri.getHost() + ":" + uri.getPort());
        request.headers().set("Authorization", "Bearer " + key);
        request.headers().set("Content-Type", "application/json");
        request.headers().set("Content-Length", body.length);
        return request;
    }

    private static byte[] body(Map<String, String> settings) throws Exception {
        String file = settings.get("body");
        return file == null
                ? "a".repeat(Integer.parseInt(settings.getOrDefault("bytes", "100"))).getBytes(US_ASCII)
                : Files.readAllBytes(Path.of(file));
    }

    private static String percentiles(long[] nanos, int count) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        var text = new StringBuilder();
        for (var each : Map.of("p50", 0.5, "p99", 0.99, "p999", 0.999, "max", 1.0).entrySet()) {
            int at = Math.min(count - 1, (int) Math.ceil(each.getValue() * count) - 1);
            text.append(
                    ",\"%s\":%.4f"
                            .formatted(each.getKey(), count == 0 ? 0 : sorted[Math.max(at, 0)] / 1e6));
        }
        return text.toString();
    }

    // ---- an open loop

    /**
     * So many requests a second, whatever becomes of them: {@code uri, key, rate, seconds}, and
     * {@code body} (a file) or {@code bytes}. A latency counts from when the request was due, those
     * of the first {@code warm} seconds not at all: this end is slow then. What finds no place on
     * {@code connections} waits here, and its time runs. It runs until the seconds are over or, with {@code until=stdin}, a line comes there; waits for
     * what is under way, and prints one line of JSON.
     */
    private static final class OpenLoop {
        private static final int WAITING_AT_MOST = 30;

        private final URI uri;
        private final String key;
        private final long rate;
        private final long seconds;
        private final byte[] body;
        private final int connections;
        private final ArrayDeque<Channel> idle = new ArrayDeque<>();
        private final ArrayDeque<Long> waiting = new ArrayDeque<>();
        private final TreeMap<String, Integer> results = new TreeMap<>();
        private final TreeMap<String, String> samples = new TreeMap<>();
        private long[] latencies = new long[1 << 16];
        private int answered;
        private int open;
        private long countFrom;
        private long sent;
        private int underWay;
        private int mostUnderWay;
        private final boolean listens;
        private final long warm;
        private volatile boolean stopped;

        OpenLoop(Map<String, String> settings) throws Exception {
            uri = URI.create(settings.get("uri"));
            key = settings.getOrDefault("key", "");
            rate = Long.parseLong(settings.get("rate"));
            seconds = Long.parseLong(settings.get("seconds"));
            body = Load.body(settings);
            connections = Integer.parseInt(settings.getOrDefault("connections", "256"));
            listens = settings.containsKey("until");
            warm = Long.parseLong(settings.getOrDefault("warm", "0")) * 1_000_000_000L;
        }

        void run() throws Exception {
            if (listens) {
                Thread.ofPlatform().daemon().start(this::listen);
            }
            var loop = GROUP.next();
            long start = System.nanoTime();
            countFrom = start + warm;
            var ticking =
                    loop.scheduleAtFixedRate(() -> tick(start), 0, 500, TimeUnit.MICROSECONDS);
            while (!stopped && System.nanoTime() - start < seconds * 1_000_000_000L) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            loop.submit(() -> ticking.cancel(false)).sync();
            long end = System.nanoTime() + WAITING_AT_MOST * 1_000_000_000L;
            while (System.nanoTime() < end && loop.submit(() -> underWay).get() > 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            System.out.println(loop.submit(this::report).get());
            System.exit(0);
        }

        private void listen() {
            try {
                System.in.read();
            } catch (java.io.IOException closed) {
                // As good as a line.
            }
            stopped = true;
        }

        private String report() {
            if (underWay > 0) {
                results.put("no answer within " + WAITING_AT_MOST + " s", underWay);
            }
            var told = new StringBuilder("{\"sent\":" + sent + ",\"results\":{");
            String comma = "";
            for (var each : results.entrySet()) {
                told.append(comma).append(quoted(each.getKey())).append(':').append(each.getValue());
                comma = ",";
            }
            told.append("},\"samples\":{");
            comma = "";
            for (var each : samples.entrySet()) {
                told.append(comma).append(quoted(each.getKey())).append(':').append(quoted(each.getValue()));
                comma = ",";
            }
            told.append("},\"underWay\":").append(mostUnderWay);
            return told + percentiles(latencies, answered) + "}";
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\\x00-\\x1f]", " ") + '"';
        }

        private void tick(long start) {
            long due = (System.nanoTime() - start) * rate / 1_000_000_000L;
            while (sent < due) {
                long at = start + sent * 1_000_000_000L / rate;
                sent++;
                send(at);
            }
        }

        private void send(long at) {
            underWay++;
            mostUnderWay = Math.max(mostUnderWay, underWay);
            Channel kept;
            while ((kept = idle.pollLast()) != null) {
                if (kept.isActive()) {
                    kept.pipeline().get(Caller.class).call(kept, at);
                    return;
                }
            }
            if (open == connections) {
                waiting.add(at);
                return;
            }
            open++;
            ChannelFuture dialled =
                    dialling(
                                    uri,
                                    new ChannelInitializer<>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline().addLast(new HttpClientCodec(), new Caller());
                                        }
                                    })
                            .connect();
            dialled.addListener(
                    done -> {
                        if (done.isSuccess()) {
                            Channel channel = dialled.channel();
                            channel.pipeline().get(Caller.class).call(channel, at);
                        } else {
                            open--;
                            ended("not connected", null);
                            next();
                        }
                    });
        }

        /** Sends what waited longest, if there is a connection for it. */
        private void next() {
            if (!waiting.isEmpty() && (open < connections || !idle.isEmpty())) {
                underWay--;
                send(waiting.remove());
            }
        }

        private void ended(String result, String sample) {
            underWay--;
            results.merge(result, 1, Integer::sum);
            if (sample != null) {
                samples.putIfAbsent(result, sample);
            }
        }

        private final class Caller extends SimpleChannelInboundHandler<HttpObject> {
            private boolean busy;
            private boolean keep;
            private boolean headCame;
            private long due;
            private int status;
            private String told;

            void call(Channel channel, long at) {
                busy = true;
                headCame = false;
                due = at;
                channel.writeAndFlush(request(uri, key, body));
            }

            @Override
            protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
                if (part instanceof HttpResponse answer) {
                    headCame = true;
                    status = answer.status().code();
                    keep = HttpUtil.isKeepAlive(answer);
                    told = null;
                }
                if (part instanceof HttpContent content && status != 200 && told == null) {
                    String text = content.content().toString(java.nio.charset.StandardCharsets.UTF_8);
                    told = text.substring(0, Math.min(300, text.length()));
                }
                if (part instanceof LastHttpContent && busy) {
                    busy = false;
                    if (due >= countFrom) {
                        if (answered == latencies.length) {
                            latencies = Arrays.copyOf(latencies, 2 * answered);
                        }
                        latencies[answered++] = System.nanoTime() - due;
                    }
                    ended(Integer.toString(status), told);
                    if (keep) {
                        idle.add(context.channel());
                        next();
                    } else {
                        context.close();
                    }
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                open--;
                idle.remove(context.channel());
                if (busy) {
                    busy = false;
                    ended(headCame ? "broken off in the answer" : "closed without an answer", null);
                }
                next();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
            }
        }
    }

    // ---- streams of events

    /**
     * {@code connections} callers that each read one stream of events to its end: {@code uri, key}.
     * Prints how many events came, and how long each was on its way.
     */
    private static final class Streams {
        private final URI uri;
        private final String key;
        private final int connections;
        private final byte[] body;
        private long[] delays = new long[1 << 16];
        private int events;
        private int ended;
        private int broken;

        Streams(Map<String, String> settings) throws Exception {
            uri = URI.create(settings.get("uri"));
            key = settings.getOrDefault("key", "");
            connections = Integer.parseInt(settings.get("connections"));
            body = Load.body(settings);
        }

        void run() throws Exception {
            var loop = GROUP.next();
            long start = System.nanoTime();
            for (int i = 0; i < connections; i++) {
                dialling(
                                uri,
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(new HttpClientCodec(), new Reader());
                                    }
                                })
                        .connect()
                        .addListener(
                                done -> {
                                    if (!done.isSuccess()) {
                                        broken++;
                                    }
                                });
            }
            while (loop.submit(() -> ended + broken).get() < connections) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.println(
                    loop.submit(
                                    () ->
                                            "{\"events\":%d,\"broken\":%d,\"seconds\":%.3f%s}"
                                                    .formatted(
                                                            events, broken, seconds, percentiles(delays, events)))
                            .get());
            System.exit(0);
        }

        private final class Reader extends SimpleChannelInboundHandler<HttpObject> {
            private final StringBuilder text = new StringBuilder();
            private boolean over;

            @Override
            public void channelActive(ChannelHandlerContext context) {
                context.writeAndFlush(request(uri, key, body));
            }

            @Override
            protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
                long now = System.nanoTime();
                if (part instanceof HttpContent content) {
                    text.append(content.content().toString(US_ASCII));
                    int end;
                    while ((end = text.indexOf("\n\n")) >= 0) {
                        if (events == delays.length) {
                            delays = Arrays.copyOf(delays, 2 * events);
                        }
                        delays[events++] = now - Long.parseLong(text.substring("data: ".length(), end));
                        text.delete(0, end + 2);
                    }
                }
                if (part instanceof LastHttpContent) {
                    over = true;
                    ended++;
                    context.close();
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                if (!over) {
                    over = true;
                    broken++;
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
            }
        }
    }
}
