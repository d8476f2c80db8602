package dev.farol.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation that the generated Azure ML clients have, in {@code operations.txt}. */
class OperationListIT {
    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void knowsEachPathAndVerb() throws IOException {
        List<String> operations =
                Files.readAllLines(
                        Path.of(
                                System.getProperty("farol.root"),
                                "control/src/test/resources/operations.txt"));
        assertThat(operations).hasSizeGreaterThan(130);
        for (String operation : operations) {
            String[] parts = operation.split(" ");
            String path =
                    parts[1].replace("{WS}", Fixture.WS)
                            .replace("{subscriptionId}", "00000000-0000-0000-0000-000000000001")
                            .replace("{rg}", "farol")
                            .replaceAll("\\{[a-zA-Z]+}", "some-name");

            Answer answer = farol.call(parts[0], path, parts[0].equals("GET") ? null : "{}");

            assertThat(answer.status()).as(operation).isLessThan(500).isNotEqualTo(405);
            if (answer.status() >= 400) {
                assertThat(answer.message())
                        .as(operation)
                        .doesNotStartWith("Nothing is at")
                        .isNotEmpty();
            }
        }
    }

    @Test
    void servesTheDocumentOfItsPathsToEveryone() throws IOException {
        Answer answer = farol.send("GET", "/openapi.json", new dev.farol.wire.Headers(), null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("openapi").asString()).isEqualTo("3.1.0");
    }
}
