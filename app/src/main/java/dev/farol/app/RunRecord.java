package dev.farol.app;

import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/**
 * Who serves a home and where: {@code run/addresses.json}. Written when the server is ready,
 * removed when it ends; one that a crash left behind is told from a living one by the process's
 * start.
 *
 * @param started when the process started, as the operating system says
 * @param arm base URL of the control plane, {@code https://127.0.0.1:8443}
 * @param gateway base URL of the data plane, {@code http://127.0.0.1:8080}
 * @param tls the folder with {@code ca.pem}
 * @param metrics where Prometheus reads; empty when nowhere, or in a record of an older Farol
 */
record RunRecord(
        long pid,
        Instant started,
        String version,
        String home,
        String arm,
        String gateway,
        String subscription,
        String resourceGroup,
        String workspace,
        String location,
        String tls,
        String metrics) {
    RunRecord {
        metrics = Objects.requireNonNullElse(metrics, "");
    }

    private static final Pattern PAIR =
            Pattern.compile("\"([A-Za-z]+)\"\\s*:\\s*(?:\"([^\"]*)\"|([0-9]+))");
    private static final List<String> FIELDS =
            List.of(
                    "pid",
                    "started",
                    "version",
                    "home",
                    "arm",
                    "gateway",
                    "subscription",
                    "resourceGroup",
                    "workspace",
                    "location",
                    "tls");

    /** The record of this process. */
    static RunRecord of(Home home, ServerConfig config, Server server) {
        var self = ProcessHandle.current();
        return new RunRecord(
                self.pid(),
                self.info().startInstant().orElse(Instant.EPOCH),
                Distribution.version(),
                home.folder().toString(),
                server.armUrl(),
                server.gatewayUrl(),
                config.control().subscription(),
                config.control().resourceGroup(),
                config.control().workspace(),
                config.control().location(),
                home.tls().toString(),
                server.metricsUrl());
    }

    void write(Path file) throws IOException {
        AtomicFile.write(
                file, Json.STRICT.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    /** The record of the server that runs now; empty when none does. */
    static Optional<RunRecord> living(Path file) {
        return read(file).filter(record -> record.process().isPresent());
    }

    /** The record in the file, whether or not its process still runs. */
    static Optional<RunRecord> read(Path file) {
        try {
            String text = Files.readString(file);
            return text.indexOf('\\') < 0
                    ? plain(text)
                    : Optional.of(Json.TOLERANT.readValue(text, RunRecord.class));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException
                | JacksonException
                | NumberFormatException
                | DateTimeParseException unreadable) {
            // A file that cannot be read names no server that could be reached.
            return Optional.empty();
        }
    }

    /** From a text without escapes, where each pair is what it looks like: ten times as fast. */
    private static Optional<RunRecord> plain(String text) {
        Map<String, String> fields = new HashMap<>();
        var pair = PAIR.matcher(text);
        while (pair.find()) {
            fields.put(pair.group(1), pair.group(2) == null ? pair.group(3) : pair.group(2));
        }
        return FIELDS.stream().allMatch(fields::containsKey)
                ? Optional.of(
                        of(
                                FIELDS.stream().map(fields::get).toList(),
                                fields.getOrDefault("metrics", "")))
                : Optional.empty();
    }

    /**
     * @param values in the order of {@link #FIELDS}, which is the one of the components
     */
    private static RunRecord of(List<String> values, String metrics) {
        return new RunRecord(
                Long.parseLong(values.get(0)),
                Instant.parse(values.get(1)),
                values.get(2),
                values.get(3),
                values.get(4),
                values.get(5),
                values.get(6),
                values.get(7),
                values.get(8),
                values.get(9),
                values.get(10),
                metrics);
    }

    /** The record for people or for programs. */
    String describe(OutputFormat format) {
        if (format == OutputFormat.json) {
            var json = Json.STRICT.<tools.jackson.databind.node.ObjectNode>valueToTree(this);
            return json.put("running", true).toPrettyString();
        }
        return "Farol "
                + version
                + " runs (pid "
                + pid
                + ")\n"
                + "  control plane  "
                + arm
                + "\n"
                + "  gateway        "
                + gateway
                + "\n"
                + (metrics.isEmpty() ? "" : "  metrics        " + metrics + "\n")
                + "  workspace      "
                + workspace
                + " (resource group "
                + resourceGroup
                + ", subscription "
                + subscription
                + ")\n"
                + "  home           "
                + home;
    }

    /** The process, if the one of this pid is still the one that wrote the record. */
    Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(Running::runs)
                .filter(handle -> handle.info().startInstant().map(started::equals).orElse(true));
    }
}
