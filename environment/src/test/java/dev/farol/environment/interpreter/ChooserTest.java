package dev.farol.environment.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.environment.Definition;
import dev.farol.environment.definition.PythonSpec;
import dev.farol.environment.definition.PythonVersion;
import dev.farol.environment.definition.Wanted;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChooserTest {
    private static final PythonSpec PREFERRED = PythonSpec.of("3.12");
    private static final List<Interpreter> MACHINE =
            machine("3.9.18", "3.10.4", "3.10.13", "3.11.2", "3.11.7", "3.12.1", "3.13.0");

    private static List<Interpreter> machine(String... versions) {
        return Stream.of(versions)
                .map(
                        version ->
                                new Interpreter(
                                        Path.of("/opt", version, "bin/python"),
                                        PythonVersion.parse(version),
                                        "linux-x86_64-glibc"))
                .toList();
    }

    private static PythonSpec asked(String conda) {
        return Wanted.of(new Definition("dependencies: ['" + conda + "']", "conda.yaml")).python();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "python=3.11        | 3.11.7  | false",
                "python=3.11.*      | 3.11.7  | false",
                "python==3.11       | 3.11.7  | false",
                "python 3.11        | 3.11.7  | false",
                "python=3.11.2      | 3.11.2  | false",
                "python==3.11.2=h_0 | 3.11.2  | false",
                "python=3.11.5      | 3.11.7  | true",
                "python=3.11.9      | 3.11.7  | true",
                "python=3.10.1      | 3.10.4  | true",
                "python=3.99        | 3.13.0  | true",
                "python=3.8         | 3.9.18  | true",
                "python=3.6         | 3.9.18  | true",
                "python>=3.8        | 3.12.1  | false",
                "python>=3.8,<3.11  | 3.10.13 | false",
                "python<3.12        | 3.11.7  | false",
                "python>3.12        | 3.13.0  | false",
                "python<=3.10       | 3.10.13 | false",
                "python!=3.12.*     | 3.13.0  | false",
                "python~=3.10.4     | 3.10.13 | false",
                "python>=3.14       | 3.13.0  | true",
                "python<3.9         | 3.9.18  | true",
                "python=3           | 3.13.0  | false",
            })
    void takesWhatIsAskedForOrTheNearest(String conda, String taken, boolean noted) {
        Choice choice = Chooser.choose(MACHINE, asked(conda), PREFERRED);
        assertThat(choice.interpreter().version()).hasToString(taken);
        assertThat(choice.note() != null).isEqualTo(noted);
    }

    @Test
    void ofTwoEquallyNearTheNewerIsTaken() {
        Choice choice =
                Chooser.choose(
                        machine("3.9.1", "3.11.1", "3.11.0"), asked("python=3.10"), PREFERRED);
        assertThat(choice.interpreter().version()).hasToString("3.11.1");
        assertThat(choice.note())
                .isEqualTo(
                        "'python=3.10' is asked for and not on this machine: Python 3.11.1 is taken"
                                + " (found: 3.9.1, 3.11.0, 3.11.1)");
    }

    @Test
    void ofEqualVersionsTheFirstIsTaken() {
        List<Interpreter> two =
                List.of(
                        new Interpreter(Path.of("/configured"), new PythonVersion(3, 12, 1), "p"),
                        new Interpreter(Path.of("/usr"), new PythonVersion(3, 12, 1), "p"));
        assertThat(Chooser.choose(two, asked("python=3.12"), PREFERRED).interpreter().path())
                .isEqualTo(Path.of("/configured"));
    }

    @Test
    void whereNoneIsAskedForThePreferredOneIsTakenAndSaid() {
        Choice choice = Chooser.choose(MACHINE, null, PREFERRED);
        assertThat(choice.interpreter().version()).hasToString("3.12.1");
        assertThat(choice.note()).isEqualTo("no version of Python is asked for: 3.12.1 is taken");
    }
}
