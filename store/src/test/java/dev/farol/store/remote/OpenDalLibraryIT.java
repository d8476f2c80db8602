package dev.farol.store.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.opendal.OpenDAL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What a process with OpenDAL in it leaves behind when it is killed: what there is while it runs.
 */
@EnabledOnOs(OS.LINUX)
class OpenDalLibraryIT {
    @Test
    void theUnpackedLibraryHasNoNameOnceItIsLoaded() {
        OpenDalLibrary.load();
        List<Path> files = OpenDalLibrary.unpacked();
        assertThat(files).hasSize(1).noneMatch(Files::exists);
        OpenDalLibrary.load();
        assertThat(OpenDAL.enabledServices()).contains("s3", "azblob");
    }
}
