package dev.farol.gateway;

import dev.farol.spec.EndpointSettings.Limits;
import dev.farol.wire.HeaderEdit;
import dev.farol.wire.ProxyAnswer;
import dev.farol.wire.ProxyFailure;
import dev.farol.wire.ProxyForward;
import dev.farol.wire.ProxyMirror;
import dev.farol.wire.ProxyOutcome;
import dev.farol.wire.ProxyRequest;
import dev.farol.wire.Target;
import dev.farol.wire.Throttle;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request on its way to an instance. */
final class ScoringForward implements ProxyForward {
    private static final int CLIENT_GONE = 499;

    private final ScoringPolicy policy;
    private final RouteTable table;
    private final RoutedEndpoint endpoint;
    private final RoutedDeployment deployment;
    private final Address address;
    private final RequestIds ids;
    private final String query;
    private final boolean pinned;
    private final @Nullable String origin;
    private final TraceContext trace;
    private final ExchangeRecord.Asked asked;
    private final long begun;
    private RoutedInstance instance;
    private boolean judged;
    private int attempts = 1;
    private int status;
    private int modelStatus;
    private String reason = "";
    private long sentAt;
    private long headAt;
    private long modelNanos;

    /**
     * The deployment's window and the instance's load are taken already; {@link #done} gives back.
     *
     * @param table the routes by which it was admitted
     * @param origin the page's from which the call comes, when the endpoint takes calls from it
     */
    ScoringForward(
            ScoringPolicy policy,
            RouteTable table,
            RoutedEndpoint endpoint,
            RoutedDeployment deployment,
            RoutedInstance instance,
            Address address,
            RequestIds ids,
            ProxyRequest request,
            boolean pinned,
            @Nullable String origin) {
        this.policy = policy;
        this.table = table;
        this.endpoint = endpoint;
        this.deployment = deployment;
        this.instance = instance;
        this.address = address;
        this.ids = ids;
        this.query = request.query();
        this.pinned = pinned;
        this.origin = origin;
        this.trace = TraceContext.of(request, ThreadLocalRandom.current());
        this.asked = policy.asked(request, ids, trace);
        this.begun = request.arrived();
        this.sentAt = begun;
    }

    @Override
    public Target target() {
        return instance.target();
    }

    @Override
    public String requestTarget() {
        return address.requestTarget(deployment, query);
    }

    @Override
    public Duration timeout() {
        return deployment.settings().requestTimeout();
    }

    @Override
    public long bodyLimit() {
        long limit = limits().requestBytes();
        return limit > 0 ? limit : Long.MAX_VALUE;
    }

    private Limits limits() {
        return endpoint.spec().settings().limits();
    }

    @Override
    public void requestHeaders(HeaderEdit headers) {
        ids.sendUp(headers);
        trace.sendUp(headers);
    }

    @Override
    public @Nullable ProxyMirror mirror(boolean whole, long now) {
        sentAt = now;
        return pinned ? null : policy.mirror(table, endpoint, address, query, whole, now);
    }

    @Override
    public @Nullable Target retry() {
        RoutedInstance other = policy.another(endpoint, deployment, instance);
        failedOnce();
        if (other == null) {
            judged = true;
            return null;
        }
        instance.load().decrementAndGet();
        other.load().incrementAndGet();
        instance = other;
        attempts++;
        return other.target();
    }

    private void failedOnce() {
        if (instance.health().failed(System.nanoTime())) {
            deployment.load().meters().ejected();
        }
    }

    @Override
    public int responseHead(int answered, HeaderEdit headers, long now) {
        headAt = now;
        modelNanos = headAt - sentAt;
        modelStatus = answered;
        instance.health().answered();
        status = mapped(answered, headers);
        ids.answer(headers);
        headers.setPlain("Server", Reasons.SERVER);
        headers.set(Reasons.DEPLOYMENT_HEADER, deployment.name());
        headers.setPlain(
                Reasons.TIME_HEADER, Long.toString(TimeUnit.NANOSECONDS.toMillis(modelNanos)));
        if (origin != null) {
            Cors.allow(headers, origin);
        }
        return status;
    }

