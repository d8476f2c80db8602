package dev.farol.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.FakeArm.Reply;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rest}, {@code configure}, workspaces, datastores, and what comes later. */
class ToolsIT {
    @TempDir Path folder;
    private FakeArm arm;
    private Person person;

    @BeforeEach
    void start() throws IOException {
        arm = new FakeArm();
        person = Person.at(arm, folder);
    }

    @AfterEach
    void stop() {
        arm.close();
    }

    private void runs(String... arguments) {
        assertThat(person.types(arguments)).as(person.err.toString()).isZero();
    }

    private FakeArm.Call last() {
        return arm.calls.getLast();
    }

    @Test
    void restGetsAPathWithTheSubscriptionInItsPlace() {
        runs(
                "rest",
                "-m",
                "GET",
                "-u",
                FakeArm.WORKSPACE.replace(FakeArm.SUBSCRIPTION, "{subscriptionId}")
                        + "?api-version=2023-04-01",
                "--query",
                "name",
                "-o",
                "tsv");
        assertThat(person.out).hasToString("ws\n");
        assertThat(last().path()).isEqualTo("{WS}?api-version=2023-04-01");
        runs("rest", "--url", arm.url() + FakeArm.WORKSPACE + "?api-version=x");
        assertThat(last().headers()).containsEntry("authorization", "Bearer t0ken-value");
    }

    @Test
    void restSendsABodyHeadersAndParameters() throws IOException {
        Files.writeString(folder.resolve("body.json"), "{\"properties\": {\"a\": 1}}");
        runs(
                "rest",
                "--method",
                "put",
                "--uri",
                "subscriptions/x/resourceGroups/g",
                "--body",
                "@body.json",
                "--headers",
                "X-One=1 and=2",
                "x-two=2",
                "--uri-parameters",
                "api-version=2022-12-01",
                "$filter=a eq b");
        assertThat(last().path())
                .isEqualTo(
                        "/subscriptions/x/resourceGroups/g?api-version=2022-12-01&$filter=a%20eq%20b");
        assertThat(last().headers())
                .containsEntry("x-one", "1 and=2")
                .containsEntry("x-two", "2")
                .containsEntry("content-type", "application/json");
        assertThat(last().text()).isEqualTo("{\"properties\": {\"a\": 1}}");
        runs(
                "rest",
                "-m",
                "post",
                "-u",
                "/subscriptions/x/act?a=1",
                "-b",
                "plain",
                "--headers",
                "{\"Content-Type\": \"text/plain\"}",
                "--uri-parameters",
                "{\"b\": \"2\"}");
        assertThat(last().path()).isEqualTo("/subscriptions/x/act?a=1&b=2");
        assertThat(last().headers()).containsEntry("content-type", "text/plain");
    }

    @Test
    void restTellsFailuresByTheExitCode() {
        assertThat(person.types("rest", "-u", FakeArm.WORKSPACE + "/models/none?api-version=x"))
                .isEqualTo(3);
        assertThat(person.err.toString())
                .startsWith("ERROR: The service answered 404\n{\"error\":")
                .contains("ResourceNotFound");
        arm.script("GET /broken", call -> Reply.json(409, Tree.of("error", "x")));
        assertThat(person.types("rest", "-u", "/broken")).isEqualTo(1);
        assertThat(person.types("rest", "-u", "/x", "-m", "fetch")).isEqualTo(2);
        assertThat(person.types("rest", "-u", "/x", "--headers", "novalue")).isEqualTo(2);
        assertThat(person.types("rest", "-u", "/x", "-b", "@nofile")).isEqualTo(2);
        assertThat(person.types("rest")).isEqualTo(2);
    }

