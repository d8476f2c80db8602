package dev.farol.kit.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogGuardTest {
    private static final Logger log = (Logger) LoggerFactory.getLogger(LogGuardTest.class);

    @BeforeAll
    static void printNothing() {
        // It would look as if something were wrong.
        log.setAdditive(false);
        LogGuard.watch(log);
    }

    @Test
    void anErrorAndAWarningWithATraceAreFaults() {
        log.warn("a warning with a trace", new IllegalStateException("on purpose"));
        log.atError().addKeyValue("path", "/x").log("an error");
        assertThatThrownBy(() -> LogGuard.check(List.of()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("2 faults")
                .hasMessageContaining("WARN " + log.getName() + ": a warning with a trace")
                .hasMessageContaining("IllegalStateException: on purpose")
                .hasMessageContaining("an error [path=\"/x\"]");
        LogGuard.check(List.of());
    }

    @Test
    void whatIsAnnouncedIsNoFaultNorIsAnInformationOrAWarningAlone() {
        log.info("an information", new IllegalStateException("on purpose"));
        log.warn("a warning");
        log.error("an error that is announced");
        LogGuard.check(List.of("is announced"));
    }
}
