package dev.farol.environment.uv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatterTest {
    private final List<String> told = new ArrayList<>();
    private long now;
    private final Chatter chatter = new Chatter(told::add, () -> now);

    @Test
    void saysForPeopleWhatUvPrints() {
        chatter.accept("DEBUG Solving with installed Python version: 3.11.7");
        chatter.accept("Downloading numpy (16.1MiB)");
        chatter.accept(" Downloaded numpy");
        chatter.accept("   Building docopt==0.6.2");
        chatter.accept("Prepared 3 packages in 206ms");
        chatter.accept("Installed 1 package in 11ms");
        chatter.accept("Installed 10 packages in 1.24s");
        chatter.accept(" + six==1.17.0");
        assertThat(told)
                .containsExactly(
                        "downloading numpy 16 MiB",
                        "building docopt 0.6.2 from source",
                        "downloaded 3 packages in 0.2 s",
                        "installed 1 package in 0.01 s",
                        "installed 10 packages in 1.2 s");
    }

    @Test
    void putsTogetherWhatComesFasterThanPeopleRead() {
        for (int i = 1; i <= 8; i++) {
            chatter.accept("Downloading package-" + i + " (2.0MiB)");
            now += 10_000_000;
        }
        assertThat(told).containsExactly("downloading package-1 2 MiB");
        chatter.close();
        assertThat(told)
                .hasSize(2)
                .last()
                .isEqualTo(
                        "downloading package-2 2 MiB, package-3 2 MiB, package-4 2 MiB, package-5 2"
                                + " MiB and 3 more");
    }
}
