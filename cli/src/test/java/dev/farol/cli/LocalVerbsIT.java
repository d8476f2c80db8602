package dev.farol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs with {@code --local}, on a machine that only pretends to run anything. */
class LocalVerbsIT {
    @TempDir Path folder;
    private Person person;
    private Path blue;

    @BeforeEach
    void write() throws IOException {
        person = new Person(folder);
        blue = folder.resolve("home/local/credit/deployments/blue");
        Files.createDirectories(folder.resolve("code"));
        Files.writeString(folder.resolve("code/score.py"), "");
        Files.createDirectories(folder.resolve("weights"));
        Files.writeString(folder.resolve("weights/a.bin"), "a");
        Files.writeString(folder.resolve("conda.yaml"), "dependencies: [python=3.11]\n");
        Files.writeString(
                folder.resolve("blue.yml"),
                """
                name: blue
                endpoint_name: credit
                type: managed
                model: {path: weights}
                code_configuration: {code: code, scoring_script: score.py}
                environment: {conda_file: conda.yaml, image: x, os_type: linux}
                environment_variables: {type: SomeThing}
                request_settings: {request_timeout_ms: 9000}
                liveness_probe: {period: 3}
                instance_type: Standard_DS3_v2
                instance_count: 2
                """);
    }

    private Object printed() {
        return JsonText.parse(person.out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private int create(String... more) {
        var words = new java.util.ArrayList<>(java.util.List.of("online-deployment", "create"));
        words.addAll(java.util.List.of("--local", "-f", "blue.yml"));
        words.addAll(java.util.List.of(more));
        return person.types(words.toArray(String[]::new));
    }

    @Test
    void aPlanHasEverythingThatTheDefinitionSays() throws IOException {
        assertThat(create()).as(person.err.toString()).isZero();

        LocalPlan plan = person.local.started.get(blue);
        assertThat(plan.code()).isEqualTo(folder.resolve("code").toString());
        assertThat(plan.scoringScript()).isEqualTo("score.py");
        assertThat(Path.of(plan.model(), "weights/a.bin")).hasContent("a");
        assertThat(plan.condaFile()).isEqualTo("dependencies: [python=3.11]\n");
        assertThat(plan.environmentVariables()).containsEntry("type", "SomeThing");
        assertThat(plan.requestSettings().requestTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(plan.requestSettings().maxQueueWait()).isEqualTo(Duration.ofMillis(500));
        assertThat(plan.liveness().period()).isEqualTo(Duration.ofSeconds(3));
        assertThat(plan.readiness().period()).isEqualTo(Duration.ofSeconds(10));
        assertThat(Tree.text(printed(), "scoring_uri")).isEqualTo("http://localhost:4711/score");
        assertThat(Tree.text(printed(), "provisioning_state")).isEqualTo("Succeeded");
        assertThat(Tree.text(printed(), "location")).isEqualTo("local");
        assertThat(Tree.text(printed(), "environment_variables", "type")).isEqualTo("SomeThing");
    }

    @Test
    void anUpdateKeepsWhatItDoesNotNameAndStopsWhatRan() throws IOException {
        assertThat(create()).isZero();
        int before = person.local.stopped.size();

        assertThat(
                        person.types(
                                "online-deployment",
                                "update",
                                "--local",
                                "-n",
                                "blue",
                                "-e",
                                "credit",
                                "--set",
                                "request_settings.request_timeout_ms=7000"))
                .as(person.err.toString())
                .isZero();

        LocalPlan plan = person.local.started.get(blue);
        assertThat(plan.requestSettings().requestTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(plan.liveness().period()).isEqualTo(Duration.ofSeconds(3));
        assertThat(Path.of(plan.model(), "weights/a.bin")).hasContent("a");
        assertThat(person.local.stopped).hasSize(before + 1).last().isEqualTo(blue);
        try (var files = Files.list(blue)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("files")))
                    .as("those of before are gone")
                    .hasSize(1);
        }
        assertThat(folder.resolve("weights/a.bin")).as("what the link led to").hasContent("a");
    }

    @Test
    void aRestartRunsTheSameAgain() {
        assertThat(create("--set", "tags.a=b")).isZero();
        LocalPlan before = person.local.started.get(blue);
        int stopped = person.local.stopped.size();
        String[] restart = {
            "online-deployment", "restart", "--local", "-n", "blue", "-e", "credit"
        };

        assertThat(person.types(restart)).as(person.err.toString()).isZero();

        assertThat(person.local.stopped).hasSize(stopped + 1).last().isEqualTo(blue);
        LocalPlan after = person.local.started.get(blue);
        assertThat(after).isNotSameAs(before);
        assertThat(after.environmentVariables()).isEqualTo(before.environmentVariables());
        assertThat(after.requestSettings()).isEqualTo(before.requestSettings());
        assertThat(Path.of(after.model(), "weights/a.bin")).hasContent("a");
        assertThat(Tree.text(printed(), "tags", "a")).isEqualTo("b");
        assertThat(Tree.text(printed(), "provisioning_state")).isEqualTo("Succeeded");
        restart[4] = "green";
        assertThat(person.types(restart)).isEqualTo(3);
        assertThat(person.err.toString()).contains("has no deployment 'green' (it has: blue)");
    }

    /** What runs is not stopped for a definition that cannot take its place. */
    @Test
    void aRefusedUpdateLeavesWhatRuns() {
        assertThat(create()).isZero();
        int before = person.local.stopped.size();

        assertThat(create("--set", "model=azureml:m:1")).isEqualTo(1);

        assertThat(person.err.toString()).contains("model: 'azureml:m:1' is registered");
        assertThat(person.local.stopped).hasSize(before);
        assertThat(person.local.state(blue).kind()).isEqualTo(LocalState.Kind.READY);
    }

    @Test
    void aVerdictIsPrintedAndKept() {
        var verdict =
                Verdict.early(Phase.INIT, ErrorCode.SCRIPT_INVALID, "It raised.", "Correct it.");
        person.local.next = new LocalState(LocalState.Kind.FAILED, 7, 0, "", verdict);

        assertThat(create()).isEqualTo(1);

        assertThat(person.err.toString()).contains("It raised.").contains("phase:     init");
        assertThat(
                        person.types(
                                "online-deployment",
                                "show",
                                "--local",
                                "-n",
                                "blue",
                                "-e",
                                "credit"))
                .isZero();
        assertThat(Tree.text(printed(), "provisioning_state")).isEqualTo("Failed");
        assertThat(Tree.text(printed(), "scoring_uri")).isNull();
    }

    @Test
    void logsAreOfTheConsoleOrOfThePreparation() {
        assertThat(create()).isZero();
        String[] logs = {
            "online-deployment", "get-logs", "--local", "-n", "blue", "-e", "credit", "--lines", "3"
        };
        assertThat(person.types(logs)).isZero();
        assertThat(person.out.toString()).isEqualTo("the last 3 lines\n");
        var more = new java.util.ArrayList<>(java.util.List.of(logs));
        more.addAll(java.util.List.of("--container", "storage-initializer"));
        assertThat(person.types(more.toArray(String[]::new))).isZero();
        assertThat(person.out.toString()).isEqualTo("prepared\n");
    }

    @Test
    void namesThatLeadElsewhereNameNothing() {
        assertThat(create()).isZero();
        for (String name : new String[] {"../credit", "credit/../credit", "nobody"}) {
            assertThat(person.types("online-endpoint", "delete", "--local", "-y", "-n", name))
                    .isEqualTo(3);
        }
        assertThat(blue).isDirectory();
        assertThat(person.types("online-endpoint", "delete", "--local", "-y", "-n", "credit"))
                .isZero();
        assertThat(folder.resolve("home/local/credit")).doesNotExist();
        assertThat(folder.resolve("weights/a.bin")).exists();
    }
}