    private int mapped(int answered, HeaderEdit headers) {
        if (answered == 200 || answered == 101) {
            return answered;
        }
        String told = headers.get(Reasons.HEADER);
        if (answered == 413 && headers.get(Limit.HEADER) != null) {
            reason = Reasons.TOO_LARGE;
            return answered;
        }
        if (ownAnswer(answered, told)) {
            if (answered != 429) {
                // It would make clients repeat a POST that may have run (contracts §1.4).
                headers.remove("Retry-After");
            }
            reason = told == null ? Reasons.TIMEOUT : told;
            if (answered == 429) {
                headers.set(Limit.HEADER, LimitsOf.lane(deployment).header());
            } else if (answered == 408) {
                headers.set(Limit.HEADER, LimitsOf.timeout(deployment).header());
            }
            return answered;
        }
        reason = Reasons.MODEL_ERROR;
        headers.remove("Retry-After");
        headers.set(Reasons.HEADER, Reasons.MODEL_ERROR);
        headers.set(Reasons.STATUS_HEADER, Integer.toString(answered));
        return 424;
    }

    /**
     * Whether the replica speaks of itself rather than its model: its lane is full, its worker
     * died, or the time is over. The last it may say without a reason; then the time must indeed be
     * over.
     */
    private boolean ownAnswer(int answered, @Nullable String told) {
        return switch (answered) {
            case 429 -> Reasons.TOO_MANY.equals(told);
            case 502 -> Reasons.WORKER_LOST.equals(told);
            case 408 ->
                    Reasons.TIMEOUT.equals(told)
                            || (told == null && modelNanos >= timeout().toNanos() * 9 / 10);
            default -> false;
        };
    }

    @Override
    public ProxyAnswer failed(ProxyFailure failure) {
        // A model that is slow is no broken instance: the time that was set is what was exceeded.
        boolean broken = failure == ProxyFailure.CONNECT || failure == ProxyFailure.LOST;
        if (broken && !judged) {
            failedOnce();
        }
        ProxyAnswer answer =
                switch (failure) {
                    case CONNECT -> Refusals.notReady(ids, deployment);
                    case LOST -> Refusals.workerLost(ids, deployment);
                    case TIMEOUT -> Refusals.timeout(ids, deployment);
                    case TOO_LARGE -> Refusals.tooLarge(ids, limits());
                };
        if (origin != null) {
            Cors.allow(answer.headers(), origin);
        }
        status = answer.status();
        reason =
                switch (failure) {
                    case CONNECT -> Reasons.NOT_READY;
                    case LOST -> Reasons.WORKER_LOST;
                    case TIMEOUT -> Reasons.TIMEOUT;
                    case TOO_LARGE -> Reasons.TOO_LARGE;
                };
        return answer;
    }

    @Override
    public @Nullable Throttle throttle() {
        long rate = endpoint.spec().settings().limits().bytesPerSecond();
        Bandwidth used = endpoint.load().bytes();
        return rate == 0 ? null : (bytes, now) -> used.take(rate, bytes, now);
    }

    @Override
    public void trailers(HeaderEdit trailers, Duration requestDelay, Duration responseDelay) {
        if (!requestDelay.isZero()) {
            trailers.set(Reasons.REQUEST_DELAY, Long.toString(requestDelay.toMillis()));
        }
        if (!responseDelay.isZero()) {
            trailers.set(Reasons.RESPONSE_DELAY, Long.toString(responseDelay.toMillis()));
        }
    }

    @Override
    public void done(ProxyOutcome outcome) {
        instance.load().decrementAndGet();
        deployment.pending().decrementAndGet();
        endpoint.load().running().decrementAndGet();
        switch (outcome.end()) {
            case ANSWERED -> {}
            case CLIENT_GONE -> {
                status = CLIENT_GONE;
                reason = Reasons.CLIENT_GONE;
            }
            case REFUSED -> {
                status = outcome.refused();
                reason = Reasons.MALFORMED;
            }
            case TRUNCATED ->
                    reason = outcome.requestBytes() > bodyLimit() ? Reasons.TOO_LARGE : "truncated";
        }
        policy.ended(
                new ExchangeRecord(
                        ScoringPolicy.route(endpoint, deployment, instance.id()),
                        asked,
                        status,
                        modelStatus,
                        reason,
                        new ExchangeRecord.Times(
                                outcome.total(),
                                outcome.received(),
                                headAt == 0 ? Duration.ZERO : Duration.ofNanos(headAt - begun),
                                Duration.ofNanos(modelNanos),
                                outcome.requestDelay(),
                                outcome.responseDelay()),
                        outcome.requestBytes(),
                        outcome.responseBytes(),
                        attempts),
                deployment.load().meters());
    }
}
