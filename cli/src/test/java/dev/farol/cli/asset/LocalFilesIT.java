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
        write("__pycache__/a.pyc");
        write("B/__pycache__/c.pyc");
        assertThat(names()).containsExactly("a.py", "B/c.txt", "z.bin");
        assertThat(LocalFiles.of(folder).hash())
                .isEqualTo("606255de3e5b04b48f4b45fd5cfd8272e76c09ccc944d68590b0f3d34c12d6ff");
    }

    @Test
    void hashesAFileWithItsName() throws IOException {
        write("m.pkl", "abc".getBytes(UTF_8));
        LocalFiles local = LocalFiles.of(folder.resolve("m.pkl"));
        assertThat(local.single()).isTrue();
        assertThat(local.hash())
                .isEqualTo("4c318b51acd453cdda580b2d54ecde0d3dbed9e8ac6e52f4f34a8756dae1fcf7");
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
