package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.LocalFolders;
import dev.farol.kit.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderIT {
    private static final int LONGEST_SOCKET = 100;

    @TempDir Path folder;

    @Test
    void aLongHomeGetsAShortPrivateFolder() throws Exception {
        var home = LocalFolders.below(folder.resolve("very".repeat(20)).resolve("long"));
        RunFolder run = RunFolder.choose(home, folder);
        assertThat(run.temporary()).isTrue();
        assertThat(run.path().getParent()).isEqualTo(folder);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())))
                .isEqualTo("rwx------");
        assertThat(RunFolder.choose(home, folder)).isEqualTo(run);
    }

    @Test
    void whatNobodyUsesAnyMoreIsCleared() throws Exception {
        Path home = Files.createTempDirectory(folder.getParent(), "h");
        try {
            for (LocalFolders folders :
                    List.of(
                            LocalFolders.below(home),
                            LocalFolders.below(folder.resolve("very".repeat(20))))) {
                RunFolder run = RunFolder.choose(folders, folder);
                Files.createDirectory(run.ofInstance("i1"));
                Files.createFile(run.zygoteSocket("key"));
                run.clear();
                assertThat(Files.exists(run.path())).isEqualTo(!run.temporary());
                assertThat(run.ofInstance("i1")).doesNotExist();
                assertThat(run.zygoteSocket("key")).doesNotExist();
            }
        } finally {
            Trees.delete(home);
        }
    }

    @Test
    void pathsOfSocketsAreShortEnough() throws Exception {
        Path temporary = Files.createTempDirectory("farol");
        try {
            var longHome = LocalFolders.below(folder.resolve("very".repeat(20)));
            for (LocalFolders folders :
                    List.of(LocalFolders.below(temporary.resolve("h")), longHome)) {
                RunFolder run = RunFolder.choose(folders, temporary);
                assertThat(run.ofInstance("x".repeat(200)).resolve("worker-12.sock").toString())
                        .hasSizeLessThan(LONGEST_SOCKET);
                assertThat(run.zygoteSocket("y".repeat(64)).toString())
                        .hasSizeLessThan(LONGEST_SOCKET);
            }
        } finally {
            Trees.delete(temporary);
        }
    }

    @Test
    void aForeignThingOfThatNameIsNotUsed() throws Exception {
        var home = LocalFolders.below(folder.resolve("very".repeat(20)));
        Path wanted = RunFolder.choose(home, folder).path();
        Trees.delete(wanted);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(wanted, elsewhere);
        assertThat(RunFolder.choose(home, folder).path()).isNotEqualTo(wanted);
    }
}
