package dev.farol.app;

import dev.farol.backend.Backend;
import dev.farol.backend.InstanceTypes;
import dev.farol.control.ControlApi;
import dev.farol.control.ControlLoop;
import dev.farol.control.GatewayAddress;
import dev.farol.control.TokenAuthority;
import dev.farol.environment.Environments;
import dev.farol.gateway.Gateway;
import dev.farol.gateway.GatewayConfig;
import dev.farol.gateway.SnapshotFeed;
import dev.farol.kit.certificate.Authority;
import dev.farol.kit.certificate.ServerNames;
import dev.farol.store.ObjectStore;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import dev.farol.wire.ApiServer;
import dev.farol.wire.Listen;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All roles in one process: store, control, gateway and the backend of this machine. Reads top to
 * bottom as the order in which things start; they stop in the opposite order.
 */
final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ServerConfig config;
    private final Gateway gateway;
    private final ControlLoop loop;
    private final ApiServer api;
    private final @Nullable ApiServer metrics;

    /**
     * Starts everything; listens when it returns.
     *
     * @param ports the ports to try first; see {@link Ports}
     */
    Server(Home home, ServerConfig config, Ports ports) throws IOException, InterruptedException {
        this.config = config;
        try {
            var clock = InstantSource.system();
            // The parts that take a while and need nothing of each other.
            var storeOpening = started(() -> Stores.sqlite(home.database(), clock));
            var objectsOpening =
                    started(() -> Stores.objects(home.objects(), config.store(), clock));
            var certificateMaking = started(() -> certificate(home, config));
            TokenAuthority authority =
                    ControlApi.authority(config.control(), home.identity(), clock);
            var feed = new SnapshotFeed(authority::unknownKey);
            GatewayConfig door =
                    door(
                            config.gateway().withAccessLogIn(home.logs().resolve("traffic.log")),
                            certificateMaking);
            Door opened = ports.gateway(port -> Door.open(door.withPort(port), feed));
            gateway = keep(opened.gateway());
            PrometheusRegistry registry = opened.registry();
            Store store = keep(result(storeOpening));
            ObjectStore objects = keep(result(objectsOpening));
            Environments environments =
                    keep(
                            Environments.local(
                                    config.environment(), home.folder(), LocalRoles.host(home)));
            Backend backend = keep(LocalRoles.backend(home, config.backend(), clock));
            InstanceMetrics.register(registry, backend);
            metrics = metrics(config.metrics(), ports, registry);
            loop =
                    keep(
                            ControlLoop.of(
                                    new ControlLoop.Parts(
                                            store,
                                            objects,
                                            environments,
                                            backend,
                                            gateway::inFlight,
                                            authority,
                                            List.of(feed),
                                            home.assets(),
                                            home.logs().resolve("deployments"),
                                            clock),
                                    config.reconcile()));
            var control =
                    ControlApi.open(
                            config.control(),
                            home.identity(),
                            new ControlApi.Collaborators(
                                    store,
                                    objects,
                                    new GatewayAddress(() -> URI.create(gatewayUrl())),
                                    loop.nudge(),
                                    loop.logs(),
                                    InstanceTypes.with(config.backend().instanceTypes()),
                                    clock));
            control.ensureDefaultWorkspace();
            Listen.Tls tls = result(certificateMaking);
            loop.start();
            api =
                    keep(
                            ports.control(
                                    port ->
                                            ApiServer.start(
                                                    new Listen(config.host(), port, tls),
                                                    control)));
        } catch (IOException | InterruptedException | RuntimeException fault) {
            close();
            throw fault;
        }
    }

    /** Base URL of the control plane. */
    String armUrl() {
        return "https://" + reachable(config.host()) + ":" + api.port();
    }

    /** Base URL of the data plane. */
    String gatewayUrl() {
        String scheme = config.gateway().tls().enabled() ? "https" : "http";
        return scheme + "://" + reachable(config.gateway().host()) + ":" + gateway.port();
    }

    /** Where Prometheus reads; empty when it cannot. */
    String metricsUrl() {
        return metrics == null
                ? ""
                : "http://"
                        + reachable(config.metrics().host())
                        + ":"
                        + metrics.port()
                        + "/metrics";
    }

    private @Nullable ApiServer metrics(
            MetricsConfig page, Ports ports, PrometheusRegistry registry) {
        return page.enabled()
                ? keep(
                        ports.metrics(
                                port -> MetricsPage.start(page, port, registry, gateway::tidy)))
                : null;
    }

    /** What a client on this machine calls a server that listens on {@code host}. */
    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "[::1]";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    }

    /** Takes nothing new, answers what runs, then closes. */
    void drain() throws InterruptedException {
        api.drain(Duration.ofSeconds(2));
        loop.drain(Duration.ofSeconds(2));
        if (!gateway.drain(DRAIN)) {
            log.warn(
                    "Requests were still running after {} s; they were cut off", DRAIN.toSeconds());
        }
        close();
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable last = open.pop();
            try {
                last.close();
            } catch (Exception fault) {
                log.error("{} did not close", last.getClass().getSimpleName(), fault);
            }
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.push(part);
        return part;
    }

    /** A gateway and its metrics: an attempt that finds its port taken leaves none behind. */
    private record Door(Gateway gateway, PrometheusRegistry registry) {
        static Door open(GatewayConfig config, SnapshotFeed feed) {
            var registry = new PrometheusRegistry();
            return new Door(Gateway.start(config, feed, registry), registry);
        }
    }

    /**
     * The names are those that clients on this machine and in its network use, and those of the
     * endpoints' virtual hosts below them.
     */
    private static Listen.Tls certificate(Home home, ServerConfig config) throws IOException {
        ServerNames local = ServerNames.local();
        var addresses = new HashSet<>(local.addresses());
        InetAddress bound = InetAddress.getByName(config.host());
        if (!bound.isAnyLocalAddress()) {
            addresses.add(bound);
        }
        var names = new HashSet<>(local.dnsNames());
        String region = config.control().location();
        if (region.matches("[A-Za-z0-9-]+")) {
            local.dnsNames().forEach(name -> names.add("*." + region + ".inference." + name));
        }
        var files =
                Authority.openOrCreate(home.tls())
                        .serverCertificate(new ServerNames(names, addresses));
        return new Listen.Tls(files.chain(), files.key());
    }

    /** A gateway that speaks TLS and has no certificate of its own gets the control plane's. */
    private static GatewayConfig door(GatewayConfig config, FutureTask<Listen.Tls> certificate)
            throws IOException, InterruptedException {
        if (!config.tls().lacksCertificate()) {
            return config;
        }
        Listen.Tls files = result(certificate);
        return config.withCertificate(files.chain(), files.key());
    }

    private static <T> FutureTask<T> started(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().name("start").start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException fault -> throw fault;
                case RuntimeException fault -> throw fault;
                case null, default -> throw new IllegalStateException(failed.getCause());
            }
        }
    }
}
