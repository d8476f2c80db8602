package dev.farol.cli.asset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.cli.arm.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesIT {
    @TempDir Path folder;

    private void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private void write(String name) throws IOException {
        write(name, new byte[] {1});
    }

    private List<String> names() {
        return LocalFiles.of(folder).files().stream().map(LocalFiles.LocalFile::relative).toList();
    }

    @Test
    void hashesAFolderAsAzuresClientDoes() throws IOException {
        write("z.bin", new byte[] {0, 1});
        write("B/c.txt", "two\n".getBytes(UTF_8));
        write("a.py", "one".getBytes(UTF_8));
        assertThat(names()).containsExactly("a.py", "B/c.txt", "z.bin");
        assertThat(LocalFiles.of(folder).marked().relative()).isEqualTo("B/c.txt");
        assertThat(LocalFiles.of(folder).hash())
                .isEqualTo("606255de3e5b04b48f4b45fd5cfd8272e76c09ccc944d68590b0f3d34c12d6ff");
    }

    /** The numbers are those of {@code get_content_hash} and {@code get_object_hash} 1.35.2. */
    @Test
    void hashesLinksIgnoreFilesAndNamesAsAzuresClientDoes() throws IOException {
        Path code = folder.resolve("t");
        write("t/score.py", "def run(raw): ...\n".getBytes(UTF_8));
        write("t/lib/Ünï cödé.py", "x = 1\n".getBytes(UTF_8));
        write("t/lib/__pycache__/a.pyc", "p".getBytes(UTF_8));
        write("t/data/big.csv", "1,2\n".getBytes(UTF_8));
        write("t/data/keep.csv", "3\n".getBytes(UTF_8));
        write("t/notes.log", "l".getBytes(UTF_8));
        write("t/Zeta/a.txt", new byte[0]);
        write("t/.amlignore", "*.log\n/data/*\n!keep.csv\n__pycache__/\n".getBytes(UTF_8));
        write("t/.gitignore", "*.py\n".getBytes(UTF_8));
        Files.createDirectory(code.resolve("empty"));
        write("o/linked.txt", "from afar".getBytes(UTF_8));
        Files.createSymbolicLink(code.resolve("afar"), folder.resolve("o"));
        Files.createSymbolicLink(code.resolve("one.txt"), folder.resolve("o/linked.txt"));
        LocalFiles local = LocalFiles.of(code);
        assertThat(local.hash())
                .isEqualTo("68139498c4d36f9d1b3ef766d3af1581a89f9e1e1fc7e1d5fc2de3eb0de6d574");
        assertThat(local.treeHash())
                .isEqualTo("aa33261f7f5e69b94fd9a8153d18ea99a6e75e26c35bb6a2462da8187ade0870");
        assertThat(local.files())
                .extracting(LocalFiles.LocalFile::relative)
                .contains("afar/linked.txt", "one.txt", "data/keep.csv", "lib/Ünï cödé.py")
                .doesNotContain("data/big.csv", "lib/__pycache__/a.pyc");
    }

    @Test
    void hashesAFileWithItsName() throws IOException {
        write("m.pkl", "abc".getBytes(UTF_8));
        LocalFiles local = LocalFiles.of(folder.resolve("m.pkl"));
        assertThat(local.single()).isTrue();
        assertThat(local.hash())
                .isEqualTo("4c318b51acd453cdda580b2d54ecde0d3dbed9e8ac6e52f4f34a8756dae1fcf7");
        assertThat(local.treeHash())
                .isEqualTo("8c9f3c3c7166fa465b6774bdf7df9836af6b9f51475fcb9d53d8589958376b25");
    }

    @Test
    void leavesOutWhatGitWouldLeaveOut() throws IOException {
        write(
                ".gitignore",
                """
                # comment
                *.log
                !keep.log
                /build
                data/
                docs/**/*.md
                a?c.txt
                [xy].bin
                \\#odd
                """
                        .getBytes(UTF_8));
        for (String name :
                List.of(
                        "x.log",
                        "sub/y.log",
                        "keep.log",
                        "build/a",
                        "sub/build/b",
                        "data/c",
                        "sub/data/d",
                        "docs/a.md",
                        "docs/b/c/d.md",
                        "other/a.md",
                        "abc.txt",
                        "abbc.txt",
                        "x.bin",
                        "z.bin",
                        "#odd",
                        "dataset")) {
            write(name);
        }
        assertThat(names())
                .containsExactly(
                        ".gitignore",
                        "abbc.txt",
                        "dataset",
                        "keep.log",
                        "other/a.md",
                        "sub/build/b",
                        "z.bin");
    }

    @Test
    void prefersTheAmlignoreFile() throws IOException {
        write(".gitignore", "*.pkl\n".getBytes(UTF_8));
        write(".amlignore", "*.csv\n".getBytes(UTF_8));
        write("m.pkl");
        write("d.csv");
        assertThat(names()).containsExactly(".amlignore", ".gitignore", "m.pkl");
    }

    @Test
    void followsLinks() throws IOException {
        write("real/a.txt");
        Path code = Files.createDirectory(folder.resolve("code"));
        Files.createSymbolicLink(code.resolve("linked"), folder.resolve("real"));
        assertThat(LocalFiles.of(code).files())
                .extracting(LocalFiles.LocalFile::relative)
                .containsExactly("linked/a.txt");
    }

    @Test
    void refusesAFolderWithoutFiles() {
        assertThatThrownBy(() -> LocalFiles.of(folder))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("There is no file in " + folder);
    }
}
