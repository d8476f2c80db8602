package dev.farol.cli.verb;

import dev.farol.cli.LocalMachine;
import dev.farol.cli.LocalPlan;
import dev.farol.cli.LocalState;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Schemas;
import dev.farol.spec.ProbeSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The verbs with {@code --local}: endpoints and deployments of this machine, for which no Farol has
 * to run. What is printed has the names and forms that {@code az ml} gives it (contracts §2.7).
 */
final class LocalVerbs {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int NOT_THERE = 3;

    private final Invocation in;
    private final LocalFolders folders;
    private final LocalMachine machine;

    LocalVerbs(Invocation in) {
        this.in = in;
        this.folders = new LocalFolders(in.home());
        this.machine = in.context().local();
    }

    // --- endpoints -----------------------------------------------------------------------------

    void createEndpoint() {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--auth-mode", "auth_mode")
                        .checked(Schemas.ENDPOINT);
        writeEndpoint(values);
    }

    void updateEndpoint() {
        String name = in.text("--name");
        if (name == null) {
            name = String.valueOf(Definition.fresh(in).checked(Schemas.ENDPOINT).get("name"));
        }
        Map<String, @Nullable Object> present = endpoint(name);
        writeEndpoint(
                Definition.changing(in, present)
                        .flag("--name", "name")
                        .shares("--traffic", "traffic")
                        .shares("--mirror-traffic", "mirror_traffic")
                        .checked(Schemas.ENDPOINT));
    }

    private void writeEndpoint(Map<String, @Nullable Object> values) {
        String name = Tree.textOr(values, "name", "");
        try (var _ = hold(name)) {
            folders.write(name, printed(values));
        }
        in.print(view(name));
    }

    void showEndpoint() {
        String name = in.given("--name");
        endpoint(name);
        folders.deployments(name).forEach(deployment -> warn(name, deployment));
        in.print(view(name));
    }

    void listEndpoints() {
        in.print(folders.endpoints().stream().map(this::view).toList());
    }

    void deleteEndpoint() {
        String name = in.given("--name");
        endpoint(name);
        in.confirm();
        try (var _ = hold(name)) {
            folders.folders(name).forEach(machine::stop);
            folders.delete(name);
        }
    }

    private Map<String, @Nullable Object> endpoint(String name) {
        return folders.endpoint(name)
                .orElseThrow(
                        () ->
                                new CommandFailed(
                                        NOT_THERE,
                                        "There is no local endpoint '" + name + "'" + known()));
    }

    private String known() {
        List<String> names = folders.endpoints();
        return names.isEmpty()
                ? " (there is none at all). Create it with: farol online-endpoint create --local -n"
                        + " NAME"
                : " (there is: " + String.join(", ", names) + ")";
    }

    /** With the address and the state of its first deployment, as {@code az ml} has it. */
    private Map<String, @Nullable Object> view(String name) {
        Map<String, @Nullable Object> view = Tree.of();
        view.putAll(endpoint(name));
        view.putIfAbsent("auth_mode", "key");
        view.put("location", "local");
        for (String key : List.of("properties", "tags", "traffic", "mirror_traffic")) {
            view.putIfAbsent(key, Tree.of());
        }
        view.put("provisioning_state", "Succeeded");
        LocalState first = null;
        for (String deployment : folders.deployments(name)) {
            LocalState state = machine.state(folders.folder(name, deployment));
            if (first == null || (!first.running() && state.running())) {
                first = state;
            }
        }
        if (first != null) {
            view.put("provisioning_state", provisioning(first));
            if (first.kind() == LocalState.Kind.READY) {
                view.put("scoring_uri", uri(first));
                view.put("openapi_uri", "http://localhost:" + first.port() + "/swagger.json");
            }
        }
        return view;
    }

    // --- deployments ---------------------------------------------------------------------------

    void createDeployment() {
        if (in.has("--package-model")) {
            throw CommandFailed.failed("--package-model: model packages are not offered yet.");
        }
        deploy(DeploymentVerbs.named(Definition.fresh(in)).checked(Schemas.DEPLOYMENT));
    }

