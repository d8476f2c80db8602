package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Trees;
import dev.farol.kit.testing.Eventually;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The whole of Farol with the bytes of objects elsewhere: in a bucket (moto, from the Python
 * registry) and in a container of Azure Blob Storage (Azurite, from npm). No copies are kept here,
 * so that what serves was read from there.
 */
class RemoteObjectsFullE2E {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Path EXAMPLE = Farol.ROOT.resolve("examples/online/diabetes");
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:([1-9][0-9]*)");

    /** Every Azurite has this account; its key is published. */
    private static final String ACCOUNT = "devstoreaccount1";

    private static final String KEY =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    @Test
    void servesOutOfABucketOverARestart() throws Exception {
        Path python = ClientTools.python("moto-5.2.5", "moto[server]==5.2.5", "boto3");
        try (var farol = new Farol();
                var store =
                        new Store(
                                python.resolveSibling("moto_server").toString(),
                                "-H",
                                "127.0.0.1",
                                "-p",
                                "0")) {
            script(
                    farol,
                    python,
                    """
                    import sys, boto3
                    s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
                                      aws_access_key_id="key", aws_secret_access_key="secret")
                    s3.create_bucket(Bucket="models")
                    """,
                    store.address());
            write(
                    farol,
                    """
                    store:
                      objects: s3
                      copies: 0B
                      s3:
                        endpoint: %s
                        bucket: %s
                        prefix: farol
                        access-key-id: key
                        secret-access-key: ${env:STORE_SECRET}
                    """,
                    store.address(),
                    "missing");
            farol.environment().put("STORE_SECRET", "secret");
            refused(farol, "The bucket 'missing' at " + store.address(), "NoSuchBucket");

            Path settings = farol.home().resolve("farol.yaml");
            Files.writeString(settings, Files.readString(settings).replace("missing", "models"));
            Path model = serve(farol);

            String kept =
                    script(
                            farol,
                            python,
                            """
                            import sys, boto3
                            s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
                                              aws_access_key_id="key", aws_secret_access_key="secret")
                            for found in s3.list_objects_v2(Bucket="models")["Contents"]:
                                print(found["Key"])
                            """,
                            store.address());
            assertThat(kept).contains("farol/farol-owner");
            assertThat(kept.replace("/", "")).contains(digest(model));
            assertThat(contents(farol)).isEmpty();
        }
    }

    @Test
    void servesOutOfAContainerOverARestart() throws Exception {
        Path modules = ClientTools.modules("azurite-3.35.0", "azurite@3.35.0");
        Path python =
                ClientTools.python("azure-storage-blob-12.31.1", "azure-storage-blob==12.31.1");
        try (var farol = new Farol();
                var store =
                        new Store(
                                ClientTools.program("node").toString(),
                                modules.resolve("azurite/dist/src/blob/main.js").toString(),
                                "--blobPort",
                                "0",
                                "--location",
                                Files.createDirectory(farol.home().resolve("azurite")).toString(),
                                "--silent",
                                "--disableTelemetry",
                                "--skipApiVersionCheck")) {
            String endpoint = store.address() + "/" + ACCOUNT;
            script(
                    farol,
                    python,
                    """
                    import sys
                    from azure.storage.blob import BlobServiceClient
                    BlobServiceClient(sys.argv[1], credential=sys.argv[2]).create_container("models")
                    """,
                    endpoint,
                    KEY);
            write(
                    farol,
                    """
                    store:
                      objects: azure-blob
                      copies: 0B
                      azure-blob:
                        endpoint: %s
                        container: %s
                        prefix: farol
                        account: devstoreaccount1
                        account-key: ${env:STORE_SECRET}
                    """,
                    endpoint,
                    "models");
            farol.environment().put("STORE_SECRET", "bm90IHRoZSBrZXk=");
            refused(farol, "'models' at " + endpoint, "Server failed to authenticate");
            farol.environment().put("STORE_SECRET", KEY);
            Path settings = farol.home().resolve("farol.yaml");
            String right = Files.readString(settings);
            Files.writeString(settings, right.replace("container: models", "container: missing"));
            refused(farol, "'missing' at " + endpoint, "ContainerNotFound");

            Files.writeString(settings, right);
            Path model = serve(farol);

            String kept =
                    script(
                            farol,
                            python,
                            """
                            import sys
                            from azure.storage.blob import BlobServiceClient
                            service = BlobServiceClient(sys.argv[1], credential=sys.argv[2])
                            for found in service.get_container_client("models").list_blob_names():
                                print(found)
                            """,
                            endpoint,
                            KEY);
            assertThat(kept).contains("farol/farol-owner");
            assertThat(kept.replace("/", "")).contains(digest(model));
            assertThat(contents(farol)).isEmpty();
        }
    }

