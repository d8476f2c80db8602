package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import tools.jackson.databind.JsonNode;

/** Real models as MLflow saves them, deployed without code, and asked what MLflow was asked. */
final class MlflowModels {
    static final Duration LIMIT = Duration.ofMinutes(10);
    private static final double RELATIVE = 1e-5;

    private final Farol farol;
    private final Path folder;
    private String uri = "";
    private String key = "";

    MlflowModels(Farol farol) throws IOException {
        this.farol = farol;
        this.folder = Files.createDirectories(farol.home().resolve("project"));
    }

    /** Saves the models of these flavours in an environment with these packages. */
    void save(List<String> packages, String... flavors) throws Exception {
        Path script = folder.resolve("save_models.py");
        try (InputStream source =
                Objects.requireNonNull(
                        MlflowModels.class.getResourceAsStream("/mlflow/save_models.py"))) {
            Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Path conda =
                Files.writeString(
                        folder.resolve("conda.yaml"),
                        "dependencies:\n- python=3.12\n- pip:\n  - "
                                + String.join("\n  - ", packages)
                                + "\n");
        var command =
                new ArrayList<>(
                        List.of(
                                "python",
                                "--conda-file",
                                conda.toString(),
                                script.toString(),
                                folder.toString()));
        command.addAll(List.of(flavors));
        farol.run(LIMIT, command.toArray(String[]::new)).ok();
    }

    /** The model's folder. */
    Path model(String flavor) {
        return folder.resolve(flavor).resolve("model");
    }

    /** The definition of a deployment of a model alone. */
    String definition(String name, Path model, String more) throws IOException {
        return Files.writeString(
                        folder.resolve(name + "-deployment.yml"),
                        """
                        $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
                        name: %s
                        endpoint_name: ncd
                        model:
                          path: %s
                          type: mlflow_model
                        instance_type: Standard_DS3_v2
                        instance_count: 1
                        %s
                        """
                                .formatted(name, model, more))
                .toString();
    }

    void endpoint() throws Exception {
        farol.run("online-endpoint", "create", "-n", "ncd").ok();
        uri = farol.scoringUri("ncd");
        key = farol.key("ncd");
    }

    Farol.Result deploy(String name, Path model, String more) throws Exception {
        return farol.run(LIMIT, "online-deployment", "create", "-f", definition(name, model, more));
    }

    HttpResponse<String> ask(String name, String body) throws Exception {
        return farol.score(uri, key, body, "azureml-model-deployment", name);
    }

    /** Every case of the flavour: the deployment answers what MLflow answered. */
    void answersAsMlflow(String name, String flavor) throws Exception {
        answers(name, flavor, false);
    }

    /** The same of a native server, which says itself what is wrong with a request. */
    void answersAsMlflowInItsOwnWords(String name, String flavor) throws Exception {
        answers(name, flavor, true);
    }

    private void answers(String name, String flavor, boolean ownWords) throws Exception {
        JsonNode cases =
                Json.TOLERANT.readTree(
                        Files.readString(folder.resolve(flavor).resolve("cases.json")));
        assertThat(cases.size()).isPositive();
        var differences = new ArrayList<String>();
        for (JsonNode each : cases) {
            try {
                answers(name, flavor, each, ownWords);
            } catch (AssertionError different) {
                differences.add(String.valueOf(different.getMessage()));
            }
        }
        assertThat(differences).isEmpty();
    }

    private void answers(String name, String flavor, JsonNode each, boolean ownWords)
            throws Exception {
        String what = flavor + ", " + each.path("name").asString();
        boolean refused = each.has("refused");
        boolean table = each.path("request").has("input_data");
        if (ownWords && refused && !each.path("request").path("input_data").isObject()) {
            return; // a native server takes more forms: tensors, and rows without names
        }
        HttpResponse<String> said = ask(name, each.path("request").toString());
        assertThat(said.statusCode()).as(what + ": " + said.body()).isEqualTo(refused ? 424 : 200);
        JsonNode answer = Json.TOLERANT.readTree(said.body());
        if (!refused) {
            same(what, answer, each.path("answer"));
            return;
        }
        String message = answer.path("message").asString("");
        if (ownWords) {
            assertThat(message).as(what).contains("expected").doesNotContain("unexpected");
        } else {
            assertThat(message)
                    .as(what)
                    .isEqualTo(
                            table
                                    ? "An unexpected error occurred in scoring script. Check the"
                                            + " logs for more info."
                                    : "A value is not provided for the 'input_data' parameter.");
        }
    }

    private static void same(String what, JsonNode said, JsonNode expected) {
        if (expected.isNumber()) {
            double number = expected.asDouble();
            assertThat(said.isNumber()).as(what + ": " + said).isTrue();
            assertThat(said.asDouble())
                    .as(what)
                    .isCloseTo(number, Offset.offset(Math.abs(number) * RELATIVE));
            return;
        }
        assertThat(said.getNodeType()).as(what).isEqualTo(expected.getNodeType());
        assertThat(said.size()).as(what).isEqualTo(expected.size());
        if (expected.isArray()) {
            for (int i = 0; i < expected.size(); i++) {
                same(what + "[" + i + "]", said.get(i), expected.get(i));
            }
        } else if (expected.isObject()) {
            expected.forEachEntry((key, value) -> same(what + "." + key, said.path(key), value));
        } else {
            assertThat(said).as(what).isEqualTo(expected);
        }
    }
}
