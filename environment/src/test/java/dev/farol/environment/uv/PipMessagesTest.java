package dev.farol.environment.uv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PipMessagesTest {
    @Test
    void takesTheLastError() {
        assertThat(
                        PipMessages.reason(
                                """
                                WARNING: Retrying
                                ERROR: Could not find a version that satisfies the requirement uv
                                ERROR: No matching distribution found for uv==0.13.9
                                """))
                .hasValue("No matching distribution found for uv==0.13.9");
    }

    @Test
    void takesTheExceptionOfAStackTrace() {
        assertThat(
                        PipMessages.reason(
                                """
                                ERROR: Exception:
                                Traceback (most recent call last):
                                  File "/usr/lib/python3/dist-packages/pip/base_command.py", line 105, in exc_logging_wrapper
                                    status = run_func(*args)
                                OSError: [Errno 28] No space left on device
                                """))
                .hasValue("OSError: [Errno 28] No space left on device");
    }

    @Test
    void knowsNoReasonWhereNoneIsSaid() {
        assertThat(PipMessages.reason("Killed\n")).isEmpty();
    }
}
