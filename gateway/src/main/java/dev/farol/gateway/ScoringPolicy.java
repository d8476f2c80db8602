package dev.farol.gateway;

import dev.farol.kit.Json;
import dev.farol.spec.EndpointSettings.Limits;
import dev.farol.wire.Headers;
import dev.farol.wire.ProxyAnswer;
import dev.farol.wire.ProxyDecision;
import dev.farol.wire.ProxyMirror;
import dev.farol.wire.ProxyPolicy;
import dev.farol.wire.ProxyRefusal;
import dev.farol.wire.ProxyRequest;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides about each request: who calls, which deployment, whether its window has room, which
 * instance.
 *
 * <p>Nothing waits here. An instance takes {@code max_concurrent_requests_per_instance} at once and
 * lets as many again wait, for {@code max_queue_wait} at most: its lane sees when a place is free,
 * while the gateway, of which there may be several, would have to guess. The gateway holds the
 * pending window over all instances, and forwards at once what is inside.
 */
final class ScoringPolicy implements ProxyPolicy {
    private final SnapshotHolder snapshots;
    private final RetryBudget retries;
    private static final int LONGEST_KEPT = 2048;

    private final MirrorQueue mirrors;
    private final List<ExchangeListener> listeners;
    private final Consumer<String> unknownKeys;
    private final GatewayMetrics metrics;
    private final InstantSource clock;

