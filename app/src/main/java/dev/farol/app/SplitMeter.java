package dev.farol.app;

import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Sends one request many times and tells how the endpoint divided them and how long they took. */
final class SplitMeter {
    private final ApiClient http;
    private final String uri;
    private final String key;

    SplitMeter(ApiClient http, String uri, String key) {
        this.http = http;
        this.uri = uri;
        this.key = key;
    }

    /**
     * @param latencies of each request, sorted
     */
    record Result(Map<String, Integer> answered, Duration[] latencies) {
        String text() {
            var text = new StringBuilder(latencies.length + " requests, measured:\n");
            answered.forEach(
                    (deployment, count) ->
                            text.append(
                                    String.format(
                                            "  %-8s %4d  (%.1f %%)%n",
                                            deployment, count, 100.0 * count / latencies.length)));
            return text.append(
                            String.format(
                                    "  latency  %.2f ms median, %.2f ms p99",
                                    milliseconds(latencies.length / 2),
                                    milliseconds(latencies.length * 99 / 100)))
                    .toString();
        }

        private double milliseconds(int index) {
            return latencies[index].toNanos() / 1e6;
        }
    }

    Result measure(byte[] body, int requests) throws IOException, InterruptedException {
        var answered = new TreeMap<String, Integer>();
        var latencies = new Duration[requests];
        var headers =
                Headers.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
        var call =
                new ApiClient.Call(
                        "POST",
                        uri,
                        headers,
                        new ApiClient.BytesPayload(body),
                        Duration.ofSeconds(30));
        for (int i = 0; i < requests; i++) {
            long start = System.nanoTime();
            ApiClient.Answer answer = http.send(call);
            latencies[i] = Duration.ofNanos(System.nanoTime() - start);
            if (answer.status() != 200) {
                throw new IOException(
                        "Request "
                                + (i + 1)
                                + " was answered "
                                + answer.status()
                                + ": "
                                + answer.text());
            }
            answered.merge(
                    answer.headers().first("azureml-model-deployment").orElse("?"),
                    1,
                    Integer::sum);
        }
        Arrays.sort(latencies);
        return new Result(answered, latencies);
    }
}
