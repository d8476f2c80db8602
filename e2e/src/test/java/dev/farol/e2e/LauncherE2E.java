package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How {@code ./farol} finds its JDK, on a machine that is all in one folder: the launcher looks
 * below it in place of the system's folders, and its JDKs only tell who they are.
 */
class LauncherE2E {
    @TempDir Path machine;
    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        String text =
                Files.readString(Farol.ROOT.resolve("farol"))
                        .replace(" /usr/", " " + machine + "/usr/")
                        .replace(" /opt/", " " + machine + "/opt/")
                        .replace(" /Library/", " " + machine + "/Library/");
        launcher = Files.createDirectories(machine.resolve("farol")).resolve("farol");
        Files.writeString(launcher, text);
        executable(launcher);
        Path distribution = Files.createDirectories(machine.resolve("farol/app/target/farol"));
        Files.writeString(distribution.resolve("classpath"), "farol.jar");
        Files.writeString(distribution.resolve("aot-folder"), "none\n");
        Files.createDirectories(machine.resolve("home"));
        Path tools = Files.createDirectories(machine.resolve("tools"));
        for (String tool :
                new String[] {"bash", "sh", "dirname", "head", "readlink", "find", "tr", "cat"}) {
            Path stub = tools.resolve(tool);
            Files.writeString(stub, "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
            executable(stub);
        }
    }

    /** The machine has these tools and no others, so no JDK of the real one. */
    private static Path which(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder).resolve(tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(tool + " is not on PATH"));
    }

    private record Ran(int exit, String text) {}

    @Test
    void passesOverJdksThatAreTooOld() throws Exception {
        Path old = jdk("old", "17.0.2");
        Path older = jdk("older", "1.8.0_392");
        jdk("usr/lib/jvm/jdk-21", "21.0.1");
        Path good = jdk("usr/lib/jvm/jdk-25", "25.0.1");

        var ran = run(Map.of("JAVA_HOME", old.toString(), "PATH", path(older)), "status");

        assertThat(ran.exit()).as(ran.text()).isZero();
        assertThat(ran.text()).startsWith(good + " ").contains("Main status");
    }

    @Test
    void takesTheOneOnPathBeforeTheSystems() throws Exception {
        jdk("usr/lib/jvm/jdk-25", "25.0.1");
        Path own = jdk("own", "26");

        assertThat(run(Map.of("PATH", path(own)), "status").text()).startsWith(own + " ");
    }

    @Test
    void takesTheOneThatIsNamed() throws Exception {
        Path named = jdk("named", "25");
        Path other = jdk("other", "25");

        var ran =
                run(
                        Map.of(
                                "FAROL_JAVA_HOME", named.toString(),
                                "JAVA_HOME", other.toString(),
                                "PATH", path(other)),
                        "status");

        assertThat(ran.text()).startsWith(named + " ");
    }

    @Test
    void looksInTheUsersFolders() throws Exception {
        Path good = jdk("home/.sdkman/candidates/java/25-tem", "25");

        assertThat(run(Map.of(), "status").text()).startsWith(good + " ");
    }

    @Test
    void doesWithoutAHomeFolder() throws Exception {
        Path good = jdk("usr/lib/jvm/jdk-25", "25.0.1");
        var variables = new HashMap<String, @Nullable String>();
        variables.put("HOME", null);

        assertThat(run(variables, "status").text()).startsWith(good + " ");
    }

    @Test
    void saysWhatToInstallWhereThereIsNone() throws Exception {
        Path old = jdk("old", "17.0.2");

        var ran = run(Map.of("JAVA_HOME", old.toString()), "status");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.text())
                .contains("needs a JDK 25 or newer, and found none")
                .contains(old + " (version 17)")
                .contains("apt install")
                .contains("set JAVA_HOME");
    }

    @Test
    void buildSaysWhatItDoesAndTakesNothingElse() throws Exception {
        Path good = jdk("good", "25");
        Path built = machine.resolve("farol/app/target/farol/.built");
        Files.writeString(built, good + "\n");
        var java = Map.of("JAVA_HOME", good.toString());

        assertThat(run(java, "build", "--help").text()).startsWith("farol build\n\nBuilds Farol");
        assertThat(run(java, "build"))
                .isEqualTo(new Ran(0, "Nothing has changed since the last build.\n"));
        assertThat(run(java, "build", "--quick"))
                .isEqualTo(
                        new Ran(
                                2,
                                "ERROR: '--quick' is not expected here\n"
                                        + "Help: farol build --help\n"));
    }

    /** A JDK that prints where it is and what it was called with. */
    private Path jdk(String place, String version) throws IOException {
        Path folder = machine.resolve(place);
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        for (String tool : new String[] {"java", "javac"}) {
            Path file = folder.resolve("bin").resolve(tool);
            Files.writeString(file, "#!/bin/sh\necho " + folder + " \"$@\"\n");
            executable(file);
        }
        return folder;
    }

    private String path(Path jdk) {
        return jdk.resolve("bin") + ":" + machine.resolve("tools");
    }

    private Ran run(Map<String, ? extends @Nullable String> variables, String... arguments)
            throws Exception {
        var command = new ArrayList<String>();
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("HOME", machine.resolve("home").toString());
        environment.put("PATH", machine.resolve("tools").toString());
        variables.forEach(
                (name, value) -> {
                    if (value == null) {
                        environment.remove(name);
                    } else {
                        environment.put(name, value);
                    }
                });
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), text);
    }

    private static void executable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
