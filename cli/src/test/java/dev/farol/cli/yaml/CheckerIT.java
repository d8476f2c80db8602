package dev.farol.cli.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.Golden;
import dev.farol.cli.doc.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of definitions beside what is said about each, in {@code yaml/cases.txt}. */
class CheckerIT {
    private static final Map<String, Schema> SCHEMAS =
            Map.ofEntries(
                    Map.entry("endpoint", Schemas.ENDPOINT),
                    Map.entry("deployment", Schemas.DEPLOYMENT),
                    Map.entry("model", Schemas.MODEL),
                    Map.entry("environment", Schemas.ENVIRONMENT),
                    Map.entry("data", AssetSchemas.DATA),
                    Map.entry("component", AssetSchemas.COMPONENT),
                    Map.entry("datastore", AssetSchemas.DATASTORE),
                    Map.entry("workspace", AssetSchemas.WORKSPACE),
                    Map.entry("batch-endpoint", LaterSchemas.BATCH_ENDPOINT),
                    Map.entry("batch-deployment", LaterSchemas.BATCH_DEPLOYMENT),
                    Map.entry("serverless", LaterSchemas.SERVERLESS_ENDPOINT),
                    Map.entry("marketplace", LaterSchemas.MARKETPLACE_SUBSCRIPTION),
                    Map.entry("package", LaterSchemas.MODEL_PACKAGE));

    @TempDir Path folder;

    @Test
    void everyCaseSaysWhatTheGoldenFileSays() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        Files.createDirectories(folder.resolve("code"));
        Files.writeString(folder.resolve("code/score.py"), "def run(raw): ...");
        Files.writeString(folder.resolve("conda.yaml"), "name: x\n");
        Files.writeString(folder.resolve("broken.yaml"), "name: x\ndependencies: [a\n");
        Files.createDirectories(folder.resolve("rows"));
        Files.writeString(folder.resolve("rows.csv"), "a,b\n");
        Files.writeString(folder.resolve("env.yml"), "image: x\nimige: y\n");
        var said = new StringBuilder();
        String cases = Files.readString(Path.of("src/test/resources/yaml/cases.txt"));
        String[] all = cases.split("(?m)^=== ");
        for (int i = 1; i < all.length; i++) {
            String title = all[i].lines().findFirst().orElseThrow();
            String yaml = all[i].substring(title.length() + 1);
            said.append("=== ").append(title).append('\n').append(say(title, yaml));
        }
        assertThat(all).hasSizeGreaterThan(50);
        Golden.assertSame("yaml-cases.txt", said.toString());
    }

    private String say(String title, String yaml) throws IOException {
        Files.writeString(folder.resolve("f.yml"), yaml);
        List<Violation> violations = new ArrayList<>();
        Node.Fields document = YamlFile.read(folder.resolve("f.yml"), "f.yml", violations);
        Object values =
                document == null
                        ? null
                        : new Checker(folder, violations)
                                .check(document, SCHEMAS.get(title.split(":")[0]));
        String text = violations.isEmpty() ? JsonText.compact(values) : Violation.text(violations);
        return text.replace(folder.toString(), "<folder>") + "\n";
    }
}