    void updateDeployment() {
        var which = DeploymentVerbs.Which.of(in);
        Map<String, @Nullable Object> present = deployment(which.endpoint(), which.name());
        deploy(DeploymentVerbs.named(Definition.changing(in, present)).checked(Schemas.DEPLOYMENT));
    }

    /**
     * One instance at one port: what runs is stopped first, and is away until the new one is up.
     */
    void restartDeployment() {
        Map<String, @Nullable Object> present =
                deployment(in.given("--endpoint-name"), in.given("--name"));
        deploy(DeploymentVerbs.named(Definition.changing(in, present)).checked(Schemas.DEPLOYMENT));
    }

    private void deploy(Map<String, @Nullable Object> values) {
        String endpoint = Tree.textOr(values, "endpoint_name", "");
        String name = Tree.textOr(values, "name", "");
        Path folder = folders.folder(endpoint, name);
        long start = in.context().clock().nanoTime();
        try (var _ = hold(endpoint)) {
            begin(values, endpoint, name);
        }
        if (in.has("--no-wait")) {
            return;
        }
        String look = "farol online-deployment show --local -n " + name + " -e " + endpoint;
        Runnable farewell =
                () -> {
                    in.context().err().println("It goes on. Look later with: " + look);
                    in.context().err().flush();
                };
        LocalState state;
        try (var _ = in.context().interrupts().during(farewell)) {
            state = settled(folder, start);
        }
        if (state.kind() != LocalState.Kind.READY) {
            throw CommandFailed.failed(refusal(state, endpoint, name));
        }
        long seconds = Duration.ofNanos(in.context().clock().nanoTime() - start).toSeconds();
        in.note(String.format(Locale.ROOT, "Done (%dm %02ds)", seconds / 60, seconds % 60));
        in.print(view(endpoint, name));
    }

    private LocalFolders.Held hold(String endpoint) {
        return folders.hold(
                endpoint,
                () -> in.note("Another command works on '" + endpoint + "'; this one waits."));
    }

    private void begin(Map<String, @Nullable Object> values, String endpoint, String name) {
        Path folder = folders.folder(endpoint, name);
        boolean there = folders.deployment(endpoint, name).isPresent();
        in.note(
                (there ? "Updating" : "Creating")
                        + " local deployment ("
                        + endpoint
                        + " / "
                        + name
                        + ")");
        // Beside those that a deployment of this name is using now.
        Path files = folders.fresh(endpoint, name);
        LocalPlan plan;
        boolean made = false;
        try {
            plan = plan(values, new LocalAssets(in, values, files));
            made = true;
        } finally {
            if (!made) {
                LocalFolders.delete(there ? files : folder);
            }
        }
        if (folders.endpoint(endpoint).isEmpty()) {
            folders.write(endpoint, Tree.of("name", endpoint, "auth_mode", "key"));
        }
        machine.stop(folder);
        folders.deleteOthers(endpoint, name, files);
        folders.write(endpoint, name, printed(values));
        machine.start(in.home(), folder, plan);
    }

    private static LocalPlan plan(Map<String, @Nullable Object> values, LocalAssets assets) {
        @Nullable Path code = assets.code();
        LocalAssets.@Nullable Conda conda = assets.environment();
        Path model = assets.model();
        var variables = new HashMap<String, String>();
        Tree.map(values, "environment_variables")
                .forEach((key, value) -> variables.put(key, String.valueOf(value)));
        return new LocalPlan(
                Tree.textOr(values, "endpoint_name", ""),
                Tree.textOr(values, "name", ""),
                code == null ? null : code.toString(),
                code == null
                        ? null
                        : String.valueOf(Tree.text(values, "code_configuration", "scoring_script")),
                model == null ? null : model.toString(),
                conda == null ? null : conda.text(),
                conda == null ? null : conda.label(),
                variables,
                Tree.textOr(values, "instance_type", ""),
                request(Tree.at(values, "request_settings")),
                probe(Tree.at(values, "liveness_probe")),
                probe(Tree.at(values, "readiness_probe")));
    }

