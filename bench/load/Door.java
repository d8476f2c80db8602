import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.farol.gateway.Gateway;
import dev.farol.gateway.GatewayConfig;
import dev.farol.gateway.GatewayTls;
import dev.farol.gateway.MirrorCounts;
import dev.farol.gateway.SnapshotFeed;
import dev.farol.spec.AuthMode;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Deployment;
import dev.farol.spec.RoutingSnapshot.Digest;
import dev.farol.spec.RoutingSnapshot.Endpoint;
import dev.farol.spec.RoutingSnapshot.Instance;
import dev.farol.wire.ProxyConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * The gateway of the distribution, fed with snapshots made here: its endpoint {@code shop} has one
 * deployment, whose instance is the upstream. What it does beside is told on stdin, a line each:
 *
 * <pre>
 * mirror PERCENT PORT   copies that share to another upstream; 0 0 ends it
 * still ENDPOINTS       as many endpoints of three deployments, and no more changes
 * churn ENDPOINTS RATE  the same, and so many changes a second; each tenth is one of shop
 * counts                answers one line: copies and changes so far
 * </pre>
 */
final class Door {
    private static final String KEY = "bench-key";
    private static final RequestSettings SETTINGS =
            new RequestSettings(10_000, Duration.ofSeconds(10), Duration.ofSeconds(30));

    /** Of the mirror, so that one that hangs does so again and again. */
    private static final RequestSettings IMPATIENT =
            new RequestSettings(10_000, Duration.ofSeconds(10), Duration.ofSeconds(2));

    private final SnapshotFeed feed = new SnapshotFeed();
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final Instance upstream;
    private long version;
    private int mirrorPercent;
    private int mirrorPort;
    private int generation;
    private volatile Thread churn;
    private long changes;
    private long spent;
    private long longest;

    private Door(int port) {
        upstream = new Instance("shop-0", "127.0.0.1", port);
    }

