package dev.farol.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConsoleMergeTest {
    @Test
    void leavesASingleConsoleAsItIs() {
        var merge = new ConsoleMerge(false);
        merge.add("a", "2026-01-01 10:00:02,000 late\nplain\n2026-01-01 10:00:01,000 early\n");

        assertThat(merge.tail(10))
                .isEqualTo("2026-01-01 10:00:02,000 late\nplain\n2026-01-01 10:00:01,000 early\n");
    }

    @Test
    void putsLinesOfSeveralInTheOrderOfTheirTimesAndFollowersBehindTheirLeaders() {
        var merge = new ConsoleMerge(true);
        merge.add(
                "a",
                "2026-01-01 10:00:01,000 one\n  trace of one\n2026-01-01 10:00:03,000 three\n");
        merge.add("b", "2026-01-01T10:00:02.000Z two\n");

        assertThat(merge.tail(3))
                .isEqualTo(
                        """
                        [a]   trace of one
                        [b] 2026-01-01T10:00:02.000Z two
                        [a] 2026-01-01 10:00:03,000 three
                        """);
    }
}