    /**
     * The published example: blue scores, scores after a restart, and green, whose model nobody has
     * asked for before, is deployed from the store then.
     *
     * @return the file of blue's model
     */
    private static Path serve(Farol farol) throws Exception {
        farol.up();
        Path example = farol.home().resolve("diabetes");
        copy(EXAMPLE, example);
        farol.run(
                        LIMIT,
                        "python",
                        "--conda-file",
                        example.resolve("environment/conda.yaml").toString(),
                        example.resolve("train.py").toString())
                .ok();
        farol.run("online-endpoint", "create", "-f", example.resolve("endpoint.yml").toString())
                .ok();
        farol.run(
                        LIMIT,
                        "online-deployment",
                        "create",
                        "-f",
                        example.resolve("blue-deployment.yml").toString(),
                        "--all-traffic")
                .ok();
        farol.run(
                        "model",
                        "create",
                        "-n",
                        "green",
                        "--version",
                        "1",
                        "--path",
                        example.resolve("model-green").toString())
                .ok();
        assertThat(invoke(farol, example)).contains("Ridge");

        farol.run("down").ok();
        farol.up();
        // The instances start anew.
        Eventually.eventually("blue answers again", LIMIT, () -> answers(farol, example));
        assertThat(invoke(farol, example)).contains("Ridge");
        Path green = example.resolve("green-deployment.yml");
        Files.writeString(
                green,
                Files.readString(green)
                        .replaceFirst("model:\n  path: model-green", "model: azureml:green:1"));
        Trees.delete(example.resolve("model-green"));
        farol.run(LIMIT, "online-deployment", "create", "-f", green.toString()).ok();
        assertThat(invoke(farol, example, "--deployment-name", "green"))
                .contains("GradientBoostingRegressor");
        return example.resolve("model-blue/model.joblib");
    }

    private static boolean answers(Farol farol, Path example) {
        try {
            return farol.run(invocation(example)).exit() == 0;
        } catch (IOException | InterruptedException cannot) {
            throw new IllegalStateException(cannot);
        }
    }

    private static String invoke(Farol farol, Path example, String... more) throws Exception {
        return farol.run(invocation(example, more)).ok().out();
    }

    private static String[] invocation(Path example, String... more) {
        var command =
                Stream.concat(
                        Stream.of(
                                "online-endpoint",
                                "invoke",
                                "-n",
                                "diabetes",
                                "--request-file",
                                example.resolve("request.json").toString()),
                        Stream.of(more));
        return command.toArray(String[]::new);
    }

    private static void refused(Farol farol, String... said) throws Exception {
        Farol.Result up = farol.run("up", "--detach", "--port", "0");

        assertThat(up.exit()).as(up.err()).isEqualTo(5);
        assertThat(up.err()).startsWith("Farol did not start: ").contains(said);
        assertThat(up.err().strip().lines()).as(up.err()).hasSize(1);
        assertThat(farol.server()).isNull();
    }

    private static void write(Farol farol, String settings, Object... values) throws IOException {
        Files.writeString(farol.home().resolve("farol.yaml"), settings.formatted(values));
    }

    private static String script(Farol farol, Path python, String script, String... arguments)
            throws Exception {
        Path file = Files.writeString(farol.home().resolve("script.py"), script);
        var command =
                Stream.concat(Stream.of(python.toString(), file.toString()), Stream.of(arguments));
        Process process = new ProcessBuilder(command.toList()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** The contents that are on this machine after all. */
    private static List<Path> contents(Farol farol) throws IOException {
        try (Stream<Path> files = Files.walk(farol.home().resolve("objects"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/sha256/"))
                    .toList();
        }
    }

    private static String digest(Path file) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** A server that says where it listens; stopped when closed. */
    private static final class Store implements AutoCloseable {
        private final Process process;
        private final String address;

        Store(String... command) throws IOException, InterruptedException {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            address = said();
        }

        /** Such as {@code http://127.0.0.1:1234}. */
        String address() {
            return address;
        }

        private String said() throws IOException, InterruptedException {
            var output = process.inputReader();
            var said = new StringBuilder();
            String line;
            while ((line = output.readLine()) != null) {
                said.append(line).append('\n');
                Matcher matcher = ADDRESS.matcher(line);
                if (matcher.find()) {
                    // What it says later must not block it.
                    Thread.ofVirtual().start(() -> drain(output));
                    return matcher.group();
                }
            }
            process.waitFor();
            throw new IOException("The store ended: " + said);
        }

        private static void drain(Reader output) {
            try {
                output.transferTo(Writer.nullWriter());
            } catch (IOException closed) {
                // The store was stopped.
                return;
            }
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException stop) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
