package dev.farol.kit.testing;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogsTest {
    @Test
    @Logs("a line that comes")
    void aTestAnnouncesAnError() {
        LoggerFactory.getLogger(LogsTest.class).error("This is a line that comes");
    }
}
