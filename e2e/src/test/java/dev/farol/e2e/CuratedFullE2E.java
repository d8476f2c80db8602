package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Farol's renditions of Azure's curated environments, built from the package index. Their packages
 * make this one of the slow checks.
 */
class CuratedFullE2E {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** What a scoring script counts on, by words of the environment's name. */
    private static final Map<String, List<String>> IMPORTS =
            Map.of(
                    "inference", List.of("inference_schema.schema_decorators"),
                    "sklearn", List.of("sklearn", "numpy", "scipy", "pandas", "joblib"),
                    "mlflow", List.of("mlflow.pyfunc", "pandas"));

    @Test
    void everyRenditionIsBuiltAndHasWhatItsNameSays() throws Exception {
        try (var farol = new Farol()) {
            farol.up();
            JsonNode all =
                    farol.run("environment", "list", "--registry-name", "azureml", "-o", "json")
                            .ok()
                            .json();
            assertThat(all.size()).isGreaterThanOrEqualTo(7);
            for (JsonNode each : all) {
                String name = each.path("name").asString();
                Farol.Result said =
                        python(farol, conda(farol, name), "check.py", script(name)).ok();
                System.out.println(name + ": " + said.out().strip());
            }
        }
    }

    @Test
    void aModelIsDeployedWithThemAndAnswers() throws Exception {
        try (var farol = new Farol()) {
            farol.up();
            var project = new Project(farol.home().resolve("project"));
            project.script(
                    """
                    import json, os

                    import joblib
                    import sklearn

                    def init():
                        global model
                        model = joblib.load(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model", "model.joblib"))

                    def run(raw):
                        return {"sklearn": sklearn.__version__, "progression": model.predict(json.loads(raw)["data"]).tolist()}
                    """);
            project.write("request.json", "{\"data\": [[0,0,0,0,0,0,0,0,0,0]]}\n");
            farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml")).ok();

            deploy(farol, project, "blue", "sklearn-1.5", "versions/1", "1\\.5\\..*");
            deploy(
                    farol,
                    project,
                    "green",
                    "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu",
                    "labels/latest",
                    "1\\.0\\..*");
        }
    }

    /** With a model that was trained in the same environment. */
    private static void deploy(
            Farol farol,
            Project project,
            String name,
            String environment,
            String version,
            String sklearn)
            throws Exception {
        python(
                        farol,
                        conda(farol, environment),
                        "train.py",
                        """
                        import sys

                        import joblib
                        from sklearn.datasets import load_diabetes
                        from sklearn.linear_model import Ridge

                        joblib.dump(Ridge().fit(*load_diabetes(return_X_y=True)), sys.argv[1])
                        """,
                        project.path("model/model.joblib"))
                .ok();
        String deployment =
                Files.readString(Path.of(project.path(name + "-deployment.yml")))
                        .replaceFirst(
                                "environment:\n(  .*\n)+",
                                "environment: azureml://registries/azureml/environments/"
                                        + environment
                                        + "/"
                                        + version
                                        + "\n");
        project.write("curated.yml", deployment);
        assertThat(deployment).contains(environment);

        farol.run(LIMIT, "online-deployment", "create", "-f", project.path("curated.yml")).ok();
        JsonNode answer =
                farol.run(
                                "online-endpoint",
                                "invoke",
                                "-n",
                                "credit",
                                "--deployment-name",
                                name,
                                "--request-file",
                                project.path("request.json"))
                        .ok()
                        .json();

        assertThat(answer.path("sklearn").asString()).matches(sklearn);
        assertThat(answer.at("/progression/0").asDouble()).isBetween(150.0, 155.0);
    }

    /** The conda file as the registry gives it. */
    private static Path conda(Farol farol, String name) throws Exception {
        JsonNode environment =
                farol.run(
                                "environment",
                                "show",
                                "-n",
                                name,
                                "--label",
                                "latest",
                                "--registry-name",
                                "azureml",
                                "-o",
                                "json")
                        .ok()
                        .json();
        assertThat(environment.path("description").asString()).contains("rendition");
        // JSON is YAML.
        return Files.writeString(
                farol.home().resolve(name + ".yml"), environment.path("conda_file").toString());
    }

    private static String script(String name) {
        var lines = new StringBuilder("import sys, importlib\n");
        IMPORTS.forEach(
                (word, modules) -> {
                    if (name.contains(word)) {
                        modules.forEach(
                                module ->
                                        lines.append("importlib.import_module('")
                                                .append(module)
                                                .append("')\n"));
                    }
                });
        assertThat(lines.toString()).contains("import_module");
        return lines.append("print(sys.version.split()[0])\n").toString();
    }

    private static Farol.Result python(
            Farol farol, Path conda, String name, String script, String... arguments)
            throws Exception {
        Path file = Files.writeString(farol.home().resolve(name), script);
        var command = new ArrayList<>(List.of("python", "--conda-file", conda.toString()));
        command.add(file.toString());
        command.addAll(List.of(arguments));
        return farol.run(LIMIT, command.toArray(String[]::new));
    }
}
