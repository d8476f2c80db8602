package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.digest;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCheckTest {
    @Test
    void eitherKeyPasses() {
        var keys = List.of(digest("one"), digest("two"));
        assertThat(KeyCheck.passes("Bearer one", keys)).isTrue();
        assertThat(KeyCheck.passes("bearer two", keys)).isTrue();
        assertThat(KeyCheck.passes("Bearer  two ", keys)).isTrue();
    }

    @Test
    void nothingElseDoes() {
        var keys = List.of(digest("one"), digest("two"));
        assertThat(KeyCheck.passes("Bearer three", keys)).isFalse();
        assertThat(KeyCheck.passes("Basic one", keys)).isFalse();
        assertThat(KeyCheck.passes("one", keys)).isFalse();
        assertThat(KeyCheck.passes("Bearer ", keys)).isFalse();
        assertThat(KeyCheck.passes(null, keys)).isFalse();
        assertThat(KeyCheck.passes("Bearer one", List.of())).isFalse();
    }
}
