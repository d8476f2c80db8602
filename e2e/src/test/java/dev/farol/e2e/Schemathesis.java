package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes requests of a document, right ones and wrong ones. */
final class Schemathesis {
    private Schemathesis() {}

    /**
     * Sends hundreds of requests for each operation of a document; none may be answered with a
     * server's own error.
     *
     * @param document where the document is
     * @param base what its paths are below
     */
    static void noServersError(
            Farol farol, String document, String base, String key, String deployment)
            throws Exception {
        Path python = ClientTools.python("schemathesis", "schemathesis==4.32.5");
        List<String> command =
                List.of(
                        python.resolveSibling("schemathesis").toString(),
                        "run",
                        document,
                        "--url",
                        base,
                        "--header",
                        "Authorization: Bearer " + key,
                        "--header",
                        "azureml-model-deployment: " + deployment,
                        "--checks",
                        "not_a_server_error",
                        "--max-examples",
                        "300",
                        "--seed",
                        "1");
        Path said = Files.createTempFile(farol.home(), "schemathesis", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(farol.home().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        String text = Files.readString(said);
        assertThat(ended).as(text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        // Hundreds for each operation of the document, and all of them sent.
        assertThat(text).containsPattern("([1-9]\\d{2,}) generated, \\1 passed");
    }
}
