package dev.farol.environment.uv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PylockTest {
    @Test
    void readsPinsWithHashes() {
        Pylock lock =
                Pylock.parse(
                        """
                        lock-version = "1.0"
                        created-by = "uv"
                        requires-python = ">=3.11.7"

                        [[packages]]
                        name = "numpy"
                        version = "2.4.6"
                        sdist = { url = "https://example.invalid/numpy-2.4.6.tar.gz", size = 20735807, hashes = { sha256 = "f3a3" } }
                        wheels = [{ url = "https://example.invalid/numpy-2.4.6-cp311.whl", size = 16918164, hashes = { sha256 = "89cd" } }]

                        [[packages]]
                        name = "six"
                        version = "1.16.0"
                        archive = { path = "/srv/six-1.16.0-py2.py3-none-any.whl", hashes = { sha256 = "8abb" } }

                        [[packages]]
                        name = "mine"
                        vcs = { type = "git", url = "https://example.invalid/mine.git", commit-id = "0123abcd" }

                        [[packages]]
                        name = "bare"
                        version = "1.0"
                        wheels = [{ url = "https://example.invalid/bare-1.0.whl", hashes = {} }]
                        """);
        assertThat(lock.requirements())
                .containsExactly(
                        "numpy==2.4.6 --hash=sha256:f3a3 --hash=sha256:89cd",
                        "six @ file:///srv/six-1.16.0-py2.py3-none-any.whl --hash=sha256:8abb",
                        "mine @ git+https://example.invalid/mine.git@0123abcd",
                        "bare==1.0");
        assertThat(lock.bytes()).isEqualTo(16918164);
    }

    @Test
    void readsAnEmptyLock() {
        assertThat(Pylock.parse("lock-version = \"1.0\"\npackages = []\n").requirements())
                .isEmpty();
    }
}
