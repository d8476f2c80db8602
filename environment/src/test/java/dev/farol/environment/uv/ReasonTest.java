package dev.farol.environment.uv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** On what uv 0.13.9 and 0.9 print. */
class ReasonTest {
    @Test
    void findsANameThatNoIndexHas() {
        Reason reason =
                Reason.of(
                        """
                        error: No solution found when resolving dependencies
                          cause: Because scikit-lern was not found in the package registry and you require scikit-lern==1.7.0, we can conclude that your requirements are unsatisfiable.
                        """);
        assertThat(reason.unknown()).containsExactly("scikit-lern");
        assertThat(reason.text())
                .isEqualTo(
                        "scikit-lern was not found in the package registry and you require"
                                + " scikit-lern==1.7.0");
        assertThat(reason.unreachable()).isFalse();
    }

    @Test
    void findsWhatAConflictIsBetween() {
        Reason reason =
                Reason.of(
                        """
                        error: No solution found when resolving dependencies
                          cause: Because pandas==3.0.0 depends on numpy{python_full_version < '3.14'}>=1.26.0 and you require numpy==1.20.*, we can conclude that your requirements and pandas==3.0.0 are incompatible.
                                 And because you require pandas==3.0.0, we can conclude that your requirements are unsatisfiable.

                        hint: Something long.
                        """);
        assertThat(reason.involved()).containsExactly("numpy", "pandas");
        assertThat(reason.text()).endsWith("And you require pandas==3.0.0").doesNotContain("hint");
    }

    @Test
    void readsTheOlderForm() {
        Reason reason =
                Reason.of(
                        """
                          × No solution found when resolving dependencies:
                          ╰─▶ Because scikit-lern was not found in the package registry and you require
                              scikit-lern==1.7.0, we can conclude that your requirements are
                              unsatisfiable.
                        """);
        assertThat(reason.unknown()).containsExactly("scikit-lern");
        assertThat(reason.involved()).containsExactly("scikit-lern");
        assertThat(reason.text()).startsWith("scikit-lern was not found");
    }

    @Test
    void findsWhatDoesNotBuild() {
        Reason reason =
                Reason.of(
                        """
                        error: Failed to build `sklearn==0.0.post12`
                          cause: The build backend returned an error
                        """);
        assertThat(reason.involved()).containsExactly("sklearn");
    }

    @Test
    void knowsAnIndexThatDoesNotAnswer() {
        Reason reason =
                Reason.of(
                        """
                        error: Request failed after 3 retries in 5.1s
                          cause: Failed to fetch: http://127.0.0.1:9/simple/attrs/
                          cause: error sending request for url (http://127.0.0.1:9/simple/attrs/)
                        """);
        assertThat(reason.unreachable()).isTrue();
    }
}
