package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code farol env} in a shell that not every machine has. */
class ClientEnvFullE2E {
    @Test
    void fishIsAsBeforeAfterUndo() throws Exception {
        assumeTrue(exists("fish"), "no fish on this machine (Debian: apt install fish)");
        try (var farol = new Farol()) {
            farol.up();
            String script =
                    """
                    env | grep -v -E '^(_|SHLVL|PWD)=' | sort > before
                    %1$s env --shell fish | source
                    echo $AZUREML_CURRENT_CLOUD $NO_PROXY
                    %1$s env --shell fish --undo | source
                    env | grep -v -E '^(_|SHLVL|PWD)=' | sort > after
                    cmp before after; and echo the same
                    """
                            .formatted("'" + Farol.ROOT.resolve("farol") + "'");
            var builder =
                    new ProcessBuilder("fish", "--no-config", "-c", script)
                            .directory(farol.home().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(farol.home().resolve("fish.out").toFile());
            builder.environment().put("FAROL_HOME", farol.home().toString());
            builder.environment().put("HOME", farol.home().toString());
            builder.environment().put("NO_PROXY", "it's\\mine");
            builder.environment().put("AZURE_CLIENT_SECRET", "a'b\\c $d");
            Process fish = builder.start();
            assertThat(fish.waitFor(1, TimeUnit.MINUTES)).isTrue();

            assertThat(Files.readString(farol.home().resolve("fish.out")))
                    .contains("Farol 127.0.0.1,localhost,::1,it's\\mine\n", "the same\n");
        }
    }

    private static boolean exists(String program) throws IOException, InterruptedException {
        Path nowhere = Path.of("/dev/null");
        return new ProcessBuilder("sh", "-c", "command -v " + program)
                        .redirectOutput(nowhere.toFile())
                        .start()
                        .waitFor()
                == 0;
    }
}
