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
                        name = "protobuf"
                        version = "7.36.2"
                        sdist = { url = "https://example.invalid/protobuf-7.36.2.tar.gz", size = 512737, hashes = { sha256 = "497d" } }
                        wheels = [
                            { url = "https://example.invalid/protobuf-7.36.2-abi3.whl", size = 343223, hashes = { sha256 = "89f2" } },
                            { url = "https://example.invalid/protobuf-7.36.2-py3-none-any.whl", size = 179806, hashes = { sha256 = "bdb3" } },
                        ]

                        [[packages]]
                        name = "docopt"
                        version = "0.6.2"
                        sdist = { url = "https://example.invalid/docopt-0.6.2.tar.gz", size = 25901, hashes = { sha256 = "49b3" } }

                        [[packages]]
                        name = "bare"
                        version = "1.0"
                        wheels = [{ url = "https://example.invalid/bare-1.0.whl", hashes = {} }]
                        """);
        assertThat(lock.requirements())
                .containsExactly(
                        "numpy==2.4.6 --hash=sha256:89cd",
                        "six @ file:///srv/six-1.16.0-py2.py3-none-any.whl --hash=sha256:8abb",
                        "mine @ git+https://example.invalid/mine.git@0123abcd",
                        "protobuf==7.36.2 --hash=sha256:89f2 --hash=sha256:bdb3",
                        "docopt==0.6.2 --hash=sha256:49b3",
                        "bare==1.0");
        assertThat(lock.bytes()).isEqualTo(16918164 + 343223 + 25901);
    }

    @Test
    void readsAnEmptyLock() {
        assertThat(Pylock.parse("lock-version = \"1.0\"\npackages = []\n").requirements())
                .isEmpty();
    }
}
