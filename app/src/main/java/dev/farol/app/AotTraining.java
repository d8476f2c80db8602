package dev.farol.app;

import dev.farol.kit.Trees;
import dev.farol.runtime.ReplicaConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code farol train ROLE}: goes through what a role does, in a throw-away folder, so that the AOT
 * cache made of this process holds the classes of that role and of no other. The role {@code up} is
 * trained by being started.
 */
final class AotTraining {
    private AotTraining() {}

    static int run(String role) throws Exception {
        Path folder = Files.createTempDirectory("farol-train-");
        try {
            return switch (role) {
                case "cli" -> commandLine(folder);
                case "replica" -> ReplicaRehearsal.run(folder, ReplicaConfig.DEFAULTS);
                default -> 2;
            };
        } finally {
            Trees.delete(folder);
        }
    }

    /** The commands that people wait for, against the server that FAROL_HOME names. */
    private static int commandLine(Path folder) throws IOException {
        var silent = new PrintWriter(Writer.nullWriter());
        Path file = folder.resolve("endpoint.yml");
        Files.writeString(file, "name: train\nauth_mode: key\n");
        int worst = 0;
        for (String[] command :
                new String[][] {
                    {"online-endpoint", "create", "-f", file.toString(), "-o", "json"},
                    {
                        "online-deployment",
                        "create",
                        "-f",
                        deployment(folder),
                        "--no-wait",
                        "-o",
                        "yaml"
                    },
                    {"online-endpoint", "update", "-n", "train", "--set", "tags.a=b", "-o", "none"},
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
                    {"online-deployment", "list", "-e", "train", "-o", "json"},
                    {"model", "list", "-o", "json"},
                    {"environment", "list", "-o", "json"},
                    {"status", "-o", "json"},
                    {"env"},
                    {"env", "--undo"},
                    {"online-endpoint", "delete", "-n", "train", "--yes"},
                }) {
            worst = Math.max(worst, Main.execute(null, silent, silent, command));
        }
        return worst;
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
}
