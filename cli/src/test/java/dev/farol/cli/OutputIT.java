package dev.farol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each verb prints in each format, beside golden files. */
class OutputIT {
    @TempDir Path folder;
    private FakeArm arm;
    private Person person;

    @BeforeEach
    void start() throws IOException {
        arm = new FakeArm();
        person = Person.at(arm, folder);
        Object resources =
                JsonText.parse(Files.readAllBytes(Path.of("src/test/resources/service.json")));
        Tree.map(resources)
                .forEach(
                        (path, resource) -> {
                            Map<String, Object> full = Tree.map(resource);
                            full.put("id", FakeArm.WORKSPACE + path);
                            arm.resources.put(FakeArm.WORKSPACE + path, full);
                        });
    }

    @AfterEach
    void stop() {
        arm.close();
    }

    private void printsInEveryFormat(String golden, String... arguments) throws IOException {
        var all = new StringBuilder();
        for (String format : List.of("json", "yaml", "table", "tsv", "none")) {
            var command = new java.util.ArrayList<>(List.of(arguments));
            command.addAll(List.of("-o", format));
            assertThat(person.types(command.toArray(String[]::new)))
                    .as(person.err.toString())
                    .isZero();
            all.append("=== ").append(format).append('\n').append(person.out);
        }
        Golden.assertSame(golden, all.toString().replace(arm.url(), "http://host"));
    }

    @Test
    void showsAnEndpoint() throws IOException {
        printsInEveryFormat("endpoint-show.txt", "online-endpoint", "show", "-n", "credit");
    }

    @Test
    void listsEndpoints() throws IOException {
        printsInEveryFormat("endpoint-list.txt", "online-endpoint", "list");
    }

    @Test
    void showsADeployment() throws IOException {
        printsInEveryFormat(
                "deployment-show.txt",
                "online-deployment",
                "show",
                "-n",
                "blue",
                "--endpoint",
                "credit");
    }

    @Test
    void listsDeployments() throws IOException {
        printsInEveryFormat("deployment-list.txt", "online-deployment", "list", "-e", "credit");
    }

    @Test
    void showsCredentialsInTheServicesOwnSpelling() throws IOException {
        printsInEveryFormat(
                "get-credentials.txt", "online-endpoint", "get-credentials", "-n", "credit");
    }

    @Test
    void showsAssetsAndTheWorkspace() throws IOException {
        printsInEveryFormat("model-show.txt", "model", "show", "-n", "m", "--version", "1");
        printsInEveryFormat("model-list.txt", "model", "list");
        printsInEveryFormat(
                "environment-show.txt", "environment", "show", "-n", "e", "--label", "latest");
        printsInEveryFormat("workspace-show.txt", "workspace", "show");
    }

    @Test
    void showsAndListsWhatElseAWorkspaceHolds() throws IOException {
        arm.resources.remove(FakeArm.WORKSPACE + "/datastores/workspaceblobstore");
        for (String noun : List.of("data", "component", "code")) {
            printsInEveryFormat(noun + "-show.txt", noun, "show", "-n", "x", "-v", "1");
            printsInEveryFormat(noun + "-list.txt", noun, "list");
        }
        printsInEveryFormat("environment-list.txt", "environment", "list", "-n", "e");
        printsInEveryFormat("datastore-show.txt", "datastore", "show", "-n", "store");
        printsInEveryFormat("datastore-list.txt", "datastore", "list");
        printsInEveryFormat("compute-show.txt", "compute", "show", "-n", "local");
        printsInEveryFormat("compute-list.txt", "compute", "list");
    }

