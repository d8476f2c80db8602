package dev.farol.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.farol.kit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binding from file, environment and flags, and what is said when it fails. */
class ConfigurationTest {
    enum Mode {
        FAIL_FAST,
        QUEUE
    }

    record Listen(String host, int port) {
        static final Listen DEFAULTS = new Listen("127.0.0.1", 8080);

        Listen {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
            }
        }
    }

    record Gateway(
            Listen listen,
            Duration maxQueueWait,
            ByteSize buffer,
            Mode mode,
            double share,
            boolean mirror,
            List<String> origins,
            Map<String, Duration> limits,
            Path cache,
            @Nullable Secret password) {
        public static final Gateway DEFAULTS =
                new Gateway(
                        Listen.DEFAULTS,
                        Duration.ofSeconds(5),
                        ByteSize.parse("64KiB"),
                        Mode.QUEUE,
                        0.5,
                        true,
                        List.of("a", "b"),
                        Map.of(),
                        Path.of("cache"),
                        null);
    }

    record Site(String name, List<Listen> listens, Set<Integer> numbers) {}

    record Root(Gateway gateway, Site site) {
        public static final Root DEFAULTS =
                new Root(Gateway.DEFAULTS, new Site("main", List.of(), Set.of()));
    }

    record Strict(String name) {}

    @TempDir Path folder;

    @Test
    void everythingHasADefault() {
        Configuration<Root> bound = load("", Map.of(), Map.of());

        assertThat(bound.value()).isEqualTo(Root.DEFAULTS);
        assertThat(Configuration.load(Root.class, new Sources(null, Map.of(), Map.of())).value())
                .isEqualTo(Root.DEFAULTS);
    }

    @Test
    void readsAllTypesFromAFile() {
        Root root =
                load(
                                """
                                gateway:
                                  listen:
                                    port: 0
                                  max-queue-wait: 1m30s
                                  buffer: 1.5MiB
                                  mode: fail-fast
                                  share: 1e-3
                                  mirror: false
                                  origins: [x, 1.0, "on"]
                                  limits:
                                    one: PT1S
                                    Two.Parts: 20ms
                                  cache: /var/cache/x y
                                site:
                                  name: ~
                                  listens:
                                    - port: 1
                                    - host: h
                                  numbers: [3, 1]
                                """,
                                Map.of(),
                                Map.of())
                        .value();

        assertThat(root.gateway())
                .isEqualTo(
                        new Gateway(
                                new Listen("127.0.0.1", 0),
                                Duration.ofSeconds(90),
                                new ByteSize(1_572_864),
                                Mode.FAIL_FAST,
                                0.001,
                                false,
                                List.of("x", "1.0", "on"),
                                Map.of(
                                        "one",
                                        Duration.ofSeconds(1),
                                        "Two.Parts",
                                        Duration.ofMillis(20)),
                                Path.of("/var/cache/x y"),
                                null));
        assertThat(root.site())
                .isEqualTo(
                        new Site(
                                "main",
                                List.of(new Listen("127.0.0.1", 1), new Listen("h", 8080)),
                                Set.of(3, 1)));
    }

    @Test
    void flagsWinOverEnvironmentWinsOverFile() {
        String yaml = "gateway:\n  share: 0.1\n  max-queue-wait: 1s\n  buffer: 1MB\n";
        Map<String, String> environment =
                Map.of(
                        "FAROL_GATEWAY_SHARE", "0.2",
                        "FAROL_GATEWAY_MAX_QUEUE_WAIT", "2s",
                        "FAROL_HOME", "/anything",
                        "PATH", "/bin");
        Gateway gateway = load(yaml, environment, Map.of("gateway.share", "0.3")).value().gateway();

        assertThat(gateway.share()).isEqualTo(0.3);
        assertThat(gateway.maxQueueWait()).isEqualTo(Duration.ofSeconds(2));
        assertThat(gateway.buffer()).isEqualTo(new ByteSize(1_000_000));
    }

    @Test
    void listsAndMapsComeAsTextToo() {
        Map<String, String> environment =
                Map.of(
                        "FAROL_GATEWAY_ORIGINS", "x, y",
                        "FAROL_GATEWAY_LIMITS", "{a: 1s, b: 2s}",
                        "FAROL_SITE_LISTENS", "[{port: 5}]",
                        "FAROL_SITE_NUMBERS", "");
        Root root = load("", environment, Map.of("gateway.limits.b", "3s")).value();

        assertThat(root.gateway().origins()).containsExactly("x", "y");
        assertThat(root.gateway().limits())
                .isEqualTo(Map.of("a", Duration.ofSeconds(1), "b", Duration.ofSeconds(3)));
        assertThat(root.site().listens()).containsExactly(new Listen("127.0.0.1", 5));
        assertThat(root.site().numbers()).isEmpty();
    }

    @Test
    void tellsAllProblemsAtOnceWithKeyValueSourceAndExpectation() {
        List<String> problems =
                problems(
                        """
                        gateway:
                          listen:
                            port: 70000
                          max-queue-wait: 5
                          share: [1]
                          mod: queue
                          limits: 7
                        site:
                          numbers: [1, x]
                        sites: {}
                        """,
                        Map.of("FAROL_GATEWAY_MODE", "slow", "FAROL_GATEWAY_MIROR", "true"),
                        Map.of("gateway.bufer", "1", "gateway.buffer", "big", "nonsense", "1"));

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "gateway.listen (farol.yaml:2): port must be 0 to 65535, not 70000",
                        "gateway.max-queue-wait = '5' (farol.yaml:4): expected a duration such as 5s,"
                                + " 500ms, 1h30m or PT5S",
                        "gateway.share (farol.yaml:5): expected a single value",
                        "gateway.mod (farol.yaml:6): unknown key; did you mean 'mode'?",
                        "gateway.limits (farol.yaml:7): expected a map",
                        "site.numbers[1] = 'x' (farol.yaml:9): expected a whole number",
                        "sites (farol.yaml:10): unknown key; did you mean 'site'?",
                        "gateway.mode = 'slow' (environment FAROL_GATEWAY_MODE): expected one of"
                                + " fail-fast, queue",
                        "FAROL_GATEWAY_MIROR (environment FAROL_GATEWAY_MIROR): unknown key; did you"
                                + " mean 'FAROL_GATEWAY_MIRROR'?",
                        "gateway.buffer = 'big' (flag gateway.buffer): expected a size such as"
                                + " 256MiB, 10MB or 512",
                        "gateway.bufer (flag gateway.bufer): unknown key; did you mean"
                                + " 'gateway.buffer'?",
                        "nonsense (flag nonsense): unknown key; known here: gateway.listen.host,"
                                + " gateway.listen.port, gateway.max-queue-wait, gateway.buffer,"
                                + " gateway.mode, gateway.share, gateway.mirror, gateway.origins,"
                                + " gateway.limits, gateway.cache, gateway.password, site.name,"
                                + " site.listens, site.numbers");
    }

    @Test
    void namesTheLineOfAKeyThatIsUnknownAndHasOthersBelowIt() {
        assertThat(problems("\n\ngatway:\n  # the port\n  port: 1\n", Map.of(), Map.of()))
                .containsExactly("gatway (farol.yaml:3): unknown key; did you mean 'gateway'?");
        assertThat(problems("site:\n  nmae:\n    - 1\n", Map.of(), Map.of()))
                .containsExactly("site.nmae (farol.yaml:2): unknown key; did you mean 'name'?");
    }

    @Test
    void namesWhatMustBeSet() {
        ConfigException e =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                Configuration.load(
                                        Strict.class, new Sources(null, Map.of(), Map.of())));

        assertThat(e).hasMessage("name (nowhere): must be set; it has no default");
    }

    @Test
    void namesTheLineOfBrokenYaml() {
        assertThat(problems("gateway:\n  share: [1\nsite: 3\n", Map.of(), Map.of()))
                .singleElement()
                .asString()
                .startsWith("(farol.yaml:3): no YAML: ");
        assertThat(problems("site: {name: a, name: b}", Map.of(), Map.of()))
                .containsExactly("name (farol.yaml:1): the key is there twice");
        assertThat(problems("just text", Map.of(), Map.of()))
                .containsExactly("(farol.yaml:1): expected settings below this key");
    }

    @Test
    void namesAFileThatIsMissing() {
        ConfigException e =
                catchThrowableOfType(
                        ConfigException.class,
                        () ->
                                Configuration.load(
                                        Root.class,
                                        new Sources(
                                                folder.resolve("none.yaml"), Map.of(), Map.of())));

        assertThat(e.problems()).singleElement().asString().endsWith("there is no such file");
    }

    @Test
    void secretsComeByReferenceAndAreNotShown() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "s3cret\n");
        Configuration<Root> fromFile =
                load("gateway:\n  password: ${file:" + file + "}\n", Map.of(), Map.of());
        Configuration<Root> fromEnvironment =
                load("", Map.of("FAROL_GATEWAY_PASSWORD", "${env:PW}", "PW", "s3cret"), Map.of());

        for (Configuration<Root> bound : List.of(fromFile, fromEnvironment)) {
            Secret password = bound.value().gateway().password();
            assertThat(password).isNotNull();
            assertThat(password.reveal()).isEqualTo("s3cret");
            assertThat(bound.table()).doesNotContain("s3cret");
            assertThat(bound.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void refusesASecretInPlainTextWithoutRepeatingIt() {
        List<String> problems = problems("", Map.of("FAROL_GATEWAY_PASSWORD", "s3cret"), Map.of());

        assertThat(problems)
                .containsExactly(
                        "gateway.password (environment FAROL_GATEWAY_PASSWORD): expected a"
                                + " reference, ${file:/path} or ${env:NAME}, not the secret itself");
        assertThat(problems("gateway: {password: '${env:NONE}'}", Map.of(), Map.of()))
                .singleElement()
                .asString()
                .endsWith("the variable is not set");
        assertThat(problems("gateway: {password: '${file:/no/such}'}", Map.of(), Map.of()))
                .singleElement()
                .asString()
                .contains("the file cannot be read");
    }

    @Test
    void ignoresWhatKubernetesSetsForServices() {
        Map<String, String> links =
                Map.of(
                        "FAROL_GATEWAY_SERVICE_HOST", "10.0.0.1",
                        "FAROL_GATEWAY_SERVICE_PORT", "8080",
                        "FAROL_GATEWAY_SERVICE_PORT_HTTP", "8080",
                        "FAROL_GATEWAY_PORT", "tcp://10.0.0.1:8080",
                        "FAROL_GATEWAY_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                        "FAROL_GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1");

        assertThat(load("", links, Map.of()).value()).isEqualTo(Root.DEFAULTS);
    }

    @Test
    void showsTheEffectiveSettings() {
        String table =
                load(
                                "gateway: {max-queue-wait: 90s}",
                                Map.of(),
                                Map.of("gateway.mode", "fail_fast"))
                        .table();

        assertThat(table)
                .isEqualTo(
                        """
                        KEY                     VALUE      SOURCE             DEFAULT
                        gateway.listen.host     127.0.0.1  default            127.0.0.1
                        gateway.listen.port     8080       default            8080
                        gateway.max-queue-wait  1m30s      farol.yaml:1       5s
                        gateway.buffer          64KiB      default            64KiB
                        gateway.mode            fail-fast  flag gateway.mode  queue
                        gateway.share           0.5        default            0.5
                        gateway.mirror          true       default            true
                        gateway.origins         [a, b]     default            [a, b]
                        gateway.limits          {}         default            {}
                        gateway.cache           cache      default            cache
                        gateway.password                   default
                        site.name               main       default            main
                        site.listens            []         default            []
                        site.numbers            []         default            []
                        """);
    }

    private List<String> problems(
            String yaml, Map<String, String> environment, Map<String, String> flags) {
        ConfigException e =
                catchThrowableOfType(ConfigException.class, () -> load(yaml, environment, flags));
        assertThat(e).isNotNull();
        return e.problems().stream()
                .map(problem -> problem.toString().replace(folder + "/", ""))
                .toList();
    }

    private Configuration<Root> load(
            String yaml, Map<String, String> environment, Map<String, String> flags) {
        try {
            Path file = Files.writeString(folder.resolve("farol.yaml"), yaml);
            Configuration<Root> bound =
                    Configuration.load(Root.class, new Sources(file, environment, flags));
            return new Configuration<>(
                    bound.value(),
                    bound.settings().stream()
                            .map(
                                    setting ->
                                            new Setting(
                                                    setting.key(),
                                                    setting.value(),
                                                    setting.source().replace(folder + "/", ""),
                                                    setting.standard()))
                            .toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