    private static RequestSettings request(@Nullable Object given) {
        RequestSettings defaults = RequestSettings.DEFAULT;
        return new RequestSettings(
                whole(
                        given,
                        "max_concurrent_requests_per_instance",
                        defaults.maxConcurrentRequestsPerInstance()),
                Duration.ofMillis(
                        whole(
                                given,
                                "max_queue_wait_ms",
                                (int) defaults.maxQueueWait().toMillis())),
                Duration.ofMillis(
                        whole(
                                given,
                                "request_timeout_ms",
                                (int) defaults.requestTimeout().toMillis())));
    }

    private static ProbeSettings probe(@Nullable Object given) {
        ProbeSettings defaults = ProbeSettings.DEFAULT;
        return new ProbeSettings(
                whole(given, "failure_threshold", defaults.failureThreshold()),
                whole(given, "success_threshold", defaults.successThreshold()),
                seconds(given, "timeout", defaults.timeout()),
                seconds(given, "period", defaults.period()),
                seconds(given, "initial_delay", defaults.initialDelay()));
    }

    private static Duration seconds(@Nullable Object given, String key, Duration otherwise) {
        return Duration.ofSeconds(whole(given, key, (int) otherwise.toSeconds()));
    }

    private static int whole(@Nullable Object given, String key, int otherwise) {
        return Tree.at(given, key) instanceof Number number ? number.intValue() : otherwise;
    }

    /** Says what is going on until it is over. */
    private LocalState settled(Path folder, long start) {
        String shown = "";
        while (true) {
            LocalState state = machine.state(folder);
            if (!state.progress().isEmpty() && !state.progress().equals(shown)) {
                shown = state.progress();
                double seconds = (in.context().clock().nanoTime() - start) / 1e9;
                in.note(String.format(Locale.ROOT, "[%6.1f s] %s", seconds, shown));
            }
            if (state.kind() != LocalState.Kind.STARTING) {
                return state;
            }
            try {
                in.context().clock().pause(PAUSE);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CommandFailed(130, "Interrupted.");
            }
        }
    }

    void showDeployment() {
        String endpoint = in.given("--endpoint-name");
        String name = in.given("--name");
        deployment(endpoint, name);
        warn(endpoint, name);
        in.print(view(endpoint, name));
    }

    void listDeployments() {
        String endpoint = in.given("--endpoint-name");
        endpoint(endpoint);
        in.print(folders.deployments(endpoint).stream().map(name -> view(endpoint, name)).toList());
    }

    void deleteDeployment() {
        String endpoint = in.given("--endpoint-name");
        String name = in.given("--name");
        deployment(endpoint, name);
        in.confirm();
        try (var _ = hold(endpoint)) {
            machine.stop(folders.folder(endpoint, name));
            folders.delete(endpoint, name);
        }
    }

    private Map<String, @Nullable Object> deployment(String endpoint, String name) {
        return folders.deployment(endpoint, name)
                .orElseThrow(
                        () -> {
                            endpoint(endpoint);
                            return unknown(endpoint, name);
                        });
    }

    private CommandFailed unknown(String endpoint, String name) {
        List<String> names = folders.deployments(endpoint);
        return new CommandFailed(
                NOT_THERE,
                "The local endpoint '"
                        + endpoint
                        + "' has no deployment '"
                        + name
                        + "' (it has: "
                        + (names.isEmpty() ? "none" : String.join(", ", names))
                        + ")");
    }

    private Map<String, @Nullable Object> view(String endpoint, String name) {
        Map<String, @Nullable Object> view = Tree.of();
        view.putAll(deployment(endpoint, name));
        view.putIfAbsent("type", "managed");
        for (String key : List.of("properties", "tags", "environment_variables")) {
            view.putIfAbsent(key, Tree.of());
        }
        LocalState state = machine.state(folders.folder(endpoint, name));
        view.put("location", "local");
        view.put("provisioning_state", provisioning(state));
        if (state.kind() == LocalState.Kind.READY) {
            view.put("scoring_uri", uri(state));
        }
        return view;
    }

    // --- scoring and logs ----------------------------------------------------------------------