    @Test
    void showsWhatIsOutsideTheWorkspace() throws IOException {
        String group = FakeArm.WORKSPACE.replaceAll("/workspaces/ws$", "");
        arm.resources.put(
                group + "/registries/local",
                Tree.of(
                        "id",
                        group + "/registries/local",
                        "name",
                        "local",
                        "location",
                        "local",
                        "tags",
                        Tree.of(),
                        "identity",
                        Tree.of("type", "SystemAssigned"),
                        "properties",
                        Tree.of(
                                "discoveryUrl", "https://host/discovery",
                                "mlFlowRegistryUri", "azureml://host/x",
                                "publicNetworkAccess", "Enabled",
                                "regionDetails", List.of(Tree.of("location", "local")))));
        printsInEveryFormat("registry-show.txt", "registry", "show", "-n", "local");
        printsInEveryFormat("registry-list.txt", "registry", "list");
        printsInEveryFormat("workspace-list.txt", "workspace", "list", "-g", "rg");
        String subscription = "/subscriptions/" + FakeArm.SUBSCRIPTION;
        arm.script(
                "GET "
                        + subscription
                        + "/providers/Microsoft.MachineLearningServices/locations/local/vmSizes",
                call ->
                        FakeArm.Reply.json(
                                200,
                                Tree.of(
                                        "value",
                                        List.of(
                                                Tree.of(
                                                        "name",
                                                        "local",
                                                        "vCPUs",
                                                        2,
                                                        "memoryGB",
                                                        8,
                                                        "supportedComputeTypes",
                                                        List.of("AmlCompute"))))));
        printsInEveryFormat("compute-list-sizes.txt", "compute", "list-sizes");
    }

    @Test
    void aQueryPicksAndKeepsItsOrder() {
        person.types(
                "online-endpoint", "show", "-n", "credit", "--query", "scoring_uri", "-o", "tsv");
        assertThat(person.out).hasToString("http://127.0.0.1:8080/api/v1/endpoint/credit/score\n");
        person.types(
                "online-endpoint",
                "show",
                "-n",
                "credit",
                "--query",
                "{s:provisioning_state,n:name}",
                "-o",
                "tsv");
        assertThat(person.out).hasToString("Succeeded\tcredit\n");
        person.types("online-endpoint", "list", "--query", "[].traffic.blue", "-o", "json");
        assertThat(person.out).hasToString("[\n  90\n]\n");
        person.types("online-endpoint", "list", "--query", "length(@)");
        assertThat(person.out).hasToString("1\n");
    }

    @Test
    void aQueryThatFindsNothingPrintsNothing() {
        assertThat(person.types("online-endpoint", "show", "-n", "credit", "--query", "nope"))
                .isZero();
        assertThat(person.out.toString()).isEmpty();
    }

    @Test
    void aQueryThatIsNoneIsAWrongCommandLine() {
        assertThat(person.types("online-endpoint", "list", "--query", "[?")).isEqualTo(2);
        assertThat(person.err.toString()).startsWith("ERROR: --query: ");
    }

    @Test
    void listsFollowTheNextLink() {
        String next = arm.url() + "/more?page=2";
        arm.script(
                "GET {WS}/onlineEndpoints",
                call ->
                        FakeArm.Reply.json(
                                200,
                                Tree.of(
                                        "value",
                                        List.of(Tree.of("name", "one")),
                                        "nextLink",
                                        next)));
        arm.script(
                "GET /more",
                call -> FakeArm.Reply.json(200, Tree.of("value", List.of(Tree.of("name", "two")))));
        person.types("online-endpoint", "list", "--query", "[].name", "-o", "tsv");
        assertThat(person.out).hasToString("one\ntwo\n");
    }

    @Test
    void everyHelpHasAnExample() throws IOException {
        var all = new StringBuilder();
        for (String noun :
                List.of(
                        "online-endpoint",
                        "online-deployment",
                        "model",
                        "environment",
                        "data",
                        "component",
                        "code",
                        "datastore",
                        "compute",
                        "registry",
                        "workspace")) {
            Cli.create(person.context())
                    .getSubcommands()
                    .get(noun)
                    .getSubcommands()
                    .forEach(
                            (verb, command) -> {
                                if (command.getCommandSpec().usageMessage().hidden()) {
                                    return;
                                }
                                String help = command.getUsageMessage();
                                assertThat(help).contains("Example:\n  farol " + noun + " " + verb);
                                all.append(help).append("\n");
                            });
        }
        for (String single : List.of("configure", "rest")) {
            String help =
                    Cli.create(person.context()).getSubcommands().get(single).getUsageMessage();
            assertThat(help).contains("Example:\n  farol " + single);
            all.append(help).append("\n");
        }
        Golden.assertSame("help.txt", all.toString());
        assertThat(all.toString().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
    }
}
