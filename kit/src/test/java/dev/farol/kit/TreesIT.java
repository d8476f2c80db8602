package dev.farol.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesIT {
    @TempDir private Path home;

    @Test
    void goWithAllThatIsInThem() throws Exception {
        Path tree = home.resolve("tree");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/file"), "x");

        Trees.delete(tree);

        assertThat(home).isEmptyDirectory();
    }

    @Test
    void linksGoAndWhatTheyLeadToStays() throws Exception {
        Path kept = Files.createDirectory(home.resolve("kept"));
        Files.writeString(kept.resolve("file"), "x");
        Path tree = Files.createDirectory(home.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), kept);
        Files.createSymbolicLink(tree.resolve("nowhere"), home.resolve("none"));
        Path link = Files.createSymbolicLink(home.resolve("link"), kept);

        Trees.delete(tree);
        Trees.delete(link);

        assertThat(home).isDirectoryNotContaining(each -> !each.equals(kept));
        assertThat(kept.resolve("file")).exists();
    }

    @Test
    void aFileIsOneTooAndNothingIsNoFault() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "x");

        Trees.delete(file);
        Trees.delete(file);

        assertThat(home).isEmptyDirectory();
    }
}
