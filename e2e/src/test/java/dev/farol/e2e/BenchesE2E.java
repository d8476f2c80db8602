package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks compile what they need when they are run; what they use must not drift away. */
class BenchesE2E {
    @Test
    void whatTheBenchmarksRunBesideFarolCompilesAgainstIt(@TempDir Path classes) throws Exception {
        String libraries =
                Files.readString(Farol.ROOT.resolve("app/target/farol/classpath")).strip();
        var arguments =
                new ArrayList<>(List.of("-proc:none", "-cp", libraries, "-d", classes.toString()));
        try (Stream<Path> sources = Files.list(Farol.ROOT.resolve("bench/load"))) {
            sources.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> arguments.add(file.toString()));
        }
        var said = new ByteArrayOutputStream();
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, said, said, arguments.toArray(String[]::new));
        assertThat(result).as("%s", said).isZero();
    }
}