    @Test
    void restKeepsTheTokenAtHome() throws IOException {
        try (var other = new FakeArm()) {
            other.script("GET /farolstore/x", call -> new Reply(200, Map.of(), "as it is"));
            runs("rest", "-u", other.url() + "/farolstore/x");
            assertThat(person.out).hasToString("as it is");
            assertThat(person.err.toString()).contains("WARNING: No token is sent to ");
            assertThat(other.calls.getLast().headers()).doesNotContainKey("authorization");
            runs("rest", "-u", other.url() + "/farolstore/x", "--resource", "https://ml.azure.com");
            assertThat(other.calls.getLast().headers()).containsKey("authorization");
        }
        runs(
                "rest",
                "-u",
                "/msi/token",
                "--skip-authorization-header",
                "--headers",
                "X-IDENTITY-HEADER=s3cret",
                "--output-file",
                "out.json");
        assertThat(folder.resolve("out.json")).hasContent("{\"access_token\":\"t0ken-value\"}");
        assertThat(person.out.toString()).isEmpty();
    }

    @Test
    void defaultsStandInForFlags() throws IOException {
        Files.writeString(
                folder.resolve("home/config"),
                "[core]\noutput = json\n\n[defaults]\ngroup = old\n\n[cloud]\nname = Farol\n");
        runs("configure", "--defaults", "group=other", "workspace=team", "--list-defaults");
        assertThat(JsonText.parse(person.out.toString().getBytes(UTF_8)))
                .isEqualTo(
                        List.of(
                                Map.of(
                                        "name", "group",
                                        "source", folder.resolve("home/config").toString(),
                                        "value", "other"),
                                Map.of(
                                        "name", "workspace",
                                        "source", folder.resolve("home/config").toString(),
                                        "value", "team")));
        assertThat(folder.resolve("home/config"))
                .content()
                .contains("[core]\noutput = json")
                .contains("[defaults]\ngroup = other\nworkspace = team")
                .contains("[cloud]\nname = Farol");
        person.types("model", "list");
        assertThat(last().path()).contains("/resourceGroups/other/").contains("/workspaces/team/");
        person.types("model", "list", "-g", "mine", "-w", "w");
        assertThat(last().path()).contains("/resourceGroups/mine/").contains("/workspaces/w/");
        runs("configure", "-d", "group=", "workspace=''");
        runs("configure", "-l");
        assertThat(person.out).hasToString("[]\n");
        runs("model", "list");
        assertThat(last().path()).startsWith("{WS}/models");
    }

    @Test
    void aDefaultThatIsNoneIsAWrongCommandLine() {
        assertThat(person.types("configure", "--defaults", "color=blue")).isEqualTo(2);
        assertThat(person.err.toString())
                .contains("'color' is no default (expected: group, workspace, location");
        assertThat(person.types("configure", "--defaults", "group")).isEqualTo(2);
        assertThat(person.types("configure")).isEqualTo(2);
    }

    @Test
    void workspacesComeAndGo() {
        runs(
                "workspace",
                "create",
                "-n",
                "team",
                "--display-name",
                "The team",
                "--tags",
                "cost=42");
        String path = FakeArm.WORKSPACE.replaceAll("/ws$", "/team");
        Object sent = JsonText.parse(call("PUT " + path).body());
        assertThat(Tree.text(sent, "location")).isEqualTo("local");
        assertThat(Tree.text(sent, "properties", "friendlyName")).isEqualTo("The team");
        assertThat(person.out.toString()).contains("\"display_name\": \"The team\"");
        runs("workspace", "update", "-n", "team", "--description", "new", "--set", "tags.a=b");
        Object patch = JsonText.parse(call("PATCH " + path).body());
        assertThat(Tree.at(patch, "tags")).isEqualTo(Map.of("cost", "42", "a", "b"));
        assertThat(Tree.text(patch, "properties", "description")).isEqualTo("new");
        runs("workspace", "show", "-n", "team");
        runs("workspace", "delete", "-n", "team", "--yes", "--permanently-delete");
        assertThat(call("DELETE " + path).path()).contains("forceToPurge=true");
        assertThat(person.types("workspace", "show", "-n", "team")).isEqualTo(3);
        assertThat(person.types("workspace", "delete", "-n", "team")).isEqualTo(1);
    }

