package dev.farol.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process with the engine in it leaves behind. */
class OrtLibraryIT {
    @TempDir private Path cache;
    @TempDir private Path temporary;

    /** A process that holds a model until it is ended. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            new OnnxModels(Path.of(arguments[0]), Runnable::run, 1)
                    .load("iris", "1", Path.of(arguments[1]));
            System.out.println("loaded");
            int _ = System.in.read();
        }
    }

    @Test
    void leavesNothingInTheTemporaryFolderWhenItIsKilled() throws Exception {
        Process holder =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-XX:-UsePerfData",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-Djava.io.tmpdir=" + temporary,
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Holder.class.getName(),
                                        cache.toString(),
                                        Golden.file("iris").toString()))
                        .redirectErrorStream(true)
                        .start();
        try (var output = holder.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.equals("loaded")) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo("loaded");
        } finally {
            holder.destroyForcibly();
            assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }
}