    ScoringPolicy(
            SnapshotHolder snapshots,
            RetryBudget retries,
            MirrorQueue mirrors,
            List<ExchangeListener> listeners,
            Consumer<String> unknownKeys,
            GatewayMetrics metrics,
            InstantSource clock) {
        this.snapshots = snapshots;
        this.retries = retries;
        this.mirrors = mirrors;
        this.listeners = List.copyOf(listeners);
        this.unknownKeys = unknownKeys;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public ProxyDecision decide(ProxyRequest request) {
        RouteTable table = snapshots.current();
        Address address = Address.of(request);
        if (address == null && isHealth(request.path())) {
            return health(table, request.path());
        }
        RequestIds ids = RequestIds.of(request, ThreadLocalRandom.current());
        String complaint = ids.complaint();
        if (complaint != null) {
            return refused(
                    Refusals.idTooLong(complaint), null, null, "HeaderTooLong", ids, request);
        }
        if (address == null) {
            return refused(
                    Refusals.unknownPath(ids, request.path()),
                    null,
                    null,
                    "UnknownPath",
                    ids,
                    request);
        }
        RoutedEndpoint endpoint = address.in(table);
        if (endpoint == null) {
            return refused(
                    Refusals.unknownEndpoint(ids, address.endpoint()),
                    null,
                    null,
                    "EndpointNotFound",
                    ids,
                    request);
        }
        String origin = Cors.granted(endpoint.spec().settings().corsOrigins(), request);
        if (origin == null) {
            return admit(table, endpoint, address, ids, request, null);
        }
        ProxyDecision decision =
                Cors.isPreflight(request)
                        ? preflight(endpoint, ids, request)
                        : admit(table, endpoint, address, ids, request, origin);
        if (decision instanceof ProxyAnswer answer) {
            Cors.allow(answer.headers(), origin);
        }
        return decision;
    }

    private ProxyAnswer preflight(RoutedEndpoint endpoint, RequestIds ids, ProxyRequest request) {
        return refused(Cors.preflight(request, ids), endpoint, null, "", ids, request);
    }

    /**
     * @param origin the page's from which the call comes, when the endpoint takes calls from it
     */
    private ProxyDecision admit(
            RouteTable table,
            RoutedEndpoint endpoint,
            Address address,
            RequestIds ids,
            ProxyRequest request,
            @Nullable String origin) {
        ProxyAnswer stranger = authenticate(table, endpoint, ids, request);
        return stranger == null
                ? route(table, endpoint, address, ids, request, origin)
                : refused(
                        stranger,
                        endpoint,
                        null,
                        stranger.status() == 403 ? "AuthorizationFailed" : "AuthenticationFailed",
                        ids,
                        request);
    }

    private static boolean isHealth(String path) {
        return path.equals("/") || path.equals("/ready");
    }

    /** The gateway is healthy as soon as it answers, and ready when it has a snapshot. */
    private static ProxyAnswer health(RouteTable table, String path) {
        boolean ready = table.version() > 0;
        var body = Json.object();
        body.put("status", ready ? "ready" : "waiting for the first snapshot");
        body.put("snapshot", table.version());
        return new ProxyAnswer(
                ready || path.equals("/") ? 200 : 503,
                Headers.of("Content-Type", "application/json", "Server", Reasons.SERVER),
                body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable ProxyAnswer authenticate(
            RouteTable table, RoutedEndpoint endpoint, RequestIds ids, ProxyRequest request) {
        String authorization = request.header("Authorization");
        return switch (endpoint.spec().authMode()) {
            case KEY -> {
                if (KeyCheck.passes(authorization, endpoint.spec().keyDigests())) {
                    yield null;
                }
                endpoint.load()
                        .meters()
                        .turnedAway(authorization == null ? "missing" : "wrong_key");
                yield authorization == null ? Refusals.keyMissing(ids) : Refusals.keyWrong(ids);
            }
            case AML_TOKEN -> {
                var outcome =
                        table.tokens().forEndpoint(authorization, endpoint.name(), clock.instant());
                turnedAway(endpoint, outcome);
                yield outcome == TokenCheck.Outcome.PASSED ? null : Refusals.token(ids, outcome);
            }
            case AAD_TOKEN -> {
                var outcome =
                        table.tokens()
                                .forScoring(
                                        authorization,
                                        endpoint.name(),
                                        endpoint.spec().scope(),
                                        clock.instant());
                if (outcome == TokenCheck.Outcome.UNKNOWN_KEY) {
                    String issuer = table.tokens().unknownKey(authorization);
                    if (issuer != null) {
                        unknownKeys.accept(issuer);
                    }
                }
                turnedAway(endpoint, outcome);
                yield outcome == TokenCheck.Outcome.PASSED ? null : Refusals.scorer(ids, outcome);
            }
        };
    }

    private static void turnedAway(RoutedEndpoint endpoint, TokenCheck.Outcome outcome) {
        if (outcome != TokenCheck.Outcome.PASSED) {
            endpoint.load().meters().turnedAway(outcome.name().toLowerCase(Locale.ROOT));
        }
    }

    private ProxyDecision route(
            RouteTable table,
            RoutedEndpoint endpoint,
            Address address,
            RequestIds ids,
            ProxyRequest request,
            @Nullable String origin) {
        String header = request.header(Reasons.DEPLOYMENT_HEADER);
        String pin = header == null ? "" : header.trim().toLowerCase(Locale.ROOT);
        boolean pinned = !pin.isEmpty();
        String name = pinned ? pin : endpoint.choose(request);
        if (name == null) {
            return refused(
                    Refusals.noTraffic(ids, endpoint),
                    endpoint,
                    null,
                    "NoDeploymentWithTraffic",
                    ids,
                    request);
        }
        RoutedDeployment deployment = endpoint.deployments().get(name);
        if (deployment == null) {
            return refused(
                    Refusals.unknownDeployment(ids, endpoint, name),
                    endpoint,
                    null,
                    "DeploymentNotFound",
                    ids,
                    request);
        }
        RoutedInstance instance =
                Picker.pick(deployment.instances(), request.arrived(), ScoringPolicy::draw);
        if (instance == null) {
            return refused(
                    Refusals.notReady(ids, deployment),
                    endpoint,
                    deployment,
                    Reasons.NOT_READY,
                    ids,
                    request);
        }
        ProxyAnswer beyond = limited(endpoint, ids, request);
        if (beyond != null) {
            return refused(
                    beyond,
                    endpoint,
                    deployment,
                    beyond.status() == 413 ? Reasons.TOO_LARGE : Reasons.TOO_MANY,
                    ids,
                    request);
        }
        if (deployment.pending().incrementAndGet() > deployment.window()) {
            deployment.pending().decrementAndGet();
            endpoint.load().running().decrementAndGet();
            return refused(
                    Refusals.windowFull(ids, deployment),
                    endpoint,
                    deployment,
                    Reasons.TOO_MANY,
                    ids,
                    request);
        }
        instance.load().incrementAndGet();
        retries.requested();
        return new ScoringForward(
                this, table, endpoint, deployment, instance, address, ids, request, pinned, origin);
    }

    /**
     * What the endpoint's own limits say of one more request. When it passes, it counts as under
     * way; {@link ScoringForward#done} gives back.
     */
    private static @Nullable ProxyAnswer limited(
            RoutedEndpoint endpoint, RequestIds ids, ProxyRequest request) {
        Limits limits = endpoint.spec().settings().limits();
        if (limits.requestBytes() > 0 && announced(request) > limits.requestBytes()) {
            return Refusals.tooLarge(ids, limits, announced(request));
        }
        EndpointLoad load = endpoint.load();
        int running = load.running().incrementAndGet();
        if (limits.concurrentRequests() > 0 && running > limits.concurrentRequests()) {
            load.running().decrementAndGet();
            return Refusals.tooManyAtOnce(ids, limits);
        }
        if (limits.requestsPerSecond() > 0) {
            long wait = load.rate().take(limits.requestsPerSecond(), request.arrived());
            if (wait > 0) {
                load.running().decrementAndGet();
                return Refusals.tooFast(ids, limits, wait);
            }
        }
        return null;
    }

    /** The length that the request says its body has; -1 when it does not say. */
    private static long announced(ProxyRequest request) {
        String length = request.header("Content-Length");
        return length == null || length.length() > 18 ? -1 : Long.parseLong(length.strip());
    }

    private static int draw(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }

    /**
     * An instance of the deployment other than the one that failed, within the retry budget. Asks
     * the newest snapshot: the one that failed may be gone because a new one took its place.
     */
    @Nullable RoutedInstance another(
            RoutedEndpoint endpoint, RoutedDeployment deployment, RoutedInstance failed) {
        RoutedEndpoint newest = snapshots.current().named(endpoint.name().toLowerCase(Locale.ROOT));
        RoutedDeployment now =
                newest == null
                        ? null
                        : newest.deployments().get(deployment.name().toLowerCase(Locale.ROOT));
        if (now == null) {
            return null; // its instances may be gone, and their addresses somebody else's
        }
        List<RoutedInstance> others =
                now.instances().stream()
                        .filter(candidate -> !candidate.id().equals(failed.id()))
                        .toList();
        return others.isEmpty() || !retries.take(System.nanoTime())
                ? null
                : Picker.pick(others, System.nanoTime(), ScoringPolicy::draw);
    }

    /**
     * The copy that the endpoint's mirror gets of a request, if it is its turn and there is room.
     * Asks the newest snapshot: it is long since the request came, when its body came slowly.
     *
     * @param table the one by which the request was admitted, which is the newest more often than
     *     not
     */
    @SuppressWarnings("ReferenceEquality") // a table never changes
    @Nullable ProxyMirror mirror(
            RouteTable table,
            RoutedEndpoint asked,
            Address address,
            String query,
            boolean whole,
            long now) {
        RouteTable newest = snapshots.current();
        RoutedEndpoint endpoint =
                newest == table ? asked : newest.named(asked.name().toLowerCase(Locale.ROOT));
        if (endpoint == null || endpoint.mirror().isEmpty()) {
            return null;
        }
        String name = endpoint.mirror().at(endpoint.mirrorPoints().next());
        RoutedDeployment deployment = name == null ? null : endpoint.deployments().get(name);
        if (deployment == null) {
            return null;
        }
        if (!whole) {
            mirrors.lostStreamed();
            return null;
        }
        RoutedInstance instance = Picker.pick(deployment.instances(), now, ScoringPolicy::draw);
        if (instance == null) {
            mirrors.lostNotReady();
            return null;
        }
        if (!mirrors.enter(deployment.load().copies())) {
            return null;
        }
        instance.load().incrementAndGet();
        return new ScoringMirror(
                mirrors, deployment, instance, address.requestTarget(deployment, query));
    }

    /**
     * @param meters of the deployment, or of the endpoint when none was chosen
     */
    void ended(ExchangeRecord exchange, RouteMeters meters) {
        meters.ended(exchange);
        for (ExchangeListener listener : listeners) {
            listener.ended(exchange);
        }
    }

    private ProxyAnswer refused(
            ProxyAnswer answer,
            @Nullable RoutedEndpoint endpoint,
            @Nullable RoutedDeployment deployment,
            String reason,
            RequestIds ids,
            ProxyRequest request) {
        RouteMeters meters =
                endpoint == null
                        ? metrics.none()
                        : deployment == null
                                ? endpoint.load().meters()
                                : deployment.load().meters();
        var trace = TraceContext.of(request, ThreadLocalRandom.current());
        ended(
                told(
                        route(endpoint, deployment, ""),
                        asked(request, ids, trace),
                        answer.status(),
                        reason,
                        answer.body().length),
                meters);
        return answer;
    }

    /** What the proxy refused by itself is told too, as coming from nobody to nothing. */
    @Override
    public void refused(ProxyRefusal refusal) {
        var asked =
                new ExchangeRecord.Asked(
                        refusal.method(), refusal.path(), refusal.protocol(), "", "", "", "");
        ended(
                told(
                        ExchangeRecord.Route.NONE,
                        asked,
                        refusal.status(),
                        Reasons.MALFORMED,
                        refusal.responseBytes()),
                metrics.none());
    }

    private static ExchangeRecord told(
            ExchangeRecord.Route route,
            ExchangeRecord.Asked asked,
            int status,
            String reason,
            long bytes) {
        return new ExchangeRecord(
                route, asked, status, 0, reason, ExchangeRecord.Times.NONE, 0, bytes, 0);
    }

    /** Only who listens wants to know it: nothing is counted by what a caller sent. */
    ExchangeRecord.Asked asked(ProxyRequest request, RequestIds ids, TraceContext trace) {
        if (listeners.isEmpty()) {
            return ExchangeRecord.Asked.NOBODY_ASKS;
        }
        String agent = request.header("User-Agent");
        return new ExchangeRecord.Asked(
                request.method(),
                cut(request.path()),
                request.protocol(),
                agent == null ? "" : cut(agent),
                ids.request(),
                ids.client(),
                trace.traceId());
    }

    /** Records may wait to be written: what a caller chooses must not make them large. */
    private static String cut(String text) {
        return text.length() <= LONGEST_KEPT ? text : text.substring(0, LONGEST_KEPT);
    }

    static ExchangeRecord.Route route(
            @Nullable RoutedEndpoint endpoint,
            @Nullable RoutedDeployment deployment,
            String instance) {
        return endpoint == null
                ? ExchangeRecord.Route.NONE
                : new ExchangeRecord.Route(
                        endpoint.name(),
                        endpoint.spec().scope(),
                        endpoint.spec().authMode(),
                        deployment == null ? "" : deployment.name(),
                        instance);
    }
}