    /** Arguments: the upstream's port, event loops, and perhaps a certificate and its key. */
    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        var door = new Door(Integer.parseInt(args[0]));
        var tls =
                args.length < 4
                        ? GatewayTls.DEFAULTS
                        : new GatewayTls(true, Path.of(args[2]), Path.of(args[3]));
        var defaults = GatewayConfig.DEFAULTS;
        var config =
                new GatewayConfig(
                        "127.0.0.1",
                        0,
                        tls,
                        proxy(Integer.parseInt(args[1])),
                        defaults.retryPercent(),
                        defaults.minRetriesPerSecond(),
                        defaults.mirrorQueueSize(),
                        defaults.accessLog());
        door.endpoints.put("shop", door.shop());
        door.publish();
        try (var gateway = Gateway.start(config, door.feed, new PrometheusRegistry());
                var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            System.out.println(gateway.port());
            String line;
            while ((line = in.readLine()) != null) {
                System.out.println(door.told(line.split(" "), gateway));
            }
            door.rest();
        }
    }

    private static ProxyConfig proxy(int loops) {
        var d = ProxyConfig.DEFAULTS;
        return new ProxyConfig(
                loops,
                d.bufferLimit(),
                d.connectTimeout(),
                d.clientIdleTimeout(),
                d.targetIdleTimeout(),
                d.bodyIdleTimeout(),
                d.tunnelIdleTimeout(),
                d.maxRequestLine(),
                d.maxHeaders(),
                d.maxHeaderCount(),
                d.ioUring());
    }

    private String told(String[] words, Gateway gateway) throws InterruptedException {
        switch (words[0]) {
            case "mirror" -> {
                mirrorPercent = Integer.parseInt(words[1]);
                mirrorPort = Integer.parseInt(words[2]);
                endpoints.put("shop", shop());
                publish();
            }
            case "still" -> {
                rest();
                fill(Integer.parseInt(words[1]));
            }
            case "churn" -> {
                rest();
                fill(Integer.parseInt(words[1]));
                churn(Integer.parseInt(words[2]));
            }
            case "counts" -> {
                MirrorCounts c = gateway.mirrorCounts();
                return "{\"sent\":%d,\"failed\":%d,\"lostFull\":%d,\"changes\":%d,\"meanChangeMs\":%.3f,\"longestChangeMs\":%.3f}"
                        .formatted(
                                c.sent(),
                                c.failed(),
                                c.lostFull(),
                                changes,
                                changes == 0 ? 0 : spent / 1e6 / changes,
                                longest / 1e6);
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
        return "done";
    }

    private void publish() {
        feed.accept(new RoutingSnapshot(++version, endpoints, Authority.NONE));
    }

    private Endpoint shop() {
        var blue =
                new Deployment(
                        "blue",
                        SETTINGS,
                        "/score",
                        List.of(new Instance("shop-" + generation, "127.0.0.1", upstream.port())));
        if (mirrorPercent == 0) {
            return endpoint("shop", Map.of(), Map.of("blue", blue));
        }
        var shadow =
                new Deployment(
                        "shadow",
                        IMPATIENT,
                        "/score",
                        List.of(new Instance("shadow-0", "127.0.0.1", mirrorPort)));
        return endpoint(
                "shop",
                Map.of("shadow", mirrorPercent),
                Map.of("blue", blue, "shadow", shadow));
    }

    private static Endpoint endpoint(
            String name, Map<String, Integer> mirror, Map<String, Deployment> deployments) {
        return new Endpoint(
                name,
                "/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices/workspaces/w/onlineendpoints/"
                        + name,
                "local",
                AuthMode.KEY,
                List.of(digest(KEY), digest(KEY + name)),
                Map.of("blue", 100),
                mirror,
                new EndpointSettings(null, EndpointSettings.Limits.GENEROUS, List.of()),
                deployments);
    }

    private static Digest digest(String text) {
        try {
            return new Digest(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    // ---- many endpoints

    /** One that nobody calls: three deployments of two instances. */
    private static Endpoint other(String name, int round) {
        var deployments = new HashMap<String, Deployment>();
        for (String color : List.of("blue", "green", "red")) {
            String at = name + "-" + color + "-" + round;
            int port = 1024 + Math.floorMod(at.hashCode(), 60_000);
            deployments.put(
                    color,
                    new Deployment(
                            color,
                            SETTINGS,
                            "/score",
                            List.of(
                                    new Instance(at + "-0", "127.0.0.2", port),
                                    new Instance(at + "-1", "127.0.0.3", port))));
        }
        return endpoint(name, Map.of(), deployments);
    }

    private void fill(int count) {
        for (int i = 1; i < count; i++) {
            String name = "endpoint-" + i;
            endpoints.put(name, other(name, 0));
        }
        publish();
    }

    private void churn(int rate) {
        int others = endpoints.size() - 1;
        changes = 0;
        spent = 0;
        longest = 0;
        churn =
                Thread.ofPlatform()
                        .name("churn")
                        .start(
                                () -> {
                                    long start = System.nanoTime();
                                    while (churn == Thread.currentThread()) {
                                        long due = start + changes * 1_000_000_000L / rate;
                                        LockSupport.parkNanos(due - System.nanoTime());
                                        if (System.nanoTime() < due) {
                                            continue;
                                        }
                                        generation++;
                                        if (generation % 10 == 0 || others == 0) {
                                            endpoints.put("shop", shop());
                                        } else {
                                            String name =
                                                    "endpoint-" + (1 + generation * 7919 % others);
                                            endpoints.put(name, other(name, generation));
                                        }
                                        long begun = System.nanoTime();
                                        publish();
                                        long took = System.nanoTime() - begun;
                                        spent += took;
                                        longest = Math.max(longest, took);
                                        changes++;
                                    }
                                });
    }

    private void rest() throws InterruptedException {
        Thread running = churn;
        churn = null;
        if (running != null) {
            LockSupport.unpark(running);
            running.join();
        }
    }
}
