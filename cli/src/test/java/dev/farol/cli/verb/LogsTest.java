package dev.farol.cli.verb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogsTest {
    @Test
    void addsWhatFollowsTheSeenText() {
        assertThat(Logs.added("", "a\n")).isEqualTo("a\n");
        assertThat(Logs.added("a\n", "a\nb\n")).isEqualTo("b\n");
        assertThat(Logs.added("a\nb\n", "a\nb\n")).isEmpty();
    }

    @Test
    void findsTheSharedPartWhenTheWindowHasMoved() {
        assertThat(Logs.added("a\nb\nc\n", "b\nc\nd\n")).isEqualTo("d\n");
        assertThat(Logs.added("a\nb\nc\n", "c\nd\ne\n")).isEqualTo("d\ne\n");
    }

    @Test
    void takesTheLongestSharedPart() {
        assertThat(Logs.added("x\na\na\n", "a\na\na\n")).isEqualTo("a\n");
    }

    @Test
    void showsEverythingWhenNothingIsShared() {
        assertThat(Logs.added("a\nb\n", "y\nz\n")).isEqualTo("y\nz\n");
        assertThat(Logs.added("a\n", "")).isEmpty();
    }
}
