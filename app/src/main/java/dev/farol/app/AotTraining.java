package dev.farol.app;

import dev.farol.runtime.ReplicaConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code farol train ROLE}: goes through what a role does at its start, in a throw-away home, so
 * that the AOT cache made of this process holds the classes of that role, loaded and linked.
 */
final class AotTraining {
    private AotTraining() {}

    static int run(String role) throws Exception {
        Path folder = Files.createTempDirectory("farol-train-");
        try {
            return switch (role) {
                case "cli" -> commandLine(folder);
                case "up" -> server(folder);
                case "replica" -> replica(folder);
                default -> 2;
            };
        } finally {
            delete(folder);
        }
    }

    /** A server and, against it, the commands that people wait for. */
    private static int commandLine(Path folder) throws Exception {
        var home = new Home(folder);
        try (Server server = start(home)) {
            RunRecord.of(home, ServerConfig.DEFAULTS, server).write(home.addresses());
            var silent = new PrintWriter(Writer.nullWriter());
            Path file = folder.resolve("endpoint.yml");
            Files.writeString(file, "name: train\nauth_mode: key\n");
            for (String[] command :
                    new String[][] {
                        {"online-endpoint", "create", "-f", file.toString(), "-o", "json"},
                        {
                            "online-endpoint",
                            "show",
                            "-n",
                            "train",
                            "--query",
                            "scoring_uri",
                            "-o",
                            "tsv"
                        },
                        {"online-endpoint", "get-credentials", "-n", "train", "-o", "json"},
                        {"online-endpoint", "list", "-o", "table"},
                        {
                            "online-deployment",
                            "create",
                            "-f",
                            deployment(folder),
                            "--no-wait",
                            "-o",
                            "yaml"
                        },
                        {"online-endpoint", "delete", "-n", "train", "--yes"},
                        {"status", "-o", "json", "--home", folder.toString()},
                    }) {
                Main.execute(home, silent, silent, command);
            }
        }
        return 0;
    }

    private static String deployment(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("code"));
        Files.writeString(
                folder.resolve("code/score.py"), "def init(): pass\n\ndef run(raw): return {}\n");
        Files.createDirectories(folder.resolve("model"));
        Files.writeString(folder.resolve("model/model.txt"), "train\n");
        Path file = folder.resolve("deployment.yml");
        Files.writeString(
                file,
                """
                name: blue
                endpoint_name: train
                model: {path: model}
                code_configuration: {code: code, scoring_script: score.py}
                environment: {image: "train:1"}
                instance_type: Standard_DS1_v2
                instance_count: 1
                """);
        return file.toString();
    }

    private static int server(Path folder) throws Exception {
        // The same again as the command line does it: the server's half of those calls is what
        // counts here.
        return commandLine(folder);
    }

    /** Serves a script that is one line of Python, once. */
    private static int replica(Path folder) throws Exception {
        return ReplicaRehearsal.run(folder, ReplicaConfig.DEFAULTS);
    }

    private static Server start(Home home) throws IOException, InterruptedException {
        Files.createDirectories(home.run());
        Files.createDirectories(home.logs());
        LogSetup.toFile(home.logs().resolve("farol.log"));
        var any = new Ports.Wish(0, false);
        var settings = ServerSettings.read(home, Map.of()).value();
        return new Server(
                home,
                settings,
                new Ports(
                        any,
                        any,
                        home.run().resolve("ports.json"),
                        new PrintWriter(Writer.nullWriter())));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
