package dev.farol.app;

import dev.farol.kit.config.Secret;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.wire.ApiHandler;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.ApiServer;
import dev.farol.wire.ApiServerConfig;
import dev.farol.wire.Headers;
import dev.farol.wire.Listen;
import dev.farol.wire.ProblemJson;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics} for Prometheus, on a port of its own: callers of endpoints never reach it. On
 * this machine alone it needs no token, and then answers nobody who came by a name other than
 * {@code localhost}: a page in a browser may have made that name one of this machine.
 */
final class MetricsPage implements ApiHandler {
    private static final String PATH = "/metrics";
    private static final String SCHEME = "Bearer ";

    private final PrometheusRegistry registry;
    private final Runnable before;
    private final @Nullable Secret token;
    private boolean ofTheProcess;

    private MetricsPage(PrometheusRegistry registry, Runnable before, @Nullable Secret token) {
        this.registry = registry;
        this.before = before;
        this.token = token;
    }

    /**
     * Listens when it returns.
     *
     * @param before runs before each reading
     * @throws FarolException when others could reach it without a token, or the address cannot be
     *     bound
     */
    static ApiServer start(
            MetricsConfig config, int port, PrometheusRegistry registry, Runnable before) {
        if (config.token() == null && !isLoopback(config.host())) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "metrics.host",
                    "The metrics would be there for everybody at "
                            + config.host()
                            + " (expected: metrics.token as well, or an address of this machine alone such as 127.0.0.1)");
        }
        return ApiServer.start(
                new Listen(config.host(), port, null),
                new MetricsPage(registry, before, config.token()),
                new ApiServerConfig(4, 1, 4096, 16 * 1024, Duration.ofMinutes(2)));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    @Override
    public ApiResponse handle(ApiRequest request) throws IOException {
        Problem refusal = refusal(request);
        if (refusal != null) {
            return ProblemJson.response(refusal);
        }
        before.run();
        ExpositionFormatWriter writer =
                ExpositionFormats.init().findWriter(request.headers().first("Accept").orElse(null));
        var bytes = new ByteArrayOutputStream(64 * 1024);
        writer.write(bytes, registry().scrape());
        return new ApiResponse(
                200,
                Headers.of("Content-Type", writer.getContentType(), "Cache-Control", "no-store"),
                new ApiResponse.Bytes(bytes.toByteArray()));
    }

    private @Nullable Problem refusal(ApiRequest request) {
        if (!request.path().equals(PATH)) {
            return Problem.of(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "There is nothing at '" + request.path() + "' (expected: " + PATH + ").");
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "The metrics are read with GET.");
        }
        Secret wanted = token;
        if (wanted == null) {
            return isThisMachine(request.host())
                    ? null
                    : Problem.of(
                            ErrorCode.FORBIDDEN,
                            "The metrics are told to callers of localhost or an IP address; for any other name set metrics.token.");
        }
        String given = request.headers().first("Authorization").orElse("");
        boolean good =
                given.startsWith(SCHEME)
                        && MessageDigest.isEqual(
                                given.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8),
                                wanted.reveal().getBytes(StandardCharsets.UTF_8));
        return good
                ? null
                : Problem.of(
                        ErrorCode.UNAUTHENTICATED,
                        "The metrics want their token (expected: Authorization: Bearer and what metrics.token refers to).");
    }

    /** Whether the host is no name that somebody else could have given this machine. */
    private static boolean isThisMachine(String host) {
        int port = host.lastIndexOf(':');
        String name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
        return name.toLowerCase(Locale.ROOT).equals("localhost")
                || name.startsWith("[")
                || name.matches("[0-9.]+");
    }

    /** Those of the process join when somebody first reads: a start does not wait for them. */
    private synchronized PrometheusRegistry registry() {
        if (!ofTheProcess) {
            ofTheProcess = true;
            ProcessMetrics.builder().register(registry);
            JvmMemoryMetrics.builder().register(registry);
            JvmGarbageCollectorMetrics.builder().register(registry);
            JvmThreadsMetrics.builder().register(registry);
            JvmRuntimeInfoMetric.builder().register(registry);
        }
        return registry;
    }
}