    /** Where the deployment answers that the command line means. */
    String scoringUri() {
        String endpoint = in.given("--name");
        endpoint(endpoint);
        List<String> names = folders.deployments(endpoint);
        String wanted = in.text("--deployment-name");
        if (wanted == null && names.size() > 1) {
            throw CommandFailed.failed(
                    "The local endpoint '"
                            + endpoint
                            + "' has several deployments, and its traffic is not split: name one"
                            + " with --deployment-name ("
                            + String.join(", ", names)
                            + ")");
        }
        if (wanted == null && names.isEmpty()) {
            throw CommandFailed.failed(
                    "The local endpoint '"
                            + endpoint
                            + "' has no deployment. Create one with: farol online-deployment create"
                            + " --local -e "
                            + endpoint
                            + " -f FILE");
        }
        String name = wanted == null ? names.getFirst() : wanted;
        deployment(endpoint, name);
        LocalState state = machine.state(folders.folder(endpoint, name));
        if (state.kind() != LocalState.Kind.READY) {
            throw CommandFailed.failed(refusal(state, endpoint, name));
        }
        return uri(state);
    }

    /** What get-logs prints, each time it is asked. */
    Supplier<String> log(int lines) {
        String endpoint = in.given("--endpoint-name");
        String name = in.given("--name");
        deployment(endpoint, name);
        Path folder = folders.folder(endpoint, name);
        boolean preparation = "StorageInitializer".equals(Logs.container(in));
        return () ->
                preparation ? machine.preparation(folder, lines) : machine.console(folder, lines);
    }

    // --- words ---------------------------------------------------------------------------------

    private static String uri(LocalState state) {
        return "http://localhost:" + state.port() + "/score";
    }

    private static String provisioning(LocalState state) {
        return switch (state.kind()) {
            case STARTING -> "Creating";
            case READY -> "Succeeded";
            case FAILED, STOPPED, LOST -> "Failed";
        };
    }

    private void warn(String endpoint, String name) {
        LocalState state = machine.state(folders.folder(endpoint, name));
        if (state.kind() == LocalState.Kind.LOST || state.kind() == LocalState.Kind.STOPPED) {
            in.note("WARNING: " + refusal(state, endpoint, name));
        }
    }

    private static String refusal(LocalState state, String endpoint, String name) {
        String again = "farol online-deployment update --local -n " + name + " -e " + endpoint;
        String what = "The local deployment '" + name + "' ";
        return switch (state.kind()) {
            case FAILED -> {
                Verdict verdict = state.verdict();
                yield verdict == null
                        ? what + "did not start. " + state.progress()
                        : "(" + verdict.code().wire() + ") " + verdict.text();
            }
            case LOST ->
                    what
                            + "does not run any more: its process "
                            + state.pid()
                            + " is gone without a word (killed, or the machine was restarted)."
                            + " Start it again with: "
                            + again;
            case STOPPED -> what + "was stopped. Start it again with: " + again;
            case STARTING -> what + "is still starting: " + state.progress();
            case READY -> what + "runs.";
        };
    }

    /** Values as they are written in YAML, with paths as texts: read again by an update. */
    private static Map<String, @Nullable Object> printed(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> printed = Tree.of();
        values.forEach((key, value) -> printed.put(key, printed(key, value)));
        for (String state : List.of("location", "provisioning_state", "scoring_uri", "$schema")) {
            printed.remove(state);
        }
        return printed;
    }

    private static @Nullable Object printed(String key, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Path path -> path.toString();
            case Map<?, ?> map when TEXTS.contains(key) -> map;
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> inner = Tree.of();
                Tree.map(map).forEach((name, item) -> inner.put(name, printed(name, item)));
                yield inner;
            }
            case List<?> list -> {
                var inner = new ArrayList<@Nullable Object>();
                list.forEach(item -> inner.add(printed("", item)));
                yield inner;
            }
            case String text when WORDS.contains(key) -> Words.snake(text);
            default -> value;
        };
    }

    /** Keys whose content is the user's own. */
    private static final List<String> TEXTS =
            List.of("tags", "properties", "environment_variables", "data_collector");

    /** Keys whose words are others on the wire. */
    private static final List<String> WORDS =
            List.of(
                    "auth_mode",
                    "type",
                    "os_type",
                    "public_network_access",
                    "egress_public_network_access");
}
