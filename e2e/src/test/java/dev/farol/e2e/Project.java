package dev.farol.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A user's folder: an endpoint, deployments, a scoring script, a model, an environment of the bare
 * interpreter.
 */
final class Project {
    static final String ECHO =
            """
            import json, os

            folder = os.environ["AZUREML_MODEL_DIR"]

            def init():
                global greeting
                greeting = open(os.path.join(folder, "model", "greeting.txt")).read().strip()

            def run(raw):
                body = json.loads(raw)
                return {"greeting": greeting, "got": body, "pid": os.getpid()}
            """;

    private final Path folder;

    /** In a folder of that Farol's home. */
    Project(Farol farol) throws IOException {
        this(Files.createDirectory(farol.home().resolve("project")));
    }

    Project(Path folder) throws IOException {
        this.folder = folder;
        write(
                "endpoint.yml",
                """
                $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
                name: credit
                auth_mode: key
                """);
        write("request.json", "{\"data\": [1, 2, 3]}\n");
        write(
                "environment/conda.yaml",
                """
                name: plain
                channels: [conda-forge]
                dependencies:
                  - python=3.11
                """);
        model("hello");
        script(ECHO);
        deployment("blue", "");
        deployment("green", "");
    }

    /** Makes the endpoint and its deployment blue, which takes all traffic. */
    void serve(Farol farol, String... endpointFlags) throws IOException, InterruptedException {
        var endpoint = new ArrayList<>(List.of("online-endpoint", "create", "-f"));
        endpoint.add(path("endpoint.yml"));
        endpoint.addAll(List.of(endpointFlags));
        farol.run(endpoint.toArray(String[]::new)).ok();
        farol.run("online-deployment", "create", "-f", path("blue-deployment.yml"), "--all-traffic")
                .ok();
    }

    Path folder() {
        return folder;
    }

    String path(String name) {
        return folder.resolve(name).toString();
    }

    Project write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    Project script(String text) throws IOException {
        return write("onlinescoring/score.py", text);
    }

    Project model(String greeting) throws IOException {
        return write("model/greeting.txt", greeting + "\n");
    }

    Project conda(String... packages) throws IOException {
        var text =
                new StringBuilder(
                        "name: env\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n");
        for (String one : packages) {
            text.append("  - ").append(one).append('\n');
        }
        return write("environment/conda.yaml", text.toString());
    }

    /** Writes {@code {name}-deployment.yml}; {@code more} is appended as it is. */
    Project deployment(String name, String more) throws IOException {
        return write(
                name + "-deployment.yml",
                """
                $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
                name: %s
                endpoint_name: credit
                model:
                  path: model
                code_configuration:
                  code: onlinescoring
                  scoring_script: score.py
                environment:
                  conda_file: environment/conda.yaml
                  image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest
                instance_type: Standard_DS1_v2
                """
                                .formatted(name)
                        + (more.contains("instance_count") ? "" : "instance_count: 1\n")
                        + more);
    }
}