    private FakeArm.Call call(String methodAndPath) {
        synchronized (arm.calls) {
            return arm.calls.stream()
                    .filter(call -> (call.method() + " " + call.path()).startsWith(methodAndPath))
                    .reduce((first, second) -> second)
                    .orElseThrow();
        }
    }

    @Test
    void datastoresKeepTheirSecretsToThemselves() throws IOException {
        Files.writeString(
                folder.resolve("store.yml"),
                """
                $schema: https://azuremlschemas.azureedge.net/latest/azureBlob.schema.json
                name: store
                type: azure_blob
                account_name: a
                container_name: c
                credentials:
                  account_key: k3y
                """);
        runs("datastore", "create", "-f", "store.yml");
        Object sent = JsonText.parse(call("PUT {WS}/datastores/store").body());
        assertThat(Tree.text(sent, "properties", "datastoreType")).isEqualTo("AzureBlob");
        assertThat(Tree.at(sent, "properties", "credentials"))
                .isEqualTo(
                        Map.of(
                                "credentialsType",
                                "AccountKey",
                                "secrets",
                                Map.of("secretsType", "AccountKey", "key", "k3y")));
        runs("datastore", "show", "-n", "store");
        assertThat(person.out.toString()).doesNotContain("k3y").contains("\"azure_blob\"");
        arm.script(
                "POST {WS}/datastores/store/listSecrets",
                call -> Reply.json(200, Tree.of("secretsType", "AccountKey", "key", "k3y")));
        runs("datastore", "show", "-n", "store", "--include-secrets");
        assertThat(person.out.toString()).contains("\"account_key\": \"k3y\"");
        runs("datastore", "update", "-n", "store", "--set", "description=ours");
        Object update = JsonText.parse(call("PUT {WS}/datastores/store").body());
        assertThat(Tree.text(update, "properties", "description")).isEqualTo("ours");
        assertThat(Tree.text(update, "properties", "credentials", "secrets", "key"))
                .isEqualTo("k3y");
        runs("datastore", "delete", "-n", "store", "-y");
        assertThat(person.types("datastore", "delete", "-n", "store", "-y")).isEqualTo(3);
    }

    @Test
    void whatComesLaterSaysSo() throws IOException {
        assertThat(person.types("batch-endpoint", "invoke", "--name", "b", "--input", "x", "--q"))
                .isEqualTo(1);
        assertThat(person.err)
                .hasToString(
                        "ERROR: farol batch-endpoint invoke: batch endpoints are not offered yet.\n");
        for (String line :
                List.of(
                        "job create -f none.yml --stream",
                        "serverless-endpoint list",
                        "model package -n m -v 1",
                        "compute start -n c",
                        "registry create -f r.yml",
                        "data import -f d.yml")) {
            assertThat(person.types(line.split(" "))).as(line).isEqualTo(1);
            assertThat(person.err.toString()).startsWith("ERROR: farol " + line.split(" ")[0]);
        }
        assertThat(person.types("batch-endpoint", "explode")).isEqualTo(2);
        assertThat(arm.calls).isEmpty();
    }

    @Test
    void aDefinitionOfWhatComesLaterIsCheckedFirst() throws IOException {
        Files.writeString(folder.resolve("b.yml"), "name: my-batch\nauth_mod: key\n");
        assertThat(person.types("batch-endpoint", "create", "-f", "b.yml")).isEqualTo(1);
        assertThat(person.err.toString())
                .contains("b.yml:2:1: auth_mod: unknown key, did you mean auth_mode?");
        Files.writeString(folder.resolve("b.yml"), "name: my-batch\n");
        assertThat(person.types("batch-endpoint", "create", "-f", "b.yml")).isEqualTo(1);
        assertThat(person.err.toString())
                .contains("The definition is right")
                .contains("batch endpoints are not offered yet");
    }
}
