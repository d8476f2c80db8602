package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The nouns of a workspace through the real command and the real service. */
class NounsE2E {
    private static Farol farol;

    @TempDir Path folder;

    @BeforeAll
    static void start() throws Exception {
        farol = new Farol();
        farol.up();
    }

    @AfterAll
    static void stop() throws Exception {
        farol.close();
    }

    private String write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content).toString();
    }

    private JsonNode json(String... arguments) throws Exception {
        return farol.run(arguments).ok().json();
    }

    @Test
    void aModelGoesUpChangesHidesAndComesBack() throws Exception {
        write("my model/MLmodel", "flavors: {}\n");
        write("my model/data/gewichte ü.bin", "w");
        String path = folder.resolve("my model").toString();
        JsonNode made = json("model", "create", "-n", "nouns-m", "-p", path);
        assertThat(made.get("version").asString()).isEqualTo("1");
        JsonNode changed =
                json("model", "update", "-n", "nouns-m", "-v", "1", "--set", "tags.team=risk");
        assertThat(changed.at("/tags/team").asString()).isEqualTo("risk");
        farol.run("model", "archive", "-n", "nouns-m", "-v", "1").ok();
        assertThat(json("model", "list", "-n", "nouns-m")).isEmpty();
        assertThat(json("model", "list", "-n", "nouns-m", "--archived-only")).hasSize(1);
        farol.run("model", "restore", "-n", "nouns-m", "-v", "1").ok();
        String here = folder.resolve("here").toString();
        farol.run("model", "download", "-n", "nouns-m", "-l", "latest", "-p", here).ok();
        assertThat(folder.resolve("here/nouns-m/my model/data/gewichte ü.bin")).hasContent("w");
    }

    @Test
    void dataComponentsAndEnvironmentsAreRegistered() throws Exception {
        write("rows/a.csv", "1\n");
        write("context/Dockerfile", "FROM x\n");
        write("src/train.py", "print('train')\n");
        String component =
                write(
                        "train.yml",
                        """
                        $schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json
                        name: nouns-train
                        type: command
                        inputs: {rate: {type: number, default: 0.1}}
                        code: src
                        environment: azureml:nouns-e@latest
                        command: python train.py --rate ${{inputs.rate}}
                        """);
        String rows = folder.resolve("rows").toString();
        String context = folder.resolve("context").toString();
        assertThat(json("data", "create", "-n", "nouns-d", "-p", rows).get("path").asString())
                .startsWith("azureml://datastores/workspaceblobstore/paths/LocalUpload/");
        assertThat(
                        json("environment", "create", "-n", "nouns-e", "--build-context", context)
                                .at("/build/dockerfile_path")
                                .asString())
                .isEqualTo("Dockerfile");
        JsonNode made = json("component", "create", "-f", component);
        assertThat(made.at("/inputs/rate/default").asString()).isEqualTo("0.1");
        String code = made.get("code").asString();
        String name = code.replaceAll(".*/codes/([^/]+)/versions/.*", "$1");
        String there = folder.resolve("there").toString();
        farol.run("code", "download", "-n", name, "-v", "1", "-p", there).ok();
        assertThat(folder.resolve("there").resolve(name).resolve("src/train.py"))
                .hasContent("print('train')");
    }

    @Test
    void aRegistryHoldsWhatWorkspacesShare() throws Exception {
        String model = write("m.pkl", "m");
        json("model", "create", "-n", "nouns-s", "-p", model, "--registry-name", "local");
        assertThat(json("model", "list", "--registry-name", "local", "--query", "[].name"))
                .anyMatch(name -> name.asString().equals("nouns-s"));
        assertThat(json("registry", "show", "-n", "local").get("name").asString())
                .isEqualTo("local");
    }

    @Test
    void workspacesDatastoresAndComputesAreThere() throws Exception {
        json("workspace", "create", "-n", "nouns-team", "--display-name", "The team");
        farol.run("configure", "--defaults", "workspace=nouns-team").ok();
        try {
            assertThat(json("workspace", "show").get("name").asString()).isEqualTo("nouns-team");
            assertThat(json("model", "list")).isEmpty();
        } finally {
            farol.run("configure", "--defaults", "workspace=").ok();
        }
        farol.run("workspace", "delete", "-n", "nouns-team", "--yes").ok();
        assertThat(farol.run("workspace", "show", "-n", "nouns-team").exit()).isEqualTo(3);
        String store =
                write(
                        "store.yml",
                        """
                        name: nouns_store
                        type: azure_blob
                        account_name: a
                        container_name: c
                        credentials: {account_key: a2V5}
                        """);
        json("datastore", "create", "-f", store);
        assertThat(farol.run("datastore", "show", "-n", "nouns_store").ok().out())
                .doesNotContain("a2V5");
        farol.run("datastore", "delete", "-n", "nouns_store", "--yes").ok();
        assertThat(json("compute", "list")).isNotEmpty();
    }

    @Test
    void anyCallGoesThroughRest() throws Exception {
        JsonNode groups =
                json(
                        "rest",
                        "--url",
                        "/subscriptions/{subscriptionId}/resourceGroups",
                        "--uri-parameters",
                        "api-version=2022-12-01");
        assertThat(groups.get("value")).isNotEmpty();
        assertThat(
                        farol.run(
                                        "rest",
                                        "-u",
                                        "/subscriptions/none/nothing?api-version=2022-12-01")
                                .exit())
                .isEqualTo(3);
    }

    @Test
    void whatComesLaterIsSaid() throws Exception {
        var said = farol.run("batch-endpoint", "create", "--name", "b", "--location", "x");
        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.err()).contains("batch endpoints are not offered yet");
        assertThat(farol.run("job", "list").exit()).isEqualTo(1);
    }
}
